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
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Timer}.
 */
@Timeout(90)
class TimerTests {

	private final TimeSource time = TimeSource.system();

	@Test
	void tasksRunInTheOrderOfTheirTimes() throws InterruptedException {
		long apart = TimeUnit.MILLISECONDS.toNanos(20);
		List<Integer> order = Collections.synchronizedList(new ArrayList<>());
		boolean inTime;
		do {
			order.clear();
			CountDownLatch done = new CountDownLatch(3);
			long start = System.nanoTime();
			for (int i = 3; i >= 1; i--) {
				int number = i;
				this.time.schedule(() -> {
					order.add(number);
					done.countDown();
				}, number * apart);
			}
			// Otherwise the last may be due after the others.
			inTime = System.nanoTime() - start < apart;
			assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		}
		while (!inTime);
		assertThat(order).containsExactly(1, 2, 3);
	}

	@Test
	void taskWhenEarlierThanAllOthersWakesTheTimer() throws InterruptedException {
		Runnable later = this.time.schedule(() -> {
		}, Long.MAX_VALUE);
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(done::countDown, TimeUnit.MILLISECONDS.toNanos(1));
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		later.run();
	}

	@Test
	void taskWhenCancelledDoesNotRun() throws InterruptedException {
		AtomicInteger ran = new AtomicInteger();
		CountDownLatch hold = new CountDownLatch(1);
		this.time.schedule(() -> awaitUninterrupted(hold), 0);
		List<Runnable> cancels = new ArrayList<>();
		for (int i = 0; i < 5_000; i++) {
			cancels.add(this.time.schedule(ran::incrementAndGet, TimeUnit.MILLISECONDS.toNanos(1)));
		}
		cancels.forEach(Runnable::run);
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(done::countDown, TimeUnit.MILLISECONDS.toNanos(2));
		hold.countDown();
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(ran).hasValue(0);
	}

