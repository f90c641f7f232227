package io.github.penstock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LimiterListener} and {@link LimiterRegistry#forEachLimiter}.
 */
class LimiterListenerTests {

	private final ManualTime time = new ManualTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter limiter = this.registry.register("inventory", ConcurrencyLimiterSpec.of(1));

	private final List<String> heard = new CopyOnWriteArrayList<>();

	@AfterEach
	void nothingIsLeft() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(this.limiter.available()).isEqualTo(1);
	}

	@Test
	void listenerWhenCallNeedNotWaitHearsNothing() throws Exception {
		this.limiter.listen(new Recorder());
		this.limiter.acquire().close();
		this.limiter.run(() -> {
		});
		this.limiter.acquireAsync().get().close();
		assertThat(this.heard).isEmpty();
	}

	@Test
	void listenerHearsOfRefusals() throws Exception {
		this.limiter.listen(new Recorder());
		try (Permit permit = this.limiter.acquire()) {
			assertThat(this.limiter.tryAcquire()).isNull();
		}
		assertThat(this.heard).containsExactly("refused FULL");
	}

	@Test
	void listenerHearsOfWaitAndItsEnd() throws Exception {
		this.limiter.listen(new Recorder());
		Permit permit = elsewhere();
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run);
		assertThat(this.heard).containsExactly("waiting");
		this.time.advance(Duration.ofSeconds(3));
		permit.close();
		waiting.get().close();
		assertThat(this.heard).containsExactly("waiting", "waited 3000000000", "ended null");
	}

	@Test
	void listenerHearsOfParkedWaitThatTimesOut() throws Exception {
		this.limiter.listen(new Recorder());
		try (Permit permit = elsewhere()) {
			CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> this.limiter.run(() -> {
			}));
			Awaitility.await().until(() -> this.heard.contains("waiting"));
			this.time.advance(Duration.ofSeconds(30));
			assertThatExceptionOfType(Exception.class).isThrownBy(waiting::get)
				.withCauseInstanceOf(BulkheadFullException.class);
		}
		assertThat(this.heard).containsExactly("waiting", "refused TIMED_OUT", "ended TIMED_OUT");
	}

	@Test
	void cancelledWaitHasOneEnd() throws Exception {
		this.limiter.listen(new Recorder());
		try (Permit permit = elsewhere()) {
			this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run).cancel(false);
		}
		assertThat(this.heard).containsExactly("waiting", "refused CANCELLED", "ended CANCELLED");
	}

	@Test
	void listenerThatThrowsHarmsNoCall() throws Exception {
		this.limiter.listen(new LimiterListener() {

			@Override
			public void refused(RefusalReason reason) {
				throw new AssertionError("refused");
			}

			@Override
			public void waited(long nanos) {
				throw new AssertionError("waited");
			}

			@Override
			public Wait waiting() {
				return (refusal) -> {
					throw new AssertionError("ended");
				};
			}

		});
		this.limiter.listen(new Recorder());
		Permit permit = elsewhere();
		CompletableFuture<Permit> granted = this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run);
		CompletableFuture<Permit> cancelled = this.limiter.acquireAsync(Duration.ofSeconds(10), Runnable::run);
		CompletableFuture<Boolean> parked = CompletableFuture.supplyAsync(() -> {
			this.limiter.run(() -> {
			});
			return true;
		});
		Awaitility.await().until(() -> this.limiter.waiting() == 3);
		cancelled.cancel(false);
		permit.close();
		granted.get().close();
		assertThat(parked.get()).isTrue();
		assertThat(this.heard).contains("refused CANCELLED", "waited 0", "ended null");
	}

	@Test
	void actionIsDoneOnceForEachLimiterThatIsMade() {
		List<String> seen = new ArrayList<>();
		this.registry.defineRateLimiter("later", () -> RateLimiterSpec.of(5));
		this.registry.forEachLimiter((limiter) -> seen.add(limiter.name()));
		assertThat(seen).containsExactly("inventory");
		this.registry.register("orders", ConcurrencyLimiterSpec.of(1));
		this.registry.rateLimiter("later");
		this.registry.rateLimiter("later");
		assertThat(seen).containsExactly("inventory", "orders", "later");
	}

	/** A permit in whose scope this thread is not. */
	private Permit elsewhere() throws Exception {
		return this.limiter.acquire();
	}

	private final class Recorder implements LimiterListener {

		@Override
		public void refused(RefusalReason reason) {
			LimiterListenerTests.this.heard.add("refused " + reason);
		}

		@Override
		public void waited(long nanos) {
			LimiterListenerTests.this.heard.add("waited " + nanos);
		}

		@Override
		public Wait waiting() {
			LimiterListenerTests.this.heard.add("waiting");
			return (refusal) -> LimiterListenerTests.this.heard.add("ended " + refusal);
		}

	}

}
