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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Time-outs, interrupts, cancels, changes, plans and nested scopes of many keys at the
 * same time, ending in the invariants (K1, K2, M1, P1, P2, P3).
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class KeyStressTests {

	private static final int MOST = 3;

	private static final int KEYS = 6;

	private final Stress stress = new Stress(12);

	private final LongAdder granted = new LongAdder();

	private final LongAdder tokens = new LongAdder();

	private final AtomicIntegerArray inside = new AtomicIntegerArray(KEYS);

	private final AtomicIntegerArray mostInside = new AtomicIntegerArray(KEYS);

	@Test // P1, P2, P3, P7
	void permitsOfKeysUnderStressAreAllBack() throws Exception {
		stressPermits(Duration.ofSeconds(1));
	}

	@Tag("soak")
	@Test
	void permitsOfKeysUnderLongStressAreAllBack() throws Exception {
		stressPermits(Duration.ofSeconds(30));
	}

	@Test // P2, P3, K3
	void permitsOfKeysWithoutRoomUnderStressAreAllBack() throws Exception {
		stressPermitsWithoutRoom(Duration.ofSeconds(1));
	}

	@Tag("soak")
	@Test
	void permitsOfKeysWithoutRoomUnderLongStressAreAllBack() throws Exception {
		stressPermitsWithoutRoom(Duration.ofSeconds(30));
	}

	@Test // M1, L07
	void tokensOfSeveralLimitersUnderStressAreTakenByWhoWasLetIn() throws Exception {
		stressSeveral(new Stress(16), Duration.ofSeconds(1));
	}

	@Tag("soak")
	@Test // M1, L07
	void tokensOfSeveralLimitersUnderLongStressAreTakenByWhoWasLetIn() throws Exception {
		stressSeveral(new Stress(64), Duration.ofSeconds(30));
	}

	@Test // K2
	void manyRandomKeysAreForgotten() {
		comeAndGo(50_000);
	}

	@Tag("soak")
	@Test // K2
	void tenMillionRandomKeysAreForgotten() {
		comeAndGo(10_000_000);
	}

	private void stressPermits(Duration length) throws Exception {
		ConcurrencyLimiter limiter = register(1_000);
		this.stress.run(length, () -> call(limiter, this::nested), () -> change(limiter, 1_000));
		await().untilAsserted(() -> {
			assertThat(limiter.stats().granted()).isEqualTo(this.granted.sum());
			assertThat(limiter.stats().refusedTotal()).isEqualTo(this.stress.refused());
		});
		assertAllBack(limiter);
		for (int key = 0; key < KEYS; key++) {
			assertThat(this.inside.get(key)).isZero();
			assertThat(this.mostInside.get(key)).isBetween(1, MOST);
		}
	}

	private void stressPermitsWithoutRoom(Duration length) throws Exception {
		ConcurrencyLimiter limiter = register(2);
		this.stress.run(length, () -> call(limiter, KeyStressTests::nestedOrRefused),
				() -> change(limiter, 1 + Stress.random(3)));
		assertAllBack(limiter);
	}

	private static ConcurrencyLimiter register(int maxKeys) {
		return new LimiterRegistry().register("stress",
				new ConcurrencyLimiterSpec(MOST, Duration.ofMillis(20), 8).withMaxKeys(maxKeys)
					.withPlans(Map.of("small", 1)));
	}

	private static void change(ConcurrencyLimiter limiter, int maxKeys) {
		limiter.change((spec) -> spec.withMax(Stress.random(MOST + 1))
			.withMaxKeys(maxKeys)
			.withPlans(Map.of("small", Stress.random(MOST))));
	}

	private void call(ConcurrencyLimiter limiter, Nested nested) throws InterruptedException {
		int key = Stress.random(KEYS);
		ConcurrencyLimiter ofKey = limiter.forKey(key, (Stress.random(3) == 0) ? "small" : null);
		Duration timeout = Duration.ofNanos(Stress.random(2_000_000));
		switch (Stress.random(5)) {
			case 0 -> use(ofKey.tryAcquire(), key, () -> nested.run(ofKey));
			case 1 -> use(ofKey.acquire(timeout), key, () -> nested.run(ofKey));
			case 2, 3 -> enter(ofKey, key, () -> nested.run(ofKey));
			default -> this.stress.end(ofKey.acquireAsync(timeout, Runnable::run), Stress.random(3) == 0,
					(permit) -> use(permit, key, () -> nested.run(ofKey)));
		}
	}

	private void enter(ConcurrencyLimiter limiter, int key, Runnable nested) {
		Object entry = limiter.enter();
		try {
			this.granted.increment();
			body(key, nested);
		}
		finally {
			limiter.exit(entry);
		}
	}

	private void use(Permit permit, int key, Runnable nested) {
		if (permit == null) {
			this.stress.countRefused();
			return;
		}
		this.granted.increment();
		try {
			body(key, () -> {
				try (Permit.Scope scope = permit.makeCurrent()) {
					nested.run();
				}
			});
		}
		finally {
			permit.close();
			permit.close();
		}
	}

	private void body(int key, Runnable nested) {
		this.mostInside.accumulateAndGet(key, this.inside.incrementAndGet(key), Math::max);
		try {
			nested.run();
		}
		finally {
			this.inside.decrementAndGet(key);
		}
	}

	/** A thread that has a permit of a key needs no second one (P7). */
	private void nested(ConcurrencyLimiter ofKey) {
		if (Stress.random(3) == 0) {
			ofKey.run(Thread::onSpinWait);
		}
		if (Stress.random(3) == 0) {
			assertThat(ofKey.isHeldByCurrentThread()).isTrue();
			try (Permit share = ofKey.tryAcquire()) {
				assertThat(share).isNotNull();
			}
		}
	}

	/** Its key may be known in the meantime, and have permits of its own. */
	private static void nestedOrRefused(ConcurrencyLimiter ofKey) {
		try {
			if (Stress.random(3) == 0) {
				ofKey.run(Thread::onSpinWait);
			}
		}
		catch (LimitExceededException ex) {
			// That is one way for it to end.
		}
	}

	private static void assertAllBack(ConcurrencyLimiter limiter) {
		limiter.change((spec) -> spec.withMax(MOST).withMaxKeys(1).withPlans(Map.of()));
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			assertThat(limiter.waiting()).isZero();
			assertThat(limiter.keys(0).known()).isZero();
		});
		assertThat(takeAll(limiter.forKey("known"))).hasSize(MOST);
		// What keys share that have no room.
		List<Permit> shared = takeAll(limiter.forKey("without room"));
		assertThat(shared).hasSize(MOST);
		shared.forEach(Permit::close);
		assertThat(limiter.forKey("without room").inUse()).isZero();
	}

	private static List<Permit> takeAll(ConcurrencyLimiter limiter) {
		List<Permit> taken = new ArrayList<>();
		for (Permit permit = limiter.tryAcquire(); permit != null; permit = limiter.tryAcquire()) {
			taken.add(permit);
		}
		return taken;
	}

	private void stressSeveral(Stress stress, Duration length) throws Exception {
		LimiterRegistry registry = new LimiterRegistry();
		RateLimiter all = registry.register("all", rate(20_000, 50));
		RateLimiter keyed = registry.register("keyed", rate(6_000, 20));
		RateLimiter window = registry.register("window",
				RateLimiterSpec.of(100, Duration.ofMillis(5)).withSliding(true).withTimeout(Duration.ofMillis(5)));
		long start = System.nanoTime();
		stress.run(length, () -> callSeveral(stress, RateLimiter.allOf(all, keyed.forKey(Stress.random(4)), window)),
				() -> {
				});
		await().untilAsserted(() -> {
			for (RateLimiter limiter : List.of(all, keyed, window)) {
				assertThat(limiter.waiting()).isZero();
				assertThat(limiter.stats().granted()).as(limiter.name()).isEqualTo(this.granted.sum());
				assertThat(limiter.stats().tokens()).as(limiter.name()).isEqualTo(this.tokens.sum());
			}
		});
		long millis = (System.nanoTime() - start) / 1_000_000 + 1;
		assertThat(this.tokens.sum()).isPositive()
			.isLessThanOrEqualTo(50 + 20 * millis)
			.isLessThanOrEqualTo(4 * (20 + 6 * millis))
			.isLessThanOrEqualTo(100 + 20 * millis);
		assertThat(stress.refused()).isPositive();
		await().untilAsserted(() -> {
			assertThat(all.available()).isEqualTo(50);
			assertThat(window.available()).isEqualTo(100);
			assertThat(keyed.forKey(0).available()).isEqualTo(20);
		});
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(keyed.keys(0).known()).isZero());
	}

	private static RateLimiterSpec rate(double rps, long burst) {
		return RateLimiterSpec.of(rps).withBurst(burst).withMaxWaiting(8).withTimeout(Duration.ofMillis(5));
	}

	private void callSeveral(Stress stress, RateLimiter several) throws InterruptedException {
		int cost = 1 + Stress.random(3);
		Duration timeout = Duration.ofNanos(Stress.random(5_000_000));
		switch (Stress.random(4)) {
			case 0 -> {
				if (several.tryAcquire(cost)) {
					paid(cost);
				}
				else {
					stress.countRefused();
				}
			}
			case 1 -> {
				several.acquire(cost, timeout);
				paid(cost);
			}
			case 2 -> {
				several.enter(cost, null);
				paid(cost);
			}
			default -> stress.end(several.acquireAsync(cost, timeout, Runnable::run), Stress.random(3) == 0,
					(none) -> paid(cost));
		}
	}

	private void paid(int cost) {
		this.granted.increment();
		this.tokens.add(cost);
	}

	private static void comeAndGo(int keys) {
		FrozenTime time = new FrozenTime(0);
		RateLimiter tokens = LimiterFactory.local(time).rateLimiter("keys", RateLimiterSpec.of(1_000));
		ConcurrencyLimiter permits = LimiterFactory.local(time)
			.concurrencyLimiter("keys", ConcurrencyLimiterSpec.of(1));
		int most = 0;
		for (int key = 0; key < keys; key++) {
			time.advance(100_000);
			assertThat(tokens.forKey(key).tryAcquire()).isTrue();
			permits.exit(permits.enter(key, null, null));
			if (key % 1_000 == 0) {
				most = Math.max(most, Math.max(tokens.keys(0).known(), permits.keys(0).known()));
			}
		}
		// A bucket is full again after a millisecond, and each newcomer looks at two.
		assertThat(most).isLessThan(100);
		assertThat(tokens.keys(0).overflowed()).isZero();
		assertThat(tokens.stats().granted()).isEqualTo(keys);
		assertThat(permits.stats().granted()).isEqualTo(keys);
	}

	/** What a call does while it is in. */
	private interface Nested {

		void run(ConcurrencyLimiter ofKey);

	}

}
