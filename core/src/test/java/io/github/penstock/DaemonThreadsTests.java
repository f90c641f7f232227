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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DaemonThreads}, which JDKs with virtual threads do without.
 */
@Timeout(60)
class DaemonThreadsTests {

	private final DaemonThreads threads = new DaemonThreads("daemon-test-");

	private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

	@Test
	void taskThatBlocksHoldsNoOtherUp() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch blocked = new CountDownLatch(20);
		Set<Thread> workers = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 20; i++) {
			this.threads.execute(() -> {
				workers.add(Thread.currentThread());
				blocked.countDown();
				awaitQuietly(release);
			});
		}
		assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(workers).hasSize(20)
			.allMatch(Thread::isDaemon)
			.extracting(Thread::getName)
			.allMatch((name) -> name.matches("daemon-test-\\d+"))
			.doesNotHaveDuplicates();
		release.countDown();
	}

	@Test
	void tasksThatComeOneAfterTheOtherAreRunByFewThreads() throws InterruptedException {
		Set<Thread> workers = ConcurrentHashMap.newKeySet();
		for (int i = 0; i < 50; i++) {
			this.threads.execute(() -> {
				workers.add(Thread.currentThread());
				this.seen.add("ran");
			});
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("ran");
			await().until(() -> workers.stream().allMatch(DaemonThreadsTests::rests));
		}
		assertThat(workers).hasSizeLessThan(5);
	}

	private static boolean rests(Thread thread) {
		return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.TERMINATED;
	}

	@Test
	void threadThatNobodyNeedsEnds() throws InterruptedException {
		this.threads.execute(() -> this.seen.add(Thread.currentThread()));
		Thread worker = (Thread) this.seen.poll(20, TimeUnit.SECONDS);
		worker.join(TimeUnit.SECONDS.toMillis(20));
		assertThat(worker.isAlive()).isFalse();
		this.threads.execute(() -> this.seen.add("ran"));
		assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo("ran");
	}

	@Test
	void taskFindsNothingOfTheOneBeforeIt() throws InterruptedException {
		List<Thread> workers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			this.threads.execute(() -> {
				this.seen.add(Thread.currentThread().isInterrupted());
				this.seen.add(Thread.currentThread().getContextClassLoader());
				this.seen.add(Thread.currentThread());
				Thread.currentThread().interrupt();
				Thread.currentThread().setContextClassLoader(null);
			});
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isEqualTo(false);
			assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isSameAs(DaemonThreads.class.getClassLoader());
			workers.add((Thread) this.seen.poll(20, TimeUnit.SECONDS));
			await().until(() -> workers.stream().allMatch(DaemonThreadsTests::rests));
		}
		assertThat(workers.stream().distinct().count()).isLessThan(10);
	}

	@Test
	void taskThatThrowsIsReportedAndItsThreadGoesOn() throws InterruptedException {
		IllegalStateException thrown = new IllegalStateException("thrown by a test");
		this.threads.execute(() -> {
			Thread.currentThread().setUncaughtExceptionHandler((thread, ex) -> {
				this.seen.add(ex);
				throw new AssertionError("thrown by the handler of a test");
			});
			this.seen.add(Thread.currentThread());
			throw thrown;
		});
		Thread worker = (Thread) this.seen.poll(20, TimeUnit.SECONDS);
		assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isSameAs(thrown);
		await().until(() -> rests(worker));
		assertThat(worker.getState()).isEqualTo(Thread.State.TIMED_WAITING);
	}

	@Test
	void virtualThreadsAreThereWhereTheJdkHasThem() throws InterruptedException {
		ThreadFactory virtual = LimiterThreads.virtual("virtual-test-");
		assertThat(virtual != null).isEqualTo(Runtime.version().feature() >= 21);
		Executor executor = LimiterThreads.INSTANCE;
		executor.execute(() -> {
			this.seen.add(Thread.currentThread().getName());
			this.seen.add(Thread.currentThread().getContextClassLoader());
		});
		assertThat((String) this.seen.poll(20, TimeUnit.SECONDS)).startsWith("penstock-call-");
		assertThat(this.seen.poll(20, TimeUnit.SECONDS)).isSameAs(LimiterThreads.class.getClassLoader());
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
