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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thread that changes a limiter is stopped in the middle, and another one says the same
 * or has it said: when that one has come to its end, the values are in force.
 */
@Timeout(60)
class StoppedChangeTests {

	private static final RateLimiterSpec TWO = RateLimiterSpec.of(1, Duration.ofHours(1)).withBurst(2L);

	private static final UnaryOperator<RateLimiterSpec> TO_ONE = (spec) -> spec.withBurst(1L);

	private final ModelStore store = new ModelStore(TimeSource.system(), Runnable::run);

	private final List<Stopped> all = new ArrayList<>();

	@AfterEach
	void letThemGoOn() {
		this.all.forEach((stopped) -> stopped.goOn.countDown());
		this.all.forEach((stopped) -> Awaitility.await().until(() -> !stopped.isAlive()));
	}

	/** Have a thread do something that stops where a time or a store is asked. */
	private Stopped stop(Runnable action, BooleanSupplier there) {
		Stopped stopped = new Stopped(action, there);
		this.all.add(stopped);
		stopped.start();
		Awaitility.await().until(() -> stopped.stands.getCount() == 0);
		return stopped;
	}

	@Test
	void whoSaysTheSameOfASharedRateLimitNeedNotWaitForTheOther() {
		RateLimiter limiter = inAnOutage().rateLimiter("changed", TWO.withSharing(Sharing.DEFAULT));
		beginOutage(() -> limiter.tryAcquire(0) && limiter.sharedStatus().degraded(), limiter::tryAcquire);
		limiter.refund(2);
		stop(() -> limiter.change(TO_ONE), () -> true);
		assertThat(limiter.change(TO_ONE).burst()).isOne();
		assertThat(limiter.tryAcquire(2)).isFalse();
	}

	@Test
	void whoSaysTheSameOfKeysNeedNotWaitForTheOther() {
		RateLimiter limiter = LimiterFactory.local(new StoppingTime()).rateLimiter("changed", TWO);
		RateLimiter key = limiter.forKey("known");
		assertThat(key.available()).isEqualTo(2);
		assertThat(limiter.tryAcquire(2)).isTrue();
		CompletableFuture<Void> waiting = limiter.acquireAsync(Duration.ofDays(1), Runnable::run);
		stop(() -> limiter.change(TO_ONE), () -> limiter.spec().capacity() == 1);
		assertThat(limiter.change(TO_ONE).burst()).isOne();
		assertThat(key.tryAcquire(2)).isFalse();
		waiting.cancel(false);
	}

	@Test
	void aChangeDoesNotEndBeforeAKeyThatSomebodyElseIsBringingToIt() {
		ConcurrencyLimiter limiter = inAnOutage().concurrencyLimiter("changed",
				ConcurrencyLimiterSpec.of(2).withSharing(Sharing.DEFAULT));
		ConcurrencyLimiter key = limiter.forKey("known");
		beginOutage(() -> limiter.sharedStatus().degraded(), () -> giveBack(limiter.tryAcquire()));
		assertThat(key.tryAcquire()).isNotNull();
		Stopped change = stop(() -> limiter.change((spec) -> spec.withMax(1)), () -> true);
		stop(() -> giveBack(key.tryAcquire()), () -> true);
		change.goOn.countDown();
		Awaitility.await().until(() -> !change.isAlive());
		assertThat(key.tryAcquire()).isNull();
	}

	/** A key's rate is that of the call that came last, whatever is changed meanwhile. */
	@Test
	void aChangeBringsNoKeyBackToThePlanOfBefore() throws Exception {
		RateLimiter limiter = LimiterFactory.local(TimeSource.system())
			.rateLimiter("changed", RateLimiterSpec.of(1, Duration.ofNanos(2))
				.withSliding(true)
				.withPlans(Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(2), Duration.ofNanos(2), null))));
		AtomicBoolean stop = new AtomicBoolean();
		CompletableFuture<Void> changes = CompletableFuture.runAsync(() -> {
			for (int i = 0; !stop.get(); i++) {
				int waiting = i;
				limiter.change((spec) -> spec.withMaxWaiting(waiting));
			}
		}, (task) -> new Thread(task, "changes").start());
		RateLimiter plain = limiter.forKey("known");
		RateLimiter gold = limiter.forKey("known", "gold");
		try {
			long begin = System.nanoTime();
			while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(500)) {
				plain.tryAcquire();
				assertThat(refusal(gold, 2)).isNotEqualTo(RefusalReason.TOO_COSTLY);
			}
		}
		finally {
			stop.set(true);
			changes.get(10, TimeUnit.SECONDS);
		}
	}

	private static @Nullable RefusalReason refusal(RateLimiter limiter, long tokens) throws InterruptedException {
		try {
			limiter.acquire(tokens, Duration.ZERO);
			return null;
		}
		catch (RateLimitExceededException ex) {
			return ex.reason();
		}
	}

	private static void giveBack(@Nullable Permit permit) {
		if (permit != null) {
			permit.close();
		}
	}

	/** Limiters of a store that stops who asks how many share it. */
	private LimiterFactory inAnOutage() {
		LimiterStore instance = this.store.instance();
		LimiterStore stopping = (LimiterStore) Proxy.newProxyInstance(LimiterStore.class.getClassLoader(),
				new Class<?>[] { LimiterStore.class }, (proxy, method, args) -> {
					if (method.getName().equals("instances")) {
						Stopped.stopHere();
					}
					try {
						return method.invoke(instance, args);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
		return LimiterFactory.sharing(TimeSource.system(), () -> stopping);
	}

	private void beginOutage(BooleanSupplier begun, Runnable call) {
		this.store.goDown();
		Awaitility.await().until(() -> {
			call.run();
			return begun.getAsBoolean();
		});
	}

	private static final class StoppingTime implements TimeSource {

		private final ManualTime time = new ManualTime();

		@Override
		public long nanoTime() {
			Stopped.stopHere();
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return this.time.schedule(task, nanos);
		}

	}

	/** Stops once. */
	private static final class Stopped extends Thread {

		private final CountDownLatch stands = new CountDownLatch(1);

		private final CountDownLatch goOn = new CountDownLatch(1);

		private final BooleanSupplier there;

		Stopped(Runnable action, BooleanSupplier there) {
			super(action, "stopped");
			this.there = there;
			setDaemon(true);
		}

		static void stopHere() {
			if (Thread.currentThread() instanceof Stopped stopped && stopped.stands.getCount() != 0
					&& stopped.there.getAsBoolean()) {
				stopped.stands.countDown();
				try {
					stopped.goOn.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
