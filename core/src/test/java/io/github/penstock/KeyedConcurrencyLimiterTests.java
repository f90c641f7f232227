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
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConcurrencyLimiter#forKey}.
 */
class KeyedConcurrencyLimiterTests {

	private final ManualTime time = new ManualTime();

	private SemaphoreLimiter limiter;

	@BeforeEach
	void create() {
		this.limiter = limiter(ConcurrencyLimiterSpec.of(2));
	}

	private SemaphoreLimiter limiter(ConcurrencyLimiterSpec spec) {
		return new SemaphoreLimiter("export", spec.withTimeout(Duration.ZERO), this.time);
	}

	/** Enter a scope without the current thread, and leave it when the future is done. */
	private static Permit take(ConcurrencyLimiter limiter) {
		return limiter.tryAcquire();
	}

	@Test // K1, P1, P3
	void everyKeyHasPermitsOfItsOwn() {
		Permit first = take(this.limiter.forKey("a"));
		Permit second = take(this.limiter.forKey("a"));
		assertThat(first).isNotNull();
		assertThat(second).isNotNull();
		assertThat(take(this.limiter.forKey("a"))).isNull();
		assertThat(take(this.limiter.forKey("b"))).isNotNull();
		assertThat(take(this.limiter)).isNotNull();
		first.close();
		assertThat(this.limiter.forKey("a").available()).isOne();
		assertThat(take(this.limiter.forKey("a"))).isNotNull();
		assertThat(this.limiter.stats().granted()).isEqualTo(5);
	}

	@Test // P7
	void aNestedCallOfTheSameKeyHasThePermitOfTheOuterOne() {
		this.limiter.change((spec) -> spec.withMax(1));
		this.limiter.forKey("a").run(() -> {
			assertThat(this.limiter.forKey("a").isHeldByCurrentThread()).isTrue();
			this.limiter.forKey("a").run(() -> assertThat(this.limiter.forKey("a").inUse()).isOne());
			this.limiter.forKey("b").run(() -> assertThat(this.limiter.forKey("b").inUse()).isOne());
			try (Permit shared = this.limiter.forKey("a").tryAcquire()) {
				assertThat(shared).isNotNull();
				assertThat(this.limiter.forKey("a").inUse()).isOne();
			}
			assertThat(take(this.limiter.forKey("b"))).isNotNull();
		});
		assertThat(this.limiter.forKey("a").inUse()).isZero();
		assertThat(this.limiter.forKey("b").inUse()).isOne();
	}

	@Test // P2, L03
	void aPermitThatWasTakenBeforeALineCameIsGivenBackToTheLine() {
		this.limiter.change((spec) -> spec.withMax(1));
		ConcurrencyLimiter ofKey = this.limiter.forKey("a");
		Object entry = ofKey.enter();
		CompletableFuture<Permit>[] waiting = new CompletableFuture[1];
		Threads.run(() -> waiting[0] = ofKey.acquireAsync(Duration.ofSeconds(5), Runnable::run));
		assertThat(waiting[0]).isNotDone();
		assertThat(ofKey.waiting()).isOne();
		ofKey.exit(entry);
		assertThat(waiting[0]).isCompleted();
		assertThat(ofKey.inUse()).isOne();
		waiting[0].join().close();
		assertThat(ofKey.inUse()).isZero();
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
	}

	@Test // K2
	void aKeyIsForgottenWhenItsPermitsAreBack() {
		Object held = this.limiter.enter("held", null, null);
		for (int i = 0; i < 1000; i++) {
			int key = i;
			Threads.run(() -> this.limiter.exit(this.limiter.enter(key, null, null)));
		}
		assertThat(this.limiter.keys(1).known()).isLessThan(10);
		assertThat(this.limiter.forKey("held").inUse()).isOne();
		this.limiter.exit(held);
		assertThat(this.limiter.stats().granted()).isEqualTo(1001);
	}

	@Test // K1, P5
	void aChangeReachesEveryKey() {
		Permit first = take(this.limiter.forKey("a"));
		Object entry = this.limiter.enter("b", null, null);
		this.limiter.change((spec) -> spec.withMax(1));
		assertThat(take(this.limiter.forKey("a"))).isNull();
		Threads.run(() -> assertThatExceptionOfType(BulkheadFullException.class)
			.isThrownBy(() -> this.limiter.enter("b", null, null))
			.satisfies((refusal) -> assertThat(refusal.keyHash()).isNotNull()));
		this.limiter.change((spec) -> spec.withMax(3));
		assertThat(this.limiter.forKey("a").available()).isEqualTo(2);
		assertThat(this.limiter.forKey("b").available()).isEqualTo(2);
		first.close();
		this.limiter.exit(entry);
	}

	@Test // K1
	void aPlanHasPermitsOfItsOwn() {
		this.limiter = limiter(ConcurrencyLimiterSpec.of(1).withPlans(Map.of("gold", 3)));
		assertThat(take(this.limiter.forKey("a", "gold"))).isNotNull();
		assertThat(this.limiter.forKey("a", "gold").available()).isEqualTo(2);
		assertThat(this.limiter.forKey("a").available()).isZero();
		assertThat(take(this.limiter.forKey("b"))).isNotNull();
		assertThat(take(this.limiter.forKey("b"))).isNull();
	}

	@Test // K3
	void beyondTheNumberOfKeysThoseThatAreNotKnownShareThePermits() {
		this.limiter = limiter(ConcurrencyLimiterSpec.of(1).withMaxKeys(1));
		Permit known = take(this.limiter.forKey("a"));
		Permit shared = take(this.limiter.forKey("b"));
		assertThat(shared).isNotNull();
		assertThat(take(this.limiter.forKey("c"))).isNull();
		shared.close();
		known.close();
		assertThat(this.limiter.keys(1).overflowed()).isPositive();
	}

	@Test // O1
	void inShadowModeEverybodyGoesInAndIsCounted() {
		this.limiter.change((spec) -> spec.withEnforce(0));
		Object[] entries = new Object[4];
		for (int i = 0; i < entries.length; i++) {
			int index = i;
			Threads.run(() -> entries[index] = this.limiter.enter("a", null, null));
		}
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().wouldRefuse()).isEqualTo(2);
		assertThat(this.limiter.forKey("a").inUse()).isEqualTo(2);
	}

	/** Threads of their own, which are in no scope. */
	private static final class Threads {

		static void run(Runnable task) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			new Thread(() -> {
				try {
					task.run();
					done.complete(null);
				}
				catch (Throwable ex) {
					done.completeExceptionally(ex);
				}
			}).start();
			done.join();
		}

	}

}
