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

package io.github.penstock.proof;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.github.penstock.LimitExceededException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many threads that call all the time while others interrupt them and change the limits.
 */
final class Stress {

	private final LongAdder refused = new LongAdder();

	private final int callers;

	Stress(int callers) {
		this.callers = callers;
	}

	/** How many calls were refused or interrupted. */
	long refused() {
		return this.refused.sum();
	}

	void countRefused() {
		this.refused.increment();
	}

	void run(Duration length, Call call, Runnable change) throws Exception {
		ExecutorService threads = Executors.newCachedThreadPool();
		AtomicBoolean stop = new AtomicBoolean();
		CountDownLatch started = new CountDownLatch(this.callers);
		CountDownLatch done = new CountDownLatch(this.callers);
		Thread[] running = new Thread[this.callers];
		CompletableFuture<?> failure = new CompletableFuture<>();
		try {
			for (int i = 0; i < this.callers; i++) {
				int caller = i;
				threads.execute(() -> {
					running[caller] = Thread.currentThread();
					started.countDown();
					try {
						while (!stop.get()) {
							tryCall(call);
						}
					}
					catch (Throwable ex) {
						failure.completeExceptionally(ex);
					}
					done.countDown();
				});
			}
			started.await();
			long end = System.nanoTime() + length.toNanos();
			while (System.nanoTime() < end && !failure.isDone()) {
				change.run();
				running[random(this.callers)].interrupt();
				LockSupport.parkNanos(200_000);
			}
			stop.set(true);
			assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(failure).isNotDone();
		}
		finally {
			stop.set(true);
			threads.shutdownNow();
		}
	}

	private void tryCall(Call call) {
		try {
			call.run();
		}
		catch (LimitExceededException | InterruptedException ex) {
			countRefused();
		}
		Thread.interrupted();
	}

	/** Wait for what a future gives, or cancel it. */
	<T> void end(CompletableFuture<T> future, boolean cancel, Consumer<T> granted) {
		if (cancel && future.cancel(false)) {
			countRefused();
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			granted.accept(future.join());
		}
		catch (CompletionException | CancellationException ex) {
			assertThat(ex).hasCauseInstanceOf(LimitExceededException.class);
			countRefused();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	static int random(int bound) {
		return ThreadLocalRandom.current().nextInt(bound);
	}

	/** One way of acquiring, with what follows. */
	interface Call {

		void run() throws InterruptedException;

	}

}
