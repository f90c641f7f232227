/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock.work;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ProgressListener} and {@link ConsoleProgressBar}.
 */
class ProgressTests {

	@Test
	void listenerHearsOfTheBeginningEachItemAndTheEnd() throws Exception {
		List<Progress> heard = Collections.synchronizedList(new ArrayList<>());
		BoundedWorkQueue.of(1).withProgress(heard::add).attemptAll(List.of(1, 2, 3), (item) -> {
			if (item == 2) {
				throw new IOException();
			}
			return item;
		});
		assertThat(heard).containsExactly(new Progress(0, 0, 0, 3, false), new Progress(1, 0, 0, 3, false),
				new Progress(1, 1, 0, 3, false), new Progress(2, 1, 0, 3, false), new Progress(2, 1, 0, 3, true));
	}

	@Test
	void listenerHearsOfNoMoreThanMayRun() throws Exception {
		List<Progress> heard = Collections.synchronizedList(new ArrayList<>());
		BoundedWorkQueue.of(4)
			.withProgress(heard::add)
			.processAll(IntStream.range(0, 1000).boxed().iterator(), (item) -> item);
		assertThat(heard).extracting(Progress::running).allMatch((running) -> running >= 0 && running <= 4);
		assertThat(heard.get(heard.size() - 1)).isEqualTo(new Progress(1000, 0, 0, Progress.UNKNOWN, true));
	}

	@Test
	void listenerThatThrowsHarmsNobody() throws Exception {
		ProgressListener throwing = (progress) -> {
			throw new AssertionError();
		};
		assertThat(BoundedWorkQueue.of(2).withProgress(throwing).processAll(List.of(1, 2, 3), (item) -> item))
			.containsExactly(1, 2, 3);
	}

	@Test
	void barTellsNumbersAndEndsItsLine() throws Exception {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
		BoundedWorkQueue.of(2).withProgress(ConsoleProgressBar.on(out)).processAll(List.of(1, 2, 3, 4), (item) -> item);
		String text = bytes.toString(StandardCharsets.UTF_8);
		assertThat(text).startsWith("\r[                    ]   0% 0/4").endsWith(System.lineSeparator());
		assertThat(text).contains("\r[====================] 100% 4/4");
	}

	@Test
	void barOfAFailedCallTellsWhatFailed() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
		assertThatIllegalStateException().isThrownBy(() -> BoundedWorkQueue.of(1)
			.withProgress(ConsoleProgressBar.on(out))
			.processAll(List.of(1, 2).iterator(), (item) -> {
				throw new IllegalStateException();
			}));
		assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("\r1, 1 failed").endsWith(System.lineSeparator());
	}

}
