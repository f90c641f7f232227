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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Ten thousand virtual threads before ten permits: all finish, and none pins its carrier
 * while it waits in our code (B05).
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class VirtualThreadTests {

	private static final int CALLS = 10_000;

	private static final int MAX = 10;

	private static final Duration LONG = Duration.ofMinutes(4);

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger mostInside = new AtomicInteger();

	@Test
	void virtualThreadsBeforeABulkheadAllFinishAndPinNothing(@TempDir Path folder) throws Exception {
		ConcurrencyLimiter limiter = new LimiterRegistry().register("virtual",
				ConcurrencyLimiterSpec.of(MAX).withTimeout(LONG));
		assertThat(pinnedWhile(folder, () -> runAll(() -> limiter.run(this::body)))).isEmpty();
		assertThat(this.mostInside.get()).isBetween(1, MAX);
		assertThat(limiter.stats().granted()).isEqualTo(CALLS);
		assertQuiet(limiter);
	}

	@Test
	void virtualThreadsBeforeARateLimitAllFinishAndPinNothing(@TempDir Path folder) throws Exception {
		RateLimiter limiter = new LimiterRegistry().register("virtual",
				RateLimiterSpec.of(20_000).withBurst(10L).withTimeout(LONG));
		long start = System.nanoTime();
		assertThat(pinnedWhile(folder, () -> runAll(limiter::enter))).isEmpty();
		assertThat(System.nanoTime() - start).isGreaterThan((CALLS - 10) * 50_000L);
		assertThat(limiter.stats().granted()).isEqualTo(CALLS);
		assertThat(limiter.waiting()).isZero();
	}

	@Test
	void virtualThreadsThatLeaveInEveryWayLeaveNothingBehind() throws Exception {
		ConcurrencyLimiter limiter = new LimiterRegistry().register("virtual", ConcurrencyLimiterSpec.of(MAX));
		LongAdder granted = new LongAdder();
		ExecutorService executor = VirtualThreads.newExecutor();
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(executor.submit(() -> {
				Duration timeout = Duration.ofNanos(ThreadLocalRandom.current().nextInt(20_000_000));
				try (AutoCloseable permit = limiter.acquire(timeout)) {
					granted.increment();
					body();
				}
				catch (LimitExceededException | InterruptedException ex) {
					// That is how half of them leave.
				}
				return null;
			}));
			if (i % 3 == 0) {
				calls.get(ThreadLocalRandom.current().nextInt(calls.size())).cancel(true);
			}
			if (i % 100 == 0) {
				limiter.change((spec) -> spec.withMax(ThreadLocalRandom.current().nextInt(MAX + 1)));
			}
		}
		limiter.change((spec) -> spec.withMax(MAX));
		executor.shutdown();
		assertThat(executor.awaitTermination(4, TimeUnit.MINUTES)).isTrue();
		assertThat(this.mostInside.get()).isBetween(1, MAX);
		assertThat(limiter.stats().granted()).isEqualTo(granted.sum());
		assertQuiet(limiter);
	}

	private void body() {
		this.mostInside.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
		Thread.yield();
		this.inside.decrementAndGet();
	}

	private static void runAll(Runnable call) throws Exception {
		ExecutorService executor = VirtualThreads.newExecutor();
		List<Future<?>> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(executor.submit(call));
		}
		for (Future<?> each : calls) {
			each.get();
		}
		executor.shutdown();
	}

	private static void assertQuiet(ConcurrencyLimiter limiter) {
		await().untilAsserted(() -> {
			assertThat(limiter.inUse()).isZero();
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.available()).isEqualTo(MAX);
		});
		limiter.run(() -> assertThat(limiter.inUse()).isEqualTo(1));
	}

	private static List<RecordedEvent> pinnedWhile(Path folder, Work work) throws Exception {
		try (Recording recording = new Recording()) {
			recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
			recording.start();
			work.run();
			recording.stop();
			Path file = folder.resolve("pinned.jfr");
			recording.dump(file);
			return RecordingFile.readAllEvents(file).stream().filter(VirtualThreadTests::isOurs).toList();
		}
	}

	private static boolean isOurs(RecordedEvent event) {
		return event.getEventType().getName().equals("jdk.VirtualThreadPinned") && (event
			.getStackTrace() == null || event.getStackTrace()
				.getFrames()
				.stream()
				.anyMatch(
						(frame) -> frame.getMethod().getType().getName().matches("io\\.github\\.penstock\\.[A-Z].*")));
	}

	/** What may fail. */
	interface Work {

		void run() throws Exception;

	}

}
