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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KeyRateLimiter} and what it calls: a key is a limiter like any other.
 */
@Timeout(60)
class KeyRateLimiterTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final TokenBucketLimiter limiter = limiter(RateLimiterSpec.of(10));

	private final KeyRateLimiter key = key("a");

	private TokenBucketLimiter limiter(RateLimiterSpec spec) {
		return new TokenBucketLimiter("api", spec.withTimeout(Duration.ZERO), this.time);
	}

	private KeyRateLimiter key(Object key) {
		return (KeyRateLimiter) this.limiter.forKey(key);
	}

	private static CompletableFuture<Void> waiting(RateLimiter limiter, long tokens) {
		return limiter.acquireAsync(tokens, LONG, Runnable::run);
	}

	private static void assertThatItRefuses(RateLimiter limiter, long tokens, Duration timeout, RefusalReason reason) {
		long before = limiter.stats().refused().get(reason);
		assertThatExceptionOfType(RateLimitExceededException.class)
			.isThrownBy(() -> limiter.enter(tokens, (configured) -> timeout))
			.satisfies((refusal) -> {
				assertThat(refusal.reason()).isEqualTo(reason);
				assertThat(refusal.cost()).isEqualTo(tokens);
			});
		assertThat(limiter.stats().refused()).containsEntry(reason, before + 1);
	}

	@Test // K1
	void eachWayInTakesTokensOfTheKey() throws InterruptedException {
		this.key.enter();
		assertThat(this.key.available()).isEqualTo(9);
		this.key.enter(null);
		assertThat(this.key.available()).isEqualTo(8);
		this.key.acquire();
		assertThat(this.key.available()).isEqualTo(7);
		this.key.acquire(LONG);
		assertThat(this.key.available()).isEqualTo(6);
		assertThat(this.key.acquireAsync()).isCompleted();
		assertThat(this.key.available()).isEqualTo(5);
		assertThat(this.key.acquireAsync(LONG, Runnable::run)).isCompleted();
		assertThat(this.key.available()).isEqualTo(4);
		assertThat(this.key.acquireAsync(2)).isCompleted();
		assertThat(this.key.available()).isEqualTo(2);
		this.key.enter("b", null, 3, null);
		this.key.enter("b", null, 2, null);
		assertThat(key("b").available()).isEqualTo(5);
		assertThat(this.key.available()).isEqualTo(2);
		assertThat(this.limiter.stats().granted()).isEqualTo(9);
		assertThat(this.limiter.stats().tokens()).isEqualTo(13);
		assertThat(this.limiter.available()).isEqualTo(10);
	}

	@Test // K1
	void whatIsAskedOfAKeyThatIsNotItsOwnIsTheLimiters() {
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))));
		RateLimiter gold = this.key.forKey("g", "gold");
		gold.enter();
		assertThat(gold.spec()).isEqualTo(this.limiter.spec().ofPlan("gold"));
		assertThat(gold.available()).isEqualTo(99);
		assertThat(this.key.spec()).isEqualTo(this.limiter.spec().ofPlan(null));
		assertThat(this.key.configured()).isEqualTo(this.limiter.configured());
		assertThat(this.key.keys(1).known()).isOne();
		assertThat(this.key.name()).isEqualTo("api");
		assertThat(this.key.stats()).isEqualTo(this.limiter.stats());
		assertThat(this.key.time()).isSameAs(this.time);
		AtomicReference<LimiterListener.Change> heard = new AtomicReference<>();
		this.key.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				heard.set(change);
			}

		});
		assertThat(this.key.change((spec) -> spec.withRate(20)).limit()).isEqualByComparingTo("20");
		assertThat(this.limiter.spec().limit()).isEqualByComparingTo("20");
		assertThat(heard.get().cause()).isEqualTo(LimiterListener.Cause.CHANGED);
		this.key.reset();
		assertThat(this.limiter.spec().limit()).isEqualByComparingTo("10");
		this.key.configure(this.limiter.spec().withRate(30));
		assertThat(this.limiter.spec().limit()).isEqualByComparingTo("30");
	}

	@Test // W1
	void nothingIsFreeForAKeyButZero() {
		this.key.enter(10, null);
		this.key.enter(0, null);
		assertThat(this.key.tryAcquire(0)).isTrue();
		assertThat(this.key.tryTake(0)).isTrue();
		assertThat(this.key.acquireAsync(0)).isCompleted();
		assertThat(this.key.waitFor(0)).isZero();
		assertThat(this.limiter.stats().granted()).isEqualTo(5);
		assertThat(this.limiter.stats().tokens()).isEqualTo(10);
		this.key.charge(0);
		this.key.refund(0);
		assertThat(this.key.available()).isZero();
		assertThat(this.key.debt()).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> this.key.enter(-1, null)).withMessageContaining("-1");
		assertThatIllegalArgumentException().isThrownBy(() -> this.key.charge(-1));
	}

	@Test // K5, R1
	void aKeyRefusesForTheReasonThatThereIs() {
		this.limiter.change((spec) -> spec.withMaxWaiting(0));
		this.key.enter(10, null);
		assertThatItRefuses(this.key, 11, LONG, RefusalReason.TOO_COSTLY);
		assertThatItRefuses(this.key, 1, Duration.ZERO, RefusalReason.FULL);
		assertThatItRefuses(this.key, 2, Duration.ofMillis(199), RefusalReason.WAIT_TOO_LONG);
		assertThatItRefuses(this.key, 2, Duration.ofMillis(200), RefusalReason.LINE_FULL);
		this.limiter.change((spec) -> spec.withMaxWaiting(1));
		this.limiter.shutdown();
		assertThatItRefuses(this.key, 2, Duration.ZERO, RefusalReason.FULL);
		assertThatItRefuses(this.key, 2, Duration.ofMillis(200), RefusalReason.SHUT_DOWN);
		assertThat(this.key.tryAcquire()).isFalse();
		LimiterKeys.Key ofKey = this.limiter.keys(1).mostRefused().get(0);
		assertThat(ofKey.refused()).isEqualTo(7);
		assertThat(ofKey.granted()).isOne();
		assertThat(ofKey.available()).isZero();
		assertThat(this.key).hasToString("api for key " + ofKey.hash());
	}

	@Test // O1
	void aKeyInShadowModeCountsTheReasonThatThereWouldBe() {
		List<RefusalReason> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void wouldRefuse(RefusalReason reason) {
				heard.add(reason);
			}

		});
		this.limiter.change((spec) -> spec.withEnforce(0).withMaxWaiting(2));
		this.key.enter(10, null);
		this.key.enter(11, (configured) -> LONG);
		this.key.enter(1, (configured) -> Duration.ZERO);
		this.key.enter(2, (configured) -> Duration.ofMillis(199));
		assertThat(this.key.debt()).isZero();
		this.key.enter(2, (configured) -> Duration.ofMillis(200));
		assertThat(this.key.debt()).isEqualTo(2);
		this.key.enter(1, (configured) -> LONG);
		assertThat(this.key.debt()).isEqualTo(2);
		assertThat(heard).containsExactly(RefusalReason.TOO_COSTLY, RefusalReason.FULL, RefusalReason.WAIT_TOO_LONG,
				RefusalReason.LINE_FULL);
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		assertThat(this.limiter.stats().tokens()).isEqualTo(12);
		assertThat(this.limiter.keys(1).mostRefused().get(0).refused()).isEqualTo(4);
	}

	@Test // T4
	void aThreadThatWaitsForAKeyIsServed() throws InterruptedException {
		this.key.enter(10, null);
		CompletableFuture<Void> done = CompletableFuture.runAsync(
				() -> this.key.enter(2, (configured) -> Duration.ofSeconds(5)), (task) -> new Thread(task).start());
		await().until(() -> this.key.waiting() == 1 && this.time.parked() == 1);
		this.time.advance(Duration.ofMillis(200));
		await().until(done::isDone);
		assertThat(done).isCompleted();
		assertThat(this.limiter.stats().waited()).isOne();
	}

	@Test // T4
	void aThreadThatIsInterruptedWhileItWaitsForAKeyLeaves() {
		this.key.enter(10, null);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.key.acquire(1, LONG));
		assertThat(this.key.waiting()).isZero();
		assertThat(Thread.interrupted()).isFalse();
	}

	@ParameterizedTest // K2
	@ValueSource(strings = { "enter", "refused", "try", "async", "settle", "change", "given up" })
	void aKeyIsForgottenWhoeverHasUsedItsLine(String use) {
		this.key.enter(10, null);
		CompletableFuture<Void> waiting = waiting(this.key, 1);
		this.time.advance(Duration.ofMillis(500));
		assertThat(waiting).isCompleted();
		switch (use) {
			case "enter" -> this.key.enter();
			case "refused" -> assertThatItRefuses(this.key, 10, Duration.ZERO, RefusalReason.FULL);
			case "try" -> assertThat(this.key.tryAcquire(2)).isTrue();
			case "async" -> assertThat(waiting(this.key, 4)).isCompleted();
			case "settle" -> this.key.charge(1);
			case "change" -> this.limiter.change((spec) -> spec.withRate(10, Duration.ofSeconds(2)));
			default -> waiting(this.key, 10).cancel(false);
		}
		assertThat(this.limiter.keys(1).known()).isOne();
		this.time.advance(Duration.ofSeconds(2));
		await().until(() -> {
			this.time.advance(Duration.ofSeconds(1));
			return this.limiter.keys(1).known() == 0;
		});
		await().until(() -> this.time.scheduled() == 0);
	}

	@Test // K2
	void keysAreForgottenByTheTimerAndTheirCallsStillCounted() {
		this.key.enter(3, null);
		key("b").enter();
		assertThat(this.time.scheduled()).isOne();
		this.time.advance(Duration.ofMillis(999));
		assertThat(this.limiter.keys(1).known()).isEqualTo(2);
		this.time.advance(Duration.ofMillis(1));
		await().until(() -> this.limiter.keys(1).known() == 0);
		await().until(() -> this.time.scheduled() == 0);
		await().until(() -> this.limiter.stats().granted() == 2);
		assertThat(this.limiter.stats().tokens()).isEqualTo(4);
		this.key.enter();
		assertThat(this.time.scheduled()).isOne();
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
	}

	@Test // K2
	void theTimerComesAgainWhileThereAreKeys() {
		this.key.enter();
		this.time.advance(Duration.ofMillis(999));
		key("b").enter();
		this.time.advance(Duration.ofMillis(1));
		await().until(() -> this.limiter.keys(1).known() == 1 && this.time.scheduled() == 1);
		this.time.advance(Duration.ofMinutes(1));
		await().until(() -> this.limiter.keys(1).known() == 0);
	}

	@Test // K3
	void newcomersHaveFullKeysForgotten() {
		this.limiter.change((spec) -> spec.withMaxKeys(4));
		for (int i = 0; i < 4; i++) {
			key(i).enter();
		}
		this.time.advance(Duration.ofMillis(100));
		key("new").enter();
		assertThat(this.limiter.keys(1).known()).isOne();
		assertThat(this.limiter.keys(1).overflowed()).isZero();
	}

	@Test // K5
	void asManyKeysAreShownAsAreAskedFor() {
		for (int i = 1; i <= 5; i++) {
			for (int call = 0; call < i; call++) {
				key(i).enter();
			}
		}
		assertThat(this.limiter.keys(0).busiest()).isEmpty();
		assertThat(this.limiter.keys(3).busiest()).extracting(LimiterKeys.Key::value).containsExactly("5", "4", "3");
		assertThat(this.limiter.keys(-1).busiest()).isEmpty();
		assertThat(this.limiter.keys(9).busiest()).extracting(LimiterKeys.Key::granted)
			.containsExactly(5L, 4L, 3L, 2L, 1L);
		assertThat(this.limiter.keys(9).busiest()).extracting(LimiterKeys.Key::available)
			.containsExactly(5L, 6L, 7L, 8L, 9L);
		assertThat(this.limiter.keys(9).mostRefused()).isEmpty();
	}

	@Test // K1
	void aPlanThatNobodyKnowsIsTold() {
		List<String> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void planUnknown(String plan) {
				heard.add(plan);
			}

		});
		this.limiter.change((spec) -> spec.withPlans(Map.of("same", new RateLimiterSpec.Plan(null, null, null))));
		this.limiter.forKey("a").tryAcquire();
		this.limiter.forKey("b", "same").tryAcquire();
		assertThat(heard).isEmpty();
		this.limiter.forKey("c", "other").tryAcquire();
		assertThat(heard).containsExactly("other");
	}

	@Test // K3
	void whatKeysWithoutRoomShareGoesByTheLimitersValuesAndEndsWithIt() {
		this.limiter.change((spec) -> spec.withMaxKeys(1));
		this.key.enter();
		RateLimiter without = this.limiter.forKey("b");
		without.enter(10, null);
		CompletableFuture<Void> waiting = waiting(without, 1);
		assertThat(this.limiter.waiting()).isOne();
		this.limiter.change((spec) -> spec.withRate(100));
		this.time.advance(Duration.ofMillis(10));
		assertThat(waiting).isCompleted();
		CompletableFuture<Void> last = waiting(without, 1);
		this.limiter.shutdown();
		assertThat(last).isCompletedExceptionally();
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
		assertThat(this.limiter.keys(1).overflowed()).isPositive();
	}

	@Test // K1, K2
	void anUnknownKeyHasWhatItsPlanSays() {
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(100))));
		KeyRateLimiter gold = (KeyRateLimiter) this.limiter.forKey("a", "gold");
		assertThat(gold.available()).isEqualTo(100);
		assertThat(gold.waitFor(100)).isLessThanOrEqualTo(1);
		assertThat(this.key.waitFor(11)).isEqualTo(Tokens.NEVER);
		assertThat(this.key.waitFor(10)).isLessThanOrEqualTo(1);
		assertThat(this.key.debt()).isZero();
		assertThat(this.key.waiting()).isZero();
		this.key.enter(10, null);
		assertThat(this.key.waitFor(2)).isEqualTo(Duration.ofMillis(200).toNanos());
		waiting(this.key, 1);
		assertThat(this.key.waitFor(2)).isEqualTo(Duration.ofMillis(300).toNanos());
		this.key.charge(3);
		assertThat(this.key.debt()).isEqualTo(3);
	}

	@ParameterizedTest // M1
	@ValueSource(booleans = { false, true })
	void whatIsUndoneOfAKeyIsAsIfItHadNotBeen(boolean line) {
		this.time.advance(Duration.ofMillis(10));
		this.key.enter();
		if (line) {
			this.key.enter(9, null);
			waiting(this.key, 1);
			this.time.advance(Duration.ofMillis(1050));
		}
		long granted = this.limiter.stats().granted();
		long tokens = this.limiter.stats().tokens();
		long available = this.key.available();
		long stamp = this.key.stampOf(3);
		assertThat(this.key.tryTake(3)).isTrue();
		assertThat(this.key.stamp()).isEqualTo(stamp);
		assertThat(this.key.available()).isEqualTo(available - 3);
		this.key.untake(3, stamp);
		assertThat(this.key.available()).isEqualTo(available);
		assertThat(this.limiter.stats().granted()).isEqualTo(granted);
		assertThat(this.limiter.stats().tokens()).isEqualTo(tokens);
		assertThat(this.key.tryTake(0)).isTrue();
		this.key.untake(0, stamp);
		assertThat(this.limiter.stats().granted()).isEqualTo(granted);
		assertThat(this.limiter.stats().tokens()).isEqualTo(tokens);
		assertThat(this.key.tryTake(11)).isFalse();
	}

	@ParameterizedTest // W2, L05
	@ValueSource(booleans = { false, true })
	void whatComesBackOfAKeyIsWhatHasNotRunOver(boolean line) {
		if (line) {
			this.key.enter(10, null);
			waiting(this.key, 1);
			this.time.advance(Duration.ofMillis(1100));
		}
		this.key.enter(4, null);
		long stamp = this.key.stamp();
		long tokens = this.limiter.stats().tokens();
		this.time.advance(Duration.ofMillis(200));
		this.key.putBack(3, stamp);
		assertThat(this.key.available()).isEqualTo(10);
		assertThat(this.limiter.stats().tokens()).isEqualTo(tokens - 3);
		this.time.advance(Duration.ofSeconds(1));
		this.key.enter(10, null);
		this.key.putBack(1, stamp);
		assertThat(this.key.available()).isZero();
	}

	@Test // K1
	void aChangeReachesAKeyInEachState() {
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(20))));
		RateLimiter gold = this.limiter.forKey("g", "gold");
		gold.enter(20, null);
		this.key.enter(10, null);
		key("line").enter(10, null);
		CompletableFuture<Void> waiting = waiting(key("line"), 5);
		this.limiter.change((spec) -> spec.withRate(100, Duration.ofSeconds(1))
			.withBurst(10)
			.withPlans(Map.of("gold", RateLimiterSpec.Plan.of(200))));
		this.time.advance(Duration.ofMillis(50));
		assertThat(waiting).isCompleted();
		assertThat(this.key.available()).isEqualTo(5);
		assertThat(gold.available()).isEqualTo(10);
		assertThat(this.limiter.stats().granted()).isEqualTo(4);
		assertThat(this.limiter.keys(9).busiest()).extracting(LimiterKeys.Key::granted).containsExactly(2L, 1L, 1L);
	}

	static Stream<Arguments> disturbances() {
		return Stream.of("a line comes", "the values change", "a line comes and the values change")
			.flatMap((what) -> IntStream.range(0, 7).mapToObj((reading) -> Arguments.of(what, reading)));
	}

	/** Another call comes between what this one has read and what it writes. */
	@ParameterizedTest // K1, T1, P2
	@MethodSource("disturbances")
	void whateverComesInBetweenEachCallTakesWhatItTakes(String what, int reading) {
		List<Consumer<KeyRateLimiter>> calls = List.of((of) -> of.enter(2, null), (of) -> of.tryAcquire(2),
				(of) -> assertThat(of.acquireAsync(2)).isCompleted(), (of) -> assertThat(of.tryTake(2)).isTrue(),
				(of) -> of.charge(2), (of) -> of.letIn(2, LONG.toNanos()), (of) -> of.refund(2),
				(of) -> of.putBack(2, of.stamp()), (of) -> of.untake(2, of.stamp()));
		List<Integer> taken = List.of(2, 2, 2, 2, 2, 2, -2, -2, -2);
		List<Integer> granted = List.of(1, 1, 1, 1, 0, 1, 0, 0, -1);
		for (int i = 0; i < calls.size(); i++) {
			BusyTime busy = new BusyTime(this.time);
			TokenBucketLimiter limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10), busy);
			KeyRateLimiter ofKey = (KeyRateLimiter) limiter.forKey("a");
			ofKey.enter(3, null);
			ofKey.enter();
			busy.readingsLeft = reading;
			busy.disturbance = () -> {
				if (what.startsWith("a line comes")) {
					waiting(ofKey, 10).cancel(false);
				}
				if (what.endsWith("change")) {
					limiter.change((spec) -> spec.withMaxWaiting(5));
				}
			};
			calls.get(i).accept(ofKey);
			busy.disturbance = null;
			assertThat(ofKey.available()).as("call %s", i).isEqualTo(6 - taken.get(i));
			assertThat(limiter.stats().tokens()).as("call %s", i).isEqualTo(4 + taken.get(i));
			assertThat(limiter.stats().granted()).as("call %s", i).isEqualTo(2 + granted.get(i));
			assertThat(limiter.keys(1).known()).isOne();
		}
	}

	@Test // K5, M1
	void aRefusalByOneOfSeveralIsCountedForItsKey() {
		RateLimiter both = RateLimiter.allOf(this.key, this.limiter);
		this.key.enter(10, null);
		assertThat(both.tryAcquire()).isFalse();
		assertThat(this.limiter.keys(1).mostRefused()).extracting(LimiterKeys.Key::refused).containsExactly(1L);
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.FULL, 1L);
		waiting(this.key, 1);
		assertThat(both.tryAcquire()).isFalse();
		assertThat(this.limiter.keys(1).mostRefused()).extracting(LimiterKeys.Key::refused).containsExactly(2L);
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.FULL, 2L);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(both::enter)
			.satisfies((refusal) -> assertThat(refusal.waiting()).isOne());
	}

	@ParameterizedTest // O1, M1
	@ValueSource(booleans = { false, true })
	void aKeyInShadowModeRefusesNobodyOfSeveral(boolean line) {
		TokenBucketLimiter other = limiter(RateLimiterSpec.of(100));
		if (line) {
			waiting(this.key, 10);
			this.key.charge(1);
			waiting(this.key, 10).cancel(false);
		}
		this.limiter.change((spec) -> spec.withEnforce(0).withTimeout(LONG));
		this.key.charge(this.key.available() + 3);
		RateLimiter both = RateLimiter.allOf(this.key, other);
		long debt = this.key.debt();
		both.enter(2, null);
		assertThat(this.key.debt()).isEqualTo(debt + 2);
		assertThat(other.available()).isEqualTo(98);
		assertThat(both.tryAcquire(11)).isTrue();
		assertThat(this.limiter.stats().wouldRefuse()).isOne();
	}

	@Test // R1
	void aFutureOfAKeyIsRefusedAtOnce() {
		this.key.enter(10, null);
		assertThat(this.key.acquireAsync(11)).isCompletedExceptionally();
		assertThat(this.key.acquireAsync(1, Duration.ZERO, Runnable::run)).isCompletedExceptionally();
		assertThat(this.limiter.stats().refused()).containsEntry(RefusalReason.TOO_COSTLY, 1L)
			.containsEntry(RefusalReason.FULL, 1L);
	}

	@Test // K5
	void whatALineCountsIsAddedToWhatWasCountedBefore() {
		this.key.enter(10, null);
		assertThat(this.key.tryAcquire()).isFalse();
		CompletableFuture<Void> waiting = waiting(this.key, 1);
		assertThat(this.key.tryAcquire()).isFalse();
		this.time.advance(Duration.ofMillis(100));
		assertThat(waiting).isCompleted();
		assertThat(this.limiter.keys(1).mostRefused()).extracting(LimiterKeys.Key::refused).containsExactly(2L);
		assertThat(this.limiter.keys(1).busiest()).extracting(LimiterKeys.Key::granted).containsExactly(2L);
		this.time.advance(Duration.ofSeconds(2));
		await().until(() -> {
			this.time.advance(Duration.ofSeconds(1));
			return this.limiter.keys(1).known() == 0;
		});
		await().until(() -> this.time.scheduled() == 0);
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		this.key.enter();
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
	}

	@Test // K5
	void aKeyThatWasNeverLetInIsNotAmongTheBusiest() {
		this.key.charge(10);
		assertThat(this.key.tryAcquire()).isFalse();
		assertThat(this.limiter.keys(5).busiest()).isEmpty();
		assertThat(this.limiter.keys(5).mostRefused()).hasSize(1);
	}

	@Test // W2, L05
	void aLineGetsBackWhatItIsRefunded() {
		this.key.enter(10, null);
		CompletableFuture<Void> waiting = waiting(this.key, 2);
		this.key.refund(1);
		assertThat(waiting).isNotDone();
		this.key.refund(1);
		assertThat(waiting).isCompleted();
		CompletableFuture<Void> another = waiting(this.key, 2);
		long stamp = this.key.stamp();
		this.key.putBack(2, stamp);
		assertThat(another).isCompleted();
	}

	@Test // P8
	void whoWouldWaitForAKeyOfAWindowIsRefusedAfterTheEnd() {
		TokenBucketLimiter window = limiter(RateLimiterSpec.of(3, Duration.ofSeconds(1)).withSliding(true));
		window.forKey("known").tryAcquire(3);
		window.forKey("known").shutdown();
		assertThat(waiting(window.forKey("known"), 1)).isCompletedExceptionally();
		assertThat(window.forKey("new").tryAcquire(3)).isTrue();
		assertThat(waiting(window.forKey("new"), 1)).isCompletedExceptionally();
	}

	@Test // K1, K2
	void anUnknownKeyOfAPlanHasAfterAChangeWhatAForgottenOneWouldHave() {
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", new RateLimiterSpec.Plan(null, null, 10L))));
		this.key.enter();
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", new RateLimiterSpec.Plan(null, null, 20L))));
		RateLimiter gold = this.limiter.forKey("g", "gold");
		assertThat(gold.available()).isEqualTo(10);
		assertThat(gold.tryAcquire(10)).isTrue();
		assertThat(gold.tryAcquire()).isFalse();
	}

	@Test // P2
	void keysAreForgottenThoughTheirTimerCouldNotBeSetAtFirst() {
		BusyTime busy = new BusyTime(this.time);
		TokenBucketLimiter limiter = new TokenBucketLimiter("api", RateLimiterSpec.of(10), busy);
		busy.hasTimers = false;
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> limiter.forKey("a").enter());
		busy.hasTimers = true;
		assertThat(this.time.scheduled()).isZero();
		limiter.forKey("b").enter();
		assertThat(this.time.scheduled()).isOne();
	}

	@Test // T5
	void aKeyIsAsItWasAfterALongTime() {
		this.key.enter(4, null);
		for (int i = 0; i < 5; i++) {
			this.time.advance(Duration.ofDays(10_000));
			this.key.enter(10, null);
			assertThat(this.key.tryAcquire()).isFalse();
			this.time.advance(Duration.ofMillis(100));
			assertThat(this.key.tryAcquire()).isTrue();
		}
	}

	/** Time in which another call comes while the clock is read. */
	private static final class BusyTime implements TimeSource {

		private final TimeSource time;

		private int readingsLeft;

		private Runnable disturbance;

		private boolean hasTimers = true;

		BusyTime(TimeSource time) {
			this.time = time;
		}

		@Override
		public long nanoTime() {
			Runnable disturbance = this.disturbance;
			if (disturbance != null && this.readingsLeft-- == 0) {
				this.disturbance = null;
				disturbance.run();
			}
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			if (!this.hasTimers) {
				throw new OutOfMemoryError("thrown by a test");
			}
			return this.time.schedule(task, nanos);
		}

	}

}