	@Test
	void taskWhenOneBeforeItThrowsRunsAllTheSame() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.time.schedule(() -> {
			throw new IllegalStateException("thrown by a test");
		}, 0);
		this.time.schedule(done::countDown, 1);
		assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void exceptionHandlerThatThrowsEndsNothing() throws InterruptedException {
		Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
		CountDownLatch handled = new CountDownLatch(1);
		Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
			handled.countDown();
			throw new AssertionError("thrown by the handler of a test");
		});
		try {
			this.time.schedule(() -> {
				throw new IllegalStateException("thrown by a test");
			}, 0);
			assertThat(handled.await(20, TimeUnit.SECONDS)).isTrue();
			CountDownLatch done = new CountDownLatch(1);
			this.time.schedule(done::countDown, 1);
			assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			Thread.setDefaultUncaughtExceptionHandler(before);
		}
	}

	@Test
	void exceptionHandlerThatBlocksHoldsNobodyUp() throws InterruptedException {
		Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
		CountDownLatch release = new CountDownLatch(1);
		Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> awaitUninterrupted(release));
		try {
			CountDownLatch done = new CountDownLatch(1);
			this.time.schedule(() -> {
				throw new IllegalStateException("thrown by a test");
			}, 0);
			this.time.schedule(done::countDown, 1);
			assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			release.countDown();
			Thread.setDefaultUncaughtExceptionHandler(before);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { OutOfMemoryError.class, StackOverflowError.class, InternalError.class })
	void taskThatTheJvmCutsOffRunsAgain(Class<? extends VirtualMachineError> thrown) throws InterruptedException {
		CountDownLatch runs = new CountDownLatch(3);
		this.time.schedule(() -> {
			runs.countDown();
			if (runs.getCount() > 0) {
				throwUnchecked(thrown);
			}
		}, 0);
		assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void timerEndsWhenNobodyNeedsItAndBeginsAnew() throws InterruptedException {
		Timer timer = new Timer("test-timer", this.time, TimeUnit.MILLISECONDS.toNanos(5));
		for (int i = 0; i < 3; i++) {
			Runnable cancel = timer.schedule(() -> {
			}, Long.MAX_VALUE);
			CountDownLatch done = new CountDownLatch(1);
			timer.schedule(done::countDown, 1_000);
			assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(timer.isRunning()).isTrue();
			cancel.run();
			await().untilAsserted(() -> assertThat(timer.isRunning()).isFalse());
		}
	}

	@Tag("stress")
	@Test
	void taskThatComesAsTheTimerEndsIsNotLost() throws InterruptedException {
		// So short that it is about to end nearly always.
		Timer timer = new Timer("test-timer", this.time, 1);
		for (int i = 0; i < 5_000; i++) {
			CountDownLatch done = new CountDownLatch(2);
			timer.schedule(done::countDown, (i % 7) * 1_000L);
			timer.schedule(done::countDown, 0);
			assertThat(done.await(20, TimeUnit.SECONDS)).as("task %s", i).isTrue();
		}
	}

	@Test
	void threadParksInTheTimeOfThisMachineUntilItIsUnparked() throws InterruptedException {
		Thread thread = new Thread(() -> this.time.parkNanos(this, TimeUnit.SECONDS.toNanos(20)));
		thread.start();
		await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
		LockSupport.unpark(thread);
		thread.join();
	}

	@Test
	void timerKeepsNothingOfTheThreadThatNeedsItFirst() throws InterruptedException {
		Timer timer = new Timer("test-timer", this.time);
		InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
		BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
		ClassLoader application = new ClassLoader() {
		};
		ThreadGroup group = new ThreadGroup("application");
		Thread first = new Thread(group, () -> {
			inherited.set("of the application");
			Thread.currentThread().setContextClassLoader(application);
			timer.schedule(() -> {
				seen.add(String.valueOf(inherited.get()));
				seen.add(Thread.currentThread().getContextClassLoader());
				seen.add(Thread.currentThread().getThreadGroup());
				seen.add(Thread.currentThread().isDaemon());
			}, 0);
		});
		first.setDaemon(false);
		first.start();
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("null");
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isSameAs(Timer.class.getClassLoader());
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isNotSameAs(group);
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo(true);
	}

	@Test
	void callbacksOfOneLimiterDoNotHoldUpTheTimeoutsOfAnother() throws Exception {
		ConcurrencyLimiter other = full();
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch blocked = new CountDownLatch(20);
		Thread caller = Thread.currentThread();
		for (int i = 0; i < 20; i++) {
			// Each in a line of its own, which nobody but the timer serves.
			full().acquireAsync(Duration.ofMillis(1), Runnable::run).whenComplete((permit, refusal) -> {
				blocked.countDown();
				// Not here, where it is called if the timeout was over before.
				if (Thread.currentThread() != caller) {
					awaitUninterrupted(release);
				}
			});
		}
		// An executor may block as well.
		full().acquireAsync(Duration.ofMillis(1), (task) -> awaitUninterrupted(release));
		try {
			assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(other.acquireAsync(Duration.ofMillis(1), Runnable::run)).failsWithin(20, TimeUnit.SECONDS);
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void listenersDoNotHoldUpTheTimer() throws Exception {
		ConcurrencyLimiter slow = full();
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch blocked = new CountDownLatch(2);
		slow.listen(new LimiterListener() {

			@Override
			public void refused(RefusalReason reason) {
				blocked.countDown();
				awaitUninterrupted(release);
			}

		});
		slow.acquireAsync(Duration.ofMillis(1), Runnable::run);
		// Dropped, so that the timer concludes.
		slow.acquireAsync(Duration.ofMillis(1), (task) -> {
		});
		try {
			assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
			assertThat(full().acquireAsync(Duration.ofMillis(1), Runnable::run)).failsWithin(20, TimeUnit.SECONDS);
		}
		finally {
			release.countDown();
		}
	}

	@Tag("stress")
	@Test
	void manyTimeoutsAtOnceAreToldByFewThreads() throws Exception {
		ConcurrencyLimiter busy = full();
		int calls = 20_000;
		CountDownLatch told = new CountDownLatch(calls);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
		for (int i = 0; i < calls; i++) {
			busy.acquireAsync(Duration.ofNanos(Math.max(1, at - System.nanoTime())), Runnable::run)
				.whenComplete((permit, refusal) -> {
					threads.add(Thread.currentThread());
					told.countDown();
				});
		}
		assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
		assertThat(threads).noneMatch((thread) -> thread.getName().startsWith("penstock-timer"));
		assertThat(busy.waiting()).isZero();
	}

	private static ConcurrencyLimiter full() {
		ConcurrencyLimiter limiter = new LimiterRegistry().register("full",
				ConcurrencyLimiterSpec.of(1).withMaxWaiting(100_000));
		assertThat(limiter.tryAcquire()).isNotNull();
		return limiter;
	}

	private static void throwUnchecked(Class<? extends VirtualMachineError> type) {
		try {
			throw type.getConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
