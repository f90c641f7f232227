package io.github.penstock;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

}
