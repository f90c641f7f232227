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

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Tests for how long the thread of a {@link Timer} sleeps, and what it does when it is
 * awake, in a time that only the test moves.
 */
@Timeout(60)
class TimerSleepTests {

	private static final long LONGEST_SLEEP = TimeUnit.HOURS.toNanos(1);

	private static final long NEVER = Long.MAX_VALUE;

	/** Nobody may count from anything else. */
	private static final long START = Long.MAX_VALUE / 2;

	private final Sleep sleep = new Sleep();

	private final Timer timer = new Timer("test-timer", this.sleep, LONGEST_SLEEP);

	private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();

	@AfterEach
	void endTimer() throws InterruptedException {
		this.sleep.isOver = true;
		Thread thread = this.sleep.thread;
		if (thread != null) {
			LockSupport.unpark(thread);
			thread.join(TimeUnit.SECONDS.toMillis(20));
		}
	}

	@Test
	void threadSleepsUntilTheFirstTaskIsDueAndRunsItThen() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("late"), 70);
		assertThat(this.sleep.next()).isEqualTo(70);
		this.timer.schedule(() -> this.ran.add("early"), 20);
		assertThat(this.sleep.next()).isEqualTo(20);
		this.sleep.passes(19);
		assertThat(this.sleep.next()).isEqualTo(1);
		assertThat(this.ran).isEmpty();
		this.sleep.passes(1);
		assertThat(this.sleep.next()).isEqualTo(50);
		assertThat(this.ran).containsExactly("early");
		this.sleep.passes(51);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		assertThat(this.ran).containsExactly("early", "late");
	}

	@Test
	void sleepIsBoundedForAnUnparkMayBeLost() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("task"), 2 * LONGEST_SLEEP);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		this.sleep.passes(LONGEST_SLEEP);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		assertThat(this.ran).isEmpty();
	}

	@Test
	void threadEndsWhenThereWasNoTaskForTheLongestSleep() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("task"), 10);
		assertThat(this.sleep.next()).isEqualTo(10);
		this.sleep.passes(10);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		this.sleep.passes(LONGEST_SLEEP - 1);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		assertThat(this.timer.isRunning()).isTrue();
		this.sleep.passes(1);
		this.sleep.thread.join(TimeUnit.SECONDS.toMillis(20));
		assertThat(this.sleep.thread.isAlive()).isFalse();
		assertThat(this.timer.isRunning()).isFalse();
	}

	@Test
	void taskThatComesAsTheThreadIsAboutToEndHasItGoOn() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("first"), 0);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		Thread thread = this.sleep.thread;
		// It has looked for tasks, and looks at the clock whether to end.
		this.sleep.atReading(2, () -> this.timer.schedule(() -> this.ran.add("second"), 0));
		this.sleep.passes(LONGEST_SLEEP);
		assertThat(this.ran.poll(20, TimeUnit.SECONDS)).isEqualTo("first");
		assertThat(this.ran.poll(20, TimeUnit.SECONDS)).isEqualTo("second");
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		assertThat(this.sleep.thread).isSameAs(thread);
		assertThat(this.timer.isRunning()).isTrue();
	}

	@Test
	void taskWhenNoThreadCanBeMadeIsNotRunLaterEither() {
		// No thread can have no name.
		Timer broken = new Timer(null, new SleeplessTime(), 5);
		assertThatNullPointerException().isThrownBy(() -> broken.schedule(() -> this.ran.add("task"), 0));
		assertThat(broken.isRunning()).isFalse();
		broken.run();
		assertThat(this.ran).isEmpty();
	}

	@Test
	void threadWakesForManyTasksThoughNoneIsDueEarly() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("task"), 50);
		assertThat(this.sleep.next()).isEqualTo(50);
		for (int i = 0; i < 9_999; i++) {
			this.timer.schedule(() -> this.ran.add("task"), NEVER);
		}
		this.sleep.now = 30;
		this.timer.schedule(() -> this.ran.add("task"), NEVER);
		assertThat(this.sleep.next()).isEqualTo(20);
		assertThat(this.ran).isEmpty();
	}

	@Test
	void taskThatIsDueWaitsForNoMoreThanTenThousandToBeSortedIn() throws InterruptedException {
		this.timer.schedule(() -> {
			this.timer.schedule(() -> this.ran.add("due"), 0);
			for (int i = 1; i < 10_000; i++) {
				this.timer.schedule(() -> this.ran.add("task"), NEVER);
			}
			// Would be first if it were sorted in before.
			this.timer.schedule(() -> this.ran.add("overdue"), -1);
		}, 0);
		assertThat(this.ran.poll(20, TimeUnit.SECONDS)).isEqualTo("due");
		assertThat(this.ran.poll(20, TimeUnit.SECONDS)).isEqualTo("overdue");
	}

	@Test
	void cancelledTasksAreForgottenLongBeforeTheirTime() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("task"), NEVER);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		List<WeakReference<Runnable>> few = sortIn(999);
		few.forEach((task) -> task.get().run());
		sortIn(1);
		System.gc();
		assertThat(few).allMatch((task) -> task.get() == null);
		List<WeakReference<Runnable>> many = sortIn(2_000);
		many.forEach((task) -> task.get().run());
		sortIn(2_010);
		System.gc();
		assertThat(many).allMatch((task) -> task.get() == null);
		assertThat(this.ran).isEmpty();
	}

	/** Have the thread know of so many tasks more. */
	private List<WeakReference<Runnable>> sortIn(int count) throws InterruptedException {
		List<WeakReference<Runnable>> tasks = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			tasks.add(new WeakReference<>(this.timer.schedule(() -> this.ran.add("task"), NEVER)));
		}
		this.sleep.passes(1);
		assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
		return tasks;
	}

	@Test
	void errorInTheThreadsOwnWorkDelaysTasksAndLosesNone() throws InterruptedException {
		this.timer.schedule(() -> this.ran.add("task"), 10);
		assertThat(this.sleep.next()).isEqualTo(10);
		this.sleep.atReading(1, () -> {
			throw new StackOverflowError("thrown by a test");
		});
		this.sleep.passes(10);
		assertThat(this.sleep.next()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
		assertThat(this.ran).isEmpty();
		this.sleep.passes(0);
		assertThat(this.ran.poll(20, TimeUnit.SECONDS)).isEqualTo("task");
		assertThat(this.timer.isRunning()).isTrue();
	}

	@Test
	void taskThatTheJvmCutsOffIsTriedLessAndLessOftenAndReportedAtLast() throws InterruptedException {
		Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
		BlockingQueue<Throwable> reported = new LinkedBlockingQueue<>();
		Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
		try {
			AtomicInteger runs = new AtomicInteger();
			OutOfMemoryError error = new OutOfMemoryError("thrown by a test");
			this.timer.schedule(() -> {
				runs.incrementAndGet();
				throw error;
			}, 0);
			for (int run = 1; run < 10; run++) {
				long pause = this.sleep.next();
				assertThat(pause).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10) << run);
				assertThat(runs).hasValue(run);
				assertThat(reported).doesNotContain(error);
				this.sleep.passes(pause);
			}
			assertThat(this.sleep.next()).isEqualTo(LONGEST_SLEEP);
			assertThat(runs).hasValue(10);
			assertThat(reported.poll(20, TimeUnit.SECONDS)).isSameAs(error);
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(before);
		}
	}

	/**
	 * Time in which the thread of a timer sleeps until the test, or the timer, wakes it.
	 */
	private static final class Sleep implements TimeSource {

		private final BlockingQueue<Long> asked = new LinkedBlockingQueue<>();

		private volatile long now;

		private volatile Thread thread;

		private volatile boolean isOver;

		private volatile int readings;

		private volatile Runnable atReading = () -> {
		};

		/** How long the thread wants to sleep, once it does. */
		long next() throws InterruptedException {
			Long nanos = this.asked.poll(20, TimeUnit.SECONDS);
			assertThat(nanos).as("sleeps").isNotNull();
			return nanos;
		}

		void passes(long nanos) {
			this.now += nanos;
			LockSupport.unpark(this.thread);
		}

		/** What happens when the thread reads the clock for the nth time from now on. */
		void atReading(int number, Runnable action) {
			this.atReading = action;
			this.readings = number;
		}

		@Override
		public long nanoTime() {
			checkNotOver();
			if (Thread.currentThread() == this.thread && this.readings > 0 && --this.readings == 0) {
				this.atReading.run();
			}
			return START + this.now;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			checkNotOver();
			this.thread = Thread.currentThread();
			this.asked.add(nanos);
			LockSupport.parkNanos(blocker, TimeUnit.SECONDS.toNanos(30));
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			throw new UnsupportedOperationException();
		}

		/** What is thrown where the thread sleeps after an error ends it. */
		private void checkNotOver() {
			if (this.isOver) {
				Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {
				});
				throw new IllegalStateException("The test is over");
			}
		}

	}

	/** Time that passes as soon as somebody waits for it. */
	private static final class SleeplessTime implements TimeSource {

		private long now;

		@Override
		public long nanoTime() {
			return this.now;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.now += nanos;
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			throw new UnsupportedOperationException();
		}

	}

}
