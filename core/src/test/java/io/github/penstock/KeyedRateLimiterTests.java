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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RateLimiter#forKey}.
 */
class KeyedRateLimiterTests {

	private final ManualTime time = new ManualTime();

	private TokenBucketLimiter limiter;

	@BeforeEach
	void create() {
		this.limiter = limiter(RateLimiterSpec.of(10));
	}

	private TokenBucketLimiter limiter(RateLimiterSpec spec) {
		return new TokenBucketLimiter("api", spec.withTimeout(Duration.ZERO), this.time);
	}

	private int take(Object key) {
		return take(this.limiter.forKey(key));
	}

	private static int take(RateLimiter limiter) {
		int taken = 0;
		while (limiter.tryAcquire()) {
			taken++;
		}
		return taken;
	}

	@Test // K1, L01
	void everyKeyHasABucketOfItsOwnBesideTheOneWithoutAKey() {
		assertThat(take("a")).isEqualTo(10);
		assertThat(take("b")).isEqualTo(10);
		assertThat(take(this.limiter)).isEqualTo(10);
		this.time.advance(Duration.ofMillis(500));
		assertThat(take("a")).isEqualTo(5);
		assertThat(this.limiter.stats().granted()).isEqualTo(35);
		assertThat(this.limiter.keys(5).known()).isEqualTo(2);
	}

