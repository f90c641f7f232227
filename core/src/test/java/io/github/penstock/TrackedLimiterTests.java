package io.github.penstock;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TrackedLimiter}.
 */
class TrackedLimiterTests {

	private final ManualTime time = new ManualTime();

	private final LimiterRegistry registry = new LimiterRegistry(
			LimiterFactory.tracking(LimiterFactory.local(this.time), this.time));

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(2));

	@AfterEach
	void nothingIsLeft() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.available()).isEqualTo(2);
		assertThat(this.limiter.holders(10)).isEmpty();
		assertThat(this.limiter.waiters(10)).isEmpty();
	}

	@Test
	void limiterWhenNotTrackedKnowsNobody() {
		ConcurrencyLimiter plain = new LimiterRegistry().register("plain", ConcurrencyLimiterSpec.of(1));
		plain.run(() -> assertThat(plain.holders(10)).isEmpty());
		assertThat(plain.isTracked()).isFalse();
		assertThat(this.limiter.isTracked()).isTrue();
	}

	@Test
	void holdersAreOldestFirstAndBounded() throws Exception {
		Permit first = this.limiter.acquire();
		this.time.advance(Duration.ofSeconds(5));
		Permit second = this.limiter.acquireAsync().get();
		this.time.advance(Duration.ofSeconds(1));
		List<Holder> holders = this.limiter.holders(10);
		assertThat(holders).extracting(Holder::age).containsExactly(Duration.ofSeconds(6), Duration.ofSeconds(1));
		assertThat(holders).extracting(Holder::thread).containsOnly(Thread.currentThread().getName());
		assertThat(this.limiter.holders(1)).extracting(Holder::age).containsExactly(Duration.ofSeconds(6));
		first.close();
		first.close();
		assertThat(this.limiter.holders(10)).extracting(Holder::age).containsExactly(Duration.ofSeconds(1));
		second.close();
	}

	@Test
	void nestedCallsAreOneHolder() throws Exception {
		this.limiter.run(() -> this.limiter.run(() -> {
			assertThat(this.limiter.inUse()).isEqualTo(1);
			assertThat(this.limiter.holders(10)).hasSize(1);
		}));
	}

	@Test
	void shareThatOutlivesItsScopeHoldsOn() throws Exception {
		Permit share = this.limiter.call(() -> this.limiter.tryAcquire());
		assertThat(this.limiter.inUse()).isEqualTo(1);
		assertThat(this.limiter.holders(10)).hasSize(1);
		CompletableFuture.runAsync(share::close).join();
	}

	@Test
	void scopeOfPermitIsShared() throws Exception {
		Permit permit = this.limiter.acquire();
		CompletableFuture.runAsync(() -> {
			try (Permit.Scope scope = permit.makeCurrent()) {
				this.limiter.run(() -> assertThat(this.limiter.holders(10)).hasSize(1));
				scope.close();
			}
			this.limiter.run(() -> assertThat(this.limiter.holders(10)).hasSize(2));
		}).get(20, TimeUnit.SECONDS);
		permit.close();
	}

	@Test
	void waitersAreKnownUntilTheyAreLetInOrGiveUp() throws Exception {
		Permit first = this.limiter.acquire();
		Permit second = this.limiter.acquire();
		CompletableFuture<Permit> granted = this.limiter.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		CompletableFuture<Permit> cancelled = this.limiter.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		CompletableFuture<Permit> late = this.limiter.acquireAsync(Duration.ofSeconds(30), Runnable::run);
		this.time.advance(Duration.ofSeconds(2));
		assertThat(this.limiter.waiters(10)).hasSize(3)
			.first()
			.extracting(Holder::age)
			.isEqualTo(Duration.ofSeconds(2));
		cancelled.cancel(false);
		assertThat(this.limiter.waiters(10)).hasSize(2);
		assertThat(this.limiter.waiting()).isEqualTo(2);
		first.close();
		Permit third = granted.get(20, TimeUnit.SECONDS);
		assertThat(this.limiter.waiters(10)).hasSize(1);
		assertThat(this.limiter.holders(10)).hasSize(2);
		this.time.advance(Duration.ofSeconds(28));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> late.get(20, TimeUnit.SECONDS))
			.withCauseInstanceOf(BulkheadFullException.class);
		Awaitility.await().until(() -> this.limiter.waiters(10).isEmpty());
		second.close();
		third.close();
	}

	@Test
	void refusalAtOnceReachesTheCallerAsItIs() throws Exception {
		try (Permit first = this.limiter.acquire(); Permit second = this.limiter.acquire()) {
			AtomicReference<Throwable> refusal = new AtomicReference<>();
			this.limiter.acquireAsync(Duration.ZERO, Runnable::run).whenComplete((none, ex) -> refusal.set(ex));
			assertThat(refusal.get()).isInstanceOf(BulkheadFullException.class);
		}
	}

	@Test
	void grantThatIsNotWantedIsGivenBack() throws Exception {
		Permit first = this.limiter.acquire();
		Permit second = this.limiter.acquire();
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		waiting.completeExceptionally(new IllegalStateException("enough"));
		first.close();
		second.close();
	}

	@Test
	void exitWithoutEnterIsAnError() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.limiter.exit(new Object()));
	}

}
