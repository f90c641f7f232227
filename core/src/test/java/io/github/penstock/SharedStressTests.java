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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Many calls of several instances at the same time, which time out, are cancelled and
 * change the limit, ending in the invariants (D1, P1, P3, T1).
 */
@Tag("stress")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SharedStressTests {

	private static final int INSTANCES = 3;

	private static final int THREADS = 4;

	private static final int MOST = 4;

	private final ExecutorService answering = Executors.newSingleThreadExecutor();

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final ModelStore store = new ModelStore(TimeSource.system(), this.answering)
		.withBudget(Duration.ofMinutes(1));

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger mostInside = new AtomicInteger();

	private final LongAdder granted = new LongAdder();

	@AfterEach
	void stop() {
		this.callers.shutdownNow();
		this.answering.shutdownNow();
	}

	@Test // D1, P3
	void noMoreRunThanMayOverAllInstances() throws Exception {
		callPermits(Duration.ofMillis(700));
	}

	@Tag("soak")
	@Test // D1, P3
	void noMoreRunThanMayOverAllInstancesForLong() throws Exception {
		callPermits(Duration.ofSeconds(10));
	}

	@Test // P2, P3
	void permitsThatAreHeldForTooLongComeBackOnce() throws Exception {
		callBoundedPermits(Duration.ofMillis(300));
	}

	@Tag("soak")
	@Test // P2, P3
	void permitsThatAreHeldForTooLongComeBackOnceForLong() throws Exception {
		callBoundedPermits(Duration.ofSeconds(10));
	}

	@Test // D1, T1
	void noMoreTokensAreTakenThanThereAreOverAllInstances() throws Exception {
		callTokens(Duration.ofMillis(700));
	}

	@Tag("soak")
	@Test // D1, T1
	void noMoreTokensAreTakenThanThereAreOverAllInstancesForLong() throws Exception {
		callTokens(Duration.ofSeconds(10));
	}

	@Test // D5, P3
	void nothingIsMissingAfterManyOutages() throws Exception {
		callPermitsInOutages(Duration.ofMillis(700));
		callTokensInOutages(Duration.ofMillis(700));
	}

	@Tag("soak")
	@Test // D5, P3
	void nothingIsMissingAfterManyOutagesForLong() throws Exception {
		callPermitsInOutages(Duration.ofSeconds(10));
		callTokensInOutages(Duration.ofSeconds(10));
	}

	@Test
	void aStoreThatLendsTooManyPermitsIsFound() {
		this.store.beGenerous();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> callPermits(Duration.ofMillis(300)));
	}

	@Test
	void aStoreThatLendsTooManyTokensIsFound() {
		this.store.beGenerous();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> callTokens(Duration.ofMillis(500)));
	}

	private void callPermits(Duration length) throws Exception {
		List<ConcurrencyLimiter> limiters = permits(Sharing.DEFAULT);
		call(length, limiters, this::takePermit);
		assertThat(this.mostInside.get()).isBetween(2, MOST);
		assertThatAllIsBack(limiters);
	}

	/** Some are held for longer than they may be, so that more may run at once. */
	private void callBoundedPermits(Duration length) throws Exception {
		List<ConcurrencyLimiter> limiters = permits(Sharing.DEFAULT.withMaxHold(Duration.ofNanos(100_000)));
		limiters.forEach((limiter) -> limiter.listen(new LimiterListener() {

			@Override
			public void waited(long nanos) {
				// On its way to the call a permit may expire, or not be wanted any more.
				LockSupport.parkNanos(random(300_000));
			}

		}));
		call(length, limiters, this::takePermit);
		assertThatAllIsBack(limiters);
	}

	private List<ConcurrencyLimiter> permits(Sharing sharing) {
		List<ConcurrencyLimiter> limiters = new ArrayList<>();
		for (int i = 0; i < INSTANCES; i++) {
			LimiterStore instance = this.store.instance();
			limiters.add(LimiterFactory.sharing(TimeSource.system(), () -> instance)
				.concurrencyLimiter("stress",
						new ConcurrencyLimiterSpec(MOST, Duration.ofMillis(20), 8).withSharing(sharing)));
		}
		return limiters;
	}

	private void assertThatAllIsBack(List<ConcurrencyLimiter> limiters) throws InterruptedException {
		assertThat(this.granted.sum()).isPositive();
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.store.booked("stress")).isZero();
			assertThat(limiters).allMatch((limiter) -> limiter.inUse() == 0 && limiter.waiting() == 0);
		});
		limiters.forEach((limiter) -> limiter
			.change((spec) -> spec.withSharing(Sharing.DEFAULT.withMaxHold(Duration.ofMinutes(1)))));
		List<Permit> all = new ArrayList<>();
		for (int i = 0; i < MOST; i++) {
			all.add(limiters.get(i % INSTANCES).acquire(Duration.ofSeconds(10)));
		}
		assertThat(limiters).allMatch((limiter) -> limiter.tryAcquire() == null);
	}

	private void takePermit(ConcurrencyLimiter limiter) throws InterruptedException {
		Duration timeout = Duration.ofNanos(random(2_000_000));
		switch (random(4)) {
			case 0 -> use(limiter.tryAcquire());
			case 1 -> use(limiter.acquire(timeout));
			case 2 -> {
				Object entry = limiter.enter();
				run();
				limiter.exit(entry);
			}
			default -> {
				CompletableFuture<Permit> permit = limiter.acquireAsync(timeout, Runnable::run);
				if (random(2) == 0) {
					permit.cancel(false);
				}
				use(permit.join());
			}
		}
	}

	private void use(Permit permit) {
		if (permit != null) {
			run();
			permit.close();
		}
	}

	private void run() {
		int now = this.inside.incrementAndGet();
		this.mostInside.accumulateAndGet(now, Math::max);
		this.granted.increment();
		if (random(4) == 0) {
			LockSupport.parkNanos(random(200_000));
		}
		this.inside.decrementAndGet();
	}

	private void callPermitsInOutages(Duration length) throws Exception {
		List<ConcurrencyLimiter> limiters = new ArrayList<>();
		List<ModelStore.Instance> instances = new ArrayList<>();
		for (int i = 0; i < INSTANCES; i++) {
			instances.add(this.store.instance());
			LimiterStore instance = instances.get(i);
			limiters.add(LimiterFactory.sharing(TimeSource.system(), () -> instance)
				.concurrencyLimiter("outages",
						new ConcurrencyLimiterSpec(MOST, Duration.ofMillis(20), 8).withSharing(Sharing.DEFAULT)));
		}
		Future<?> outages = this.callers.submit(() -> disturb(length, () -> {
			int most = 1 + random(MOST);
			limiters.forEach((limiter) -> limiter.change((spec) -> spec.withMax(most)));
			instances.get(random(INSTANCES)).renew();
		}));
		call(length, limiters, (limiter) -> takePermit((random(2) == 0) ? limiter : limiter.forKey(random(3))));
		outages.get(1, TimeUnit.MINUTES);
		Awaitility.await().untilAsserted(() -> {
			assertThat(this.store.booked()).isZero();
			assertThat(limiters).allMatch((limiter) -> limiter.inUse() == 0 && limiter.waiting() == 0);
			assertThat(limiters).allMatch((limiter) -> limiter.forKey(1).inUse() == 0);
			// Until its probe has succeeded each has a share of its own.
			assertThat(limiters).noneMatch((limiter) -> limiter.sharedStatus().degraded());
		});
		limiters.forEach((limiter) -> limiter.change((spec) -> spec.withMax(1)));
		Permit only = limiters.get(0).acquire(Duration.ofSeconds(10));
		assertThat(limiters).allMatch((limiter) -> limiter.tryAcquire() == null);
		only.close();
		Awaitility.await().untilAsserted(() -> assertThat(instances).noneMatch(ModelStore.Instance::isWatching));
	}

	private void callTokensInOutages(Duration length) throws Exception {
		List<RateLimiter> limiters = new ArrayList<>();
		for (int i = 0; i < INSTANCES; i++) {
			limiters.add(LimiterFactory.sharing(TimeSource.system(), () -> this.store.instance())
				.rateLimiter("outages",
						RateLimiterSpec.of(2_000)
							.withBurst(20)
							.withTimeout(Duration.ofMillis(20))
							.withMaxWaiting(8)
							.withSharing(Sharing.DEFAULT)));
		}
		Future<?> outages = this.callers.submit(() -> disturb(length, () -> {
			int rate = 1_000 + random(2_000);
			limiters.forEach((limiter) -> limiter.change((spec) -> spec.withRate(rate)));
		}));
		call(length, limiters, (limiter) -> takeToken((random(2) == 0) ? limiter : limiter.forKey(random(3))));
		outages.get(1, TimeUnit.MINUTES);
		Awaitility.await()
			.untilAsserted(() -> assertThat(limiters)
				.allMatch((limiter) -> limiter.waiting() == 0 && !limiter.sharedStatus().degraded()));
		for (RateLimiter limiter : limiters) {
			limiter.acquire(20, Duration.ofSeconds(10));
			limiter.forKey(1).acquire(20, Duration.ofSeconds(10));
		}
	}

	/** Have the store fail and answer again, and change what holds. */
	private void disturb(Duration length, Runnable change) {
		long end = System.nanoTime() + length.toNanos();
		while (System.nanoTime() - end < 0) {
			LockSupport.parkNanos(random(3_000_000));
			this.store.goDown();
			LockSupport.parkNanos(random(3_000_000));
			change.run();
			this.store.comeBack();
		}
	}

	private void callTokens(Duration length) throws Exception {
		List<RateLimiter> limiters = new ArrayList<>();
		for (int i = 0; i < INSTANCES; i++) {
			LimiterStore instance = this.store.instance();
			limiters.add(LimiterFactory.sharing(TimeSource.system(), () -> instance)
				.rateLimiter("stress",
						RateLimiterSpec.of(2_000)
							.withBurst(20)
							.withTimeout(Duration.ofMillis(20))
							.withMaxWaiting(8)
							.withSharing(Sharing.DEFAULT)));
		}
		long began = System.nanoTime();
		call(length, limiters, this::takeToken);
		long seconds = System.nanoTime() - began;
		double most = 20 + 2_000 * (seconds / 1e9);
		assertThat((double) this.granted.sum()).isBetween(1.0, most);
		Awaitility.await().untilAsserted(() -> assertThat(limiters).allMatch((limiter) -> limiter.waiting() == 0));
		assertThat(limiters.stream().mapToLong((limiter) -> limiter.stats().tokens()).sum())
			.isGreaterThanOrEqualTo(this.granted.sum());
	}

	private void takeToken(RateLimiter limiter) throws InterruptedException {
		Duration timeout = Duration.ofNanos(random(3_000_000));
		switch (random(4)) {
			case 0 -> this.granted.add(limiter.tryAcquire() ? 1 : 0);
			case 1 -> {
				limiter.acquire(timeout);
				this.granted.increment();
			}
			case 2 -> {
				limiter.acquire(3, timeout);
				this.granted.add(3);
			}
			default -> {
				CompletableFuture<Void> token = limiter.acquireAsync(1, timeout, Runnable::run);
				if (random(2) == 0) {
					token.cancel(false);
				}
				token.join();
				this.granted.increment();
			}
		}
	}

	private <L extends Limiter> void call(Duration length, List<L> limiters, Call<L> call) throws Exception {
		long end = System.nanoTime() + length.toNanos();
		List<Future<?>> done = new ArrayList<>();
		for (L limiter : limiters) {
			for (int thread = 0; thread < THREADS; thread++) {
				done.add(this.callers.submit(() -> {
					while (System.nanoTime() - end < 0) {
						try {
							call.of(limiter);
						}
						catch (LimitExceededException | CancellationException ex) {
							// One of those that leave.
						}
						catch (CompletionException ex) {
							assertThat(ex.getCause()).isInstanceOf(LimitExceededException.class);
						}
					}
					return null;
				}));
			}
		}
		for (Future<?> caller : done) {
			caller.get(2, TimeUnit.MINUTES);
		}
	}

	private static int random(int bound) {
		return ThreadLocalRandom.current().nextInt(bound);
	}

	private interface Call<L> {

		void of(L limiter) throws InterruptedException;

	}

}