	@Test // K1
	void aPlanHasValuesOfItsOwnAndTheRestIsTheLimiters() {
		this.limiter = limiter(RateLimiterSpec.of(10)
			.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100), "free", new RateLimiterSpec.Plan(null, null, 2L))));
		assertThat(take(this.limiter.forKey("a", "gold"))).isEqualTo(100);
		assertThat(take(this.limiter.forKey("b", "free"))).isEqualTo(2);
		assertThat(take(this.limiter.forKey("c", "none"))).isEqualTo(10);
		this.time.advance(Duration.ofMillis(100));
		assertThat(take(this.limiter.forKey("b", "free"))).isOne();
	}

	@Test // K1
	void aKeyThatChangesItsPlanKeepsWhatItHas() {
		this.limiter = limiter(RateLimiterSpec.of(10).withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))));
		assertThat(take("a")).isEqualTo(10);
		assertThat(take(this.limiter.forKey("a", "gold"))).isZero();
		this.time.advance(Duration.ofMillis(100));
		assertThat(take(this.limiter.forKey("a", "gold"))).isEqualTo(10);
	}

	@Test // K1
	void aChangeReachesEveryKey() {
		assertThat(take("a")).isEqualTo(10);
		this.limiter.change((spec) -> spec.withRate(20));
		assertThat(take("a")).isZero();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take("a")).isEqualTo(20);
	}

	@Test // K1, K2
	void aForgottenKeyHasAfterAChangeWhatItWouldHaveHad() {
		this.limiter.forKey("a").tryAcquire();
		this.time.advance(Duration.ofSeconds(10));
		this.limiter.change((spec) -> spec.withBurst(20));
		assertThat(take("a")).isEqualTo(10);
		assertThat(take("unknown")).isEqualTo(10);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(take("unknown")).isEqualTo(20);
	}

	@Test // K2
	void aKeyIsForgottenWhenItsBucketIsFull() {
		for (int i = 0; i < 100; i++) {
			this.limiter.forKey(i).tryAcquire();
		}
		assertThat(this.limiter.keys(1).known()).isEqualTo(100);
		this.time.advance(Duration.ofSeconds(1));
		for (int i = 1000; i < 1200; i++) {
			this.limiter.forKey(i).tryAcquire();
		}
		assertThat(this.limiter.keys(1).known()).isLessThanOrEqualTo(201);
		assertThat(this.limiter.stats().granted()).isEqualTo(300);
	}

	@Test // L02
	void anEmptyKeyIsNotForgottenWhileOthersComeAndGo() {
		this.limiter = limiter(RateLimiterSpec.of(1, Duration.ofDays(1)).withBurst(1).withMaxKeys(10));
		assertThat(take("empty")).isOne();
		for (int i = 0; i < 100_000; i++) {
			this.limiter.forKey(i).tryAcquire();
		}
		assertThat(take("empty")).isZero();
		assertThat(this.limiter.keys(1).known()).isEqualTo(10);
	}

	@Test // K3
	void beyondTheNumberOfKeysThoseThatAreNotKnownShareOneBucket() {
		AtomicInteger exhausted = new AtomicInteger();
		this.limiter = limiter(RateLimiterSpec.of(10).withMaxKeys(2));
		this.limiter.listen(new LimiterListener() {

			@Override
			public void keysExhausted(int maxKeys) {
				exhausted.set(maxKeys);
			}

		});
		assertThat(take("a")).isEqualTo(10);
		assertThat(take("b")).isEqualTo(10);
		assertThat(take("c")).isEqualTo(10);
		assertThat(take("d")).isZero();
		assertThat(this.limiter.keys(1).overflowed()).isPositive();
		assertThat(exhausted).hasValue(2);
		assertThat(this.limiter.stats().granted()).isEqualTo(30);
	}

	@Test // K4
	void aKeyIsAValue() {
		record User(String name, int number) {
		}
		record Team(List<User> users) {
		}
		assertThat(take(new Team(List.of(new User("a", 1))))).isEqualTo(10);
		assertThat(take(new Team(List.of(new User("a", 1))))).isZero();
		UUID id = UUID.randomUUID();
		assertThat(take(List.of(id, true, 'c', Thread.State.NEW))).isEqualTo(10);
		assertThat(take(List.of(id, true, 'c', Thread.State.NEW))).isZero();
		assertThat(take("x".repeat(1000))).isEqualTo(10);
		assertThat(take("x".repeat(1000))).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> this.limiter.forKey(new Object()))
			.withMessageContaining("java.lang.Object can be no key");
		assertThatIllegalArgumentException().isThrownBy(() -> this.limiter.forKey(new AtomicInteger()));
		assertThatIllegalArgumentException().isThrownBy(() -> this.limiter.forKey(null));
	}

	@Test // K5
	void aRefusalHasTheHashOfTheKey() {
		take("alice@example.org");
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> this.limiter.forKey("alice@example.org").acquire())
			.satisfies((refusal) -> {
				assertThat(refusal.keyHash()).hasSize(16).isEqualTo(this.limiter.keys(1).busiest().get(0).hash());
				assertThat(refusal).hasMessageContaining("key=" + refusal.keyHash()).hasMessageNotContaining("alice");
				assertThat(refusal.retryAfter()).isEqualTo(Duration.ofMillis(100));
			});
	}

	@Test // K5
	void theBusiestAndTheMostRefusedAreKnown() {
		take("a");
		this.limiter.forKey("b").tryAcquire();
		LimiterKeys keys = this.limiter.keys(20);
		assertThat(keys.busiest()).extracting(LimiterKeys.Key::value).containsExactly("a", "b");
		assertThat(keys.busiest()).extracting(LimiterKeys.Key::granted).containsExactly(10L, 1L);
		assertThat(keys.mostRefused()).extracting(LimiterKeys.Key::value).containsExactly("a");
	}

	@Test // T4
	void whoWaitsForAKeyIsServedInTimeAndByANewRate() {
		take("a");
		CompletableFuture<Void> first = this.limiter.forKey("a").acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		CompletableFuture<Void> second = this.limiter.forKey("a").acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		assertThat(this.limiter.waiting()).isEqualTo(2);
		this.time.advance(Duration.ofMillis(100));
		assertThat(first).isCompleted();
		assertThat(second).isNotDone();
		this.limiter.change((spec) -> spec.withRate(100));
		this.time.advance(Duration.ofMillis(10));
		assertThat(second).isCompleted();
		assertThat(this.limiter.stats().granted()).isEqualTo(12);
		this.time.advance(Duration.ofSeconds(10));
		assertThat(take("a")).isEqualTo(100);
	}

	@Test // K1
	void aSlidingWindowHasKeysAsWell() {
		this.limiter = limiter(RateLimiterSpec.of(3, Duration.ofSeconds(1)).withSliding(true));
		assertThat(take("a")).isEqualTo(3);
		assertThat(take("b")).isEqualTo(3);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take("a")).isEqualTo(3);
		this.limiter.change((spec) -> spec.withSliding(false));
		assertThat(take("a")).isZero();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take("b")).isEqualTo(3);
		this.limiter.change((spec) -> spec.withSliding(true));
		assertThat(take("b")).isZero();
	}

	@Test // K1
	void aKeyHasASlidingWindowAfterAChangeAtOnce() {
		RateLimiter ofKey = this.limiter.forKey("a");
		assertThat(ofKey.tryAcquire(4)).isTrue();
		this.limiter.change((spec) -> spec.withRate(20, Duration.ofSeconds(1)).withSliding(true));
		assertThat(ofKey.available()).isEqualTo(16);
		assertThat(take("a")).isEqualTo(16);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(take("a")).isEqualTo(20);
	}

	@Test // T5
	void aKeyThatNobodyHasForgottenIsFullAfterALongTime() {
		NoTimers stopped = new NoTimers();
		this.limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10).withTimeout(Duration.ZERO), stopped);
		for (int i = 0; i < 3; i++) {
			assertThat(take("a")).isEqualTo(10);
			stopped.now += Duration.ofDays(10_000).toNanos();
		}
		this.limiter.forKey("a").enter();
		stopped.now += Duration.ofDays(10_000).toNanos();
		this.limiter.forKey("a").enter(10, null);
		assertThat(take("a")).isZero();
	}

	@Test // P8
	void whoWaitsForAKeyIsRefusedAtTheEnd() {
		take("a");
		CompletableFuture<Void> waiting = this.limiter.forKey("a")
			.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		this.limiter.shutdown();
		assertThat(waiting).isCompletedExceptionally();
		assertThat(this.limiter.forKey("a").acquireAsync(1, Duration.ofSeconds(5), Runnable::run))
			.isCompletedExceptionally();
	}

	@Test // W2, L05
	void aKeyOwesWhatItIsChargedWithAndGetsBackWhatFits() {
		RateLimiter ofKey = this.limiter.forKey("a");
		ofKey.charge(15);
		assertThat(ofKey.debt()).isEqualTo(5);
		assertThat(ofKey.tryAcquire()).isFalse();
		ofKey.refund(100);
		assertThat(ofKey.debt()).isZero();
		assertThat(take("a")).isEqualTo(10);
		assertThat(this.limiter.stats().tokens()).isEqualTo(15 - 100 + 10);
	}

	@Test // O1
	void inShadowModeAKeyLetsEverybodyInAndCounts() {
		this.limiter.change((spec) -> spec.withEnforce(0));
		for (int i = 0; i < 15; i++) {
			assertThat(this.limiter.forKey("a").tryAcquire()).isTrue();
		}
		assertThat(this.limiter.stats().granted()).isEqualTo(10);
		assertThat(this.limiter.stats().wouldRefuse()).isEqualTo(5);
	}

	@Test // T1, K2
	void aKeyThatGoesBackAndForthBetweenPlansIsNotForgottenInBetween() {
		this.limiter = limiter(RateLimiterSpec.of(1)
			.withPlans(Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(1000), Duration.ofDays(1), null))));
		RateLimiter gold = this.limiter.forKey("a", "gold");
		assertThat(take(gold)).isEqualTo(1000);
		assertThat(take("a")).isZero();
		this.time.advance(Duration.ofSeconds(1));
		comeAndGo();
		assertThat(take(gold)).isOne();
		CompletableFuture<Void> waiting = this.limiter.forKey("a")
			.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		this.time.advance(Duration.ofSeconds(5));
		assertThat(waiting).isCompleted();
		comeAndGo();
		assertThat(take(gold)).isOne();
		this.time.advance(Duration.ofDays(1));
		comeAndGo();
		assertThat(take(gold)).isEqualTo(1000);
	}

	@Test // T1, K2
	void aKeyThatWaitsAndChangesItsPlanIsNotForgottenInBetween() {
		this.limiter = limiter(RateLimiterSpec.of(1)
			.withPlans(Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(1000), Duration.ofDays(1), null))));
		RateLimiter gold = this.limiter.forKey("a", "gold");
		assertThat(take(gold)).isEqualTo(1000);
		gold.acquireAsync(1, Duration.ofMinutes(5), Runnable::run).cancel(false);
		assertThat(take("a")).isZero();
		this.time.advance(Duration.ofSeconds(2));
		comeAndGo();
		assertThat(take(gold)).isOne();
	}

	@Test // K2
	void aKeyThatHasWaitedIsNotForgottenWhileItsBucketIsNotFull() {
		take("a");
		this.limiter.forKey("a").acquireAsync(1, Duration.ofMinutes(5), Runnable::run).cancel(false);
		this.time.advance(Duration.ofMillis(500));
		comeAndGo();
		assertThat(take("a")).isEqualTo(5);
	}

	@Test // T4, K1
	void whoIsDueForAKeyGetsTheTokensOfTheOldRate() {
		NoTimers stopped = new NoTimers();
		this.limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10).withBurst(1L), stopped);
		RateLimiter ofKey = this.limiter.forKey("a");
		assertThat(ofKey.tryAcquire()).isTrue();
		List<CompletableFuture<Void>> waiting = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			waiting.add(ofKey.acquireAsync(1, Duration.ofDays(5), Runnable::run));
		}
		stopped.now = Duration.ofMillis(200).toNanos();
		this.limiter.change((spec) -> spec.withRate(1, Duration.ofDays(1)));
		assertThat(waiting).allMatch(CompletableFuture::isDone);
	}

	@Test // K5
	void aRefusalOfACallThatWaitsHasTheHashOfTheKeyAsWell() {
		take("a");
		RateLimiter ofKey = this.limiter.forKey("a");
		CompletableFuture<Void> first = ofKey.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		CompletableFuture<Void> late = ofKey.acquireAsync(1, Duration.ofMillis(150), Runnable::run);
		assertThat(Acquisition.failure(late)).isInstanceOfSatisfying(RateLimitExceededException.class,
				(refusal) -> assertThat(refusal.keyHash()).isEqualTo(Keys.hash("a")));
		first.cancel(false);
	}

	@Test // K2
	void eachNewKeyLooksForTwoThatCanBeForgotten() {
		for (int i = 0; i < 100; i++) {
			this.limiter.forKey(i).tryAcquire();
		}
		this.time.advance(Duration.ofMillis(100));
		this.limiter.forKey("new").tryAcquire();
		assertThat(this.limiter.keys(1).known()).isEqualTo(100 - 2 + 1);
	}

	/** Have the limiter look for keys to forget. */
	private void comeAndGo() {
		for (int i = 0; i < 10; i++) {
			this.limiter.forKey(UUID.randomUUID()).tryAcquire();
		}
	}

	@Test // K2
	void aKeyThatGotMoreBackThanAnUnknownOneHasIsNotForgotten() {
		take("a");
		this.time.advance(Duration.ofSeconds(1));
		this.limiter.change((spec) -> spec.withBurst(20));
		this.limiter.forKey("a").refund(5);
		comeAndGo();
		assertThat(take("a")).isEqualTo(15);
	}

	@Test // K2
	void aFullKeyHasByAnotherPlanWhatAnUnknownOneHas() {
		this.limiter = limiter(RateLimiterSpec.of(2).withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))));
		for (int i = 0; i < 100; i++) {
			assertThat(this.limiter.forKey(i).tryAcquire(2)).isTrue();
		}
		assertThat(this.limiter.forKey("a").tryAcquire()).isTrue();
		// No longer, so that it is full and not forgotten yet.
		this.time.advance(Duration.ofMillis(500));
		assertThat(take(this.limiter.forKey("a", "gold"))).isEqualTo(100);
	}

	@Test // T5
	void aKeyKeepsWhatItHasByAnotherPlanAlsoWhereTheClockWraps() {
		ManualTime wrapping = new ManualTime(Long.MAX_VALUE - 10);
		this.limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10)
			.withTimeout(Duration.ZERO)
			.withPlans(Map.of("slow", new RateLimiterSpec.Plan(BigDecimal.valueOf(10), Duration.ofDays(1), null))),
				wrapping);
		this.limiter.forKey("a").tryAcquire();
		wrapping.advance(Duration.ofSeconds(1000));
		assertThat(take("a")).isEqualTo(10);
		RateLimiter slow = this.limiter.forKey("a", "slow");
		assertThat(take(slow)).isZero();
		assertThat(slow.debt()).isZero();
		wrapping.advance(Duration.ofDays(1));
		assertThat(take(slow)).isEqualTo(10);
	}

	@Test // K3
	void whatKeysWithoutRoomShareIsShown() {
		this.limiter.change((spec) -> spec.withMaxKeys(1));
		this.limiter.forKey("known").tryAcquire();
		assertThat(this.limiter.forKey("b").tryAcquire(4)).isTrue();
		RateLimiter without = this.limiter.forKey("c");
		assertThat(without.available()).isEqualTo(6);
		without.charge(8);
		assertThat(without.debt()).isEqualTo(2);
		without.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		assertThat(without.waiting()).isOne();
	}

	@Test // K3, T1
	void aKeyThatTwoCallsBringAtOnceHasOneBucket() {
		this.limiter.change((spec) -> spec.withMaxKeys(1));
		Noticed key = new Noticed(1);
		List<Integer> taken = new ArrayList<>();
		// The first call has seen that there is room when the second one comes.
		Noticed.next = () -> Noticed.next = () -> {
			Noticed.next = null;
			taken.add(take(key));
		};
		taken.add(take(key));
		assertThat(taken).containsExactly(10, 0);
		assertThat(this.limiter.keys(1).overflowed()).isZero();
	}

	@ParameterizedTest // K2, T1
	@ValueSource(booleans = { false, true })
	void aCallThatComesJustAsItsKeyIsForgottenHasABucketThatIsKept(boolean line) {
		NoTimers stopped = new NoTimers();
		this.limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10).withTimeout(Duration.ZERO), stopped);
		Noticed key = new Noticed(1);
		assertThat(take(key)).isEqualTo(10);
		if (line) {
			this.limiter.forKey(key).acquireAsync(1, Duration.ofSeconds(5), Runnable::run).cancel(false);
		}
		stopped.now = Duration.ofSeconds(1).toNanos();
		List<Integer> taken = new ArrayList<>();
		// When it is taken out of the table, and of no use any more.
		Noticed.next = () -> {
			Noticed.next = null;
			taken.add(take(key));
		};
		this.limiter.forKey("new").tryAcquire();
		taken.add(take(key));
		assertThat(taken).containsExactly(10, 0);
		assertThat(this.limiter.keys(1).known()).isEqualTo(2);
		assertThat(this.limiter.stats().granted()).isEqualTo(21);
	}

	@Test // K1, K2
	void aKeyWhoseCallsHaveTwoPlansGoesByOneOfThem() {
		HookedTime hooked = new HookedTime(this.time);
		this.limiter = new TokenBucketLimiter("api",
				RateLimiterSpec.of(1).withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))), hooked);
		RateLimiter own = this.limiter.forKey("a");
		RateLimiter gold = this.limiter.forKey("a", "gold");
		own.tryAcquire();
		CompletableFuture<Void> waiting = own.acquireAsync(1, Duration.ofSeconds(5), Runnable::run);
		// While the line goes over to gold a call comes that has it go back.
		hooked.next = own::tryAcquire;
		gold.tryAcquire();
		assertThat(hooked.next).isNull();
		own.tryAcquire();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(waiting).isCompleted();
		this.time.advance(Duration.ofSeconds(10));
		assertThat(take(own)).isOne();
		this.time.advance(Duration.ofSeconds(10));
		for (int i = 0; i < 10; i++) {
			this.limiter.forKey(i).tryAcquire();
		}
		assertThat(this.limiter.keys(100).busiest()).extracting(LimiterKeys.Key::value).doesNotContain("a");
	}

	@Test // L07
	void aWindowOwesNoMoreThanItCanRemember() {
		this.limiter = limiter(RateLimiterSpec.of(3, Duration.ofDays(1)).withSliding(true));
		this.limiter.charge(RateLimiterSpec.MOST_SLIDING);
		assertThatIllegalArgumentException().isThrownBy(() -> this.limiter.charge(RateLimiterSpec.MOST_SLIDING));
		assertThat(this.limiter.debt()).isEqualTo(RateLimiterSpec.MOST_SLIDING - 3);
	}

	@Test // K2
	void aKeyOfAWindowIsNotForgottenWhileItCountsByAnEarlierPeriod() {
		this.limiter = limiter(RateLimiterSpec.of(5, Duration.ofDays(1)).withSliding(true));
		assertThat(take("a")).isEqualTo(5);
		this.limiter.change((spec) -> spec.withRate(5, Duration.ofSeconds(1)));
		this.time.advance(Duration.ofSeconds(2));
		comeAndGo();
		this.limiter.change((spec) -> spec.withRate(5, Duration.ofDays(1)));
		assertThat(take("a")).isZero();
	}

	@Test // O1
	void inShadowModeNoDebtIsTooMuch() {
		this.limiter = limiter(RateLimiterSpec.of(333.3333333).withEnforce(0));
		RateLimiter ofKey = this.limiter.forKey("a");
		for (int i = 0; i < 300; i++) {
			ofKey.enter(100, (timeout) -> Duration.ofDays(1));
		}
		long ofKeys = this.limiter.stats().wouldRefuse();
		assertThat(ofKeys).isPositive();
		for (int i = 0; i < 300; i++) {
			this.limiter.enter(100, (timeout) -> Duration.ofDays(1));
		}
		assertThat(this.limiter.stats().wouldRefuse()).isEqualTo(2 * ofKeys);
		assertThat(this.limiter.stats().granted()).isEqualTo(600 - 2 * ofKeys);
	}

	/** Time in which nobody is called. */
	private static final class NoTimers implements TimeSource {

		private long now;

		@Override
		public long nanoTime() {
			return this.now;
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return () -> {
			};
		}

	}

	/** Time in which something happens when the clock is read next in a succession. */
	private static final class HookedTime implements TimeSource {

		private final TimeSource time;

		private Runnable next;

		HookedTime(TimeSource time) {
			this.time = time;
		}

		@Override
		public long nanoTime() {
			Runnable next = this.next;
			if (next != null && StackWalker.getInstance()
				.walk((frames) -> frames.anyMatch((frame) -> frame.getMethodName().equals("adopt")))) {
				this.next = null;
				next.run();
			}
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

	/** A key that tells when it is looked up. */
	private record Noticed(int number) {

		private static Runnable next;

		@Override
		public boolean equals(Object other) {
			return other instanceof Noticed noticed && noticed.number == this.number;
		}

		@Override
		public int hashCode() {
			if (next != null) {
				next.run();
			}
			return this.number;
		}

	}

}
