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

package io.github.penstock;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Limiters whose calls are cut off by the end of the stack have all their permits
 * afterwards, nobody in line, and no class that cannot be used any more (P3).
 */
@Timeout(120)
class StackOverflowTests {

	@ParameterizedTest
	@ValueSource(strings = { "no-line", "line", "full", "tokens", "keys", "keys-line" })
	void callsThatAreCutOffLeaveNothingBehind(String scenario) throws IOException, InterruptedException {
		assertHeld(scenario, "-Xint");
	}

	/** Compiled frames are smaller, and what is rare stays interpreted among them. */
	@ParameterizedTest
	@ValueSource(strings = { "full", "room" })
	void compiledCallsThatAreCutOffLeaveNothingBehind(String scenario) throws IOException, InterruptedException {
		assertHeld(scenario, "-Xmixed");
	}

	@Test
	@Tag("soak")
	void compiledCallsInLineThatAreCutOffLeaveNothingBehind() throws IOException, InterruptedException {
		assertHeld("line", "-Xmixed");
	}

	/**
	 * Two threads may meet in a counter for the first time at the ends of their stacks.
	 */
	@Test
	void whatCountersUseUnderContentionIsReadyBefore() throws IOException, InterruptedException {
		assertThat(assertHeld("made", "-Xlog:class+init=info"))
			.contains("Initializing 'java/util/concurrent/atomic/Striped64$Cell'");
	}

	private static String assertHeld(String scenario, String mode) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), mode,
				"-XX:+UseSerialGC", "-XX:MaxJavaStackTraceDepth=16", "-cp", System.getProperty("java.class.path"),
				CutOffCalls.class.getName(), scenario)
			.redirectErrorStream(true)
			.start();
		try {
			String output = new String(process.getInputStream().readAllBytes());
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
			assertThat(output).contains(scenario + " held");
			assertThat(process.exitValue()).isZero();
			return output;
		}
		finally {
			process.destroyForcibly();
		}
	}

}
