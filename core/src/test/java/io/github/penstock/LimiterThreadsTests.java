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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterThreads}: what it is given is done in the end, threads or not.
 */
class LimiterThreadsTests {

	private final ManualTime time = new ManualTime();

	private final List<String> done = new ArrayList<>();

	private int threads;

	private void execute(Runnable task) {
		if (this.threads-- <= 0) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		task.run();
	}

	@Test
	void whatFindsNoThreadIsTriedAgainUntilThereIsOne() {
		this.threads = -1;
		LimiterThreads.execute(() -> this.done.add("done"), this.time, this::execute);
		for (int i = 0; i < 3; i++) {
			this.time.advance(Duration.ofMillis(50));
			assertThat(this.done).isEmpty();
			assertThat(this.time.scheduled()).isOne();
		}
		this.threads = 1;
		this.time.advance(Duration.ofMillis(49));
		assertThat(this.done).isEmpty();
		this.time.advance(Duration.ofMillis(1));
		assertThat(this.done).containsExactly("done");
		assertThat(this.time.scheduled()).isZero();
	}

	@Test
	void whatFindsNeitherThreadNorTimerIsDoneAtOnce() {
		LimiterThreads.execute(() -> this.done.add("done"), new TimeWithoutTimers(), this::execute);
		assertThat(this.done).containsExactly("done");
	}

	@Test
	void whatNeedNotLeaveTheThreadStaysOnIt() {
		LimiterThreads.executeOffTimer(() -> this.done.add(Thread.currentThread().getName()), this.time);
		assertThat(this.done).containsExactly(Thread.currentThread().getName());
	}

	/** It has none left either. */
	private static final class TimeWithoutTimers implements TimeSource {

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			throw new IllegalStateException("Nobody parks here");
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			throw new OutOfMemoryError("unable to create native thread");
		}

	}

}
