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
	void listenerHearsTheEndOfAWaitWhoseGrantTheCallerGivesUp() throws Exception {
		this.limiter.listen(new Recorder());
		Permit permit = elsewhere();
		List<Runnable> handed = new ArrayList<>();
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofSeconds(10), handed::add);
		permit.close();
		waiting.cancel(false);
		assertThat(this.heard).containsExactly("waiting", "refused CANCELLED", "ended CANCELLED");
	}

	@Test
	void listenerHearsTheEndOfAWaitWhoseGrantNobodyHandsOver() throws Exception {
		this.limiter.listen(new Recorder());
		Permit permit = elsewhere();
		CompletableFuture<Permit> waiting = this.limiter.acquireAsync(Duration.ofSeconds(10), (task) -> {
		});
		permit.close();
		this.time.advance(Duration.ofSeconds(10));
		Awaitility.await().until(waiting::isDone);
		assertThat(this.heard).containsExactly("waiting", "refused TIMED_OUT", "ended TIMED_OUT");
	}

	@Test
	void listenerHearsOfEachChangeOfValuesOnceWhenItIsInForce() {
		List<LimiterListener.Change> changes = new ArrayList<>();
		List<Integer> inForce = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				changes.add(change);
				inForce.add(LimiterListenerTests.this.limiter.max());
			}

		});
		ConcurrencyLimiterSpec configured = this.limiter.spec();
		this.limiter.change((before) -> before.withMax(5));
		this.limiter.change((before) -> before.withMax(5));
		this.limiter.reset();
		this.limiter.reset();
		this.limiter.configure(configured.withMax(7));
		assertThat(changes).containsExactly(
				new LimiterListener.Change(LimiterListener.Cause.CHANGED, configured, configured.withMax(5)),
				new LimiterListener.Change(LimiterListener.Cause.RESET, configured.withMax(5), configured),
				new LimiterListener.Change(LimiterListener.Cause.CONFIGURED, configured, configured.withMax(7)));
		assertThat(inForce).containsExactly(5, 1, 7);
		this.limiter.configure(configured);
	}

	@Test
	void listenerOfRateLimitHearsOfChangesAndOneThatThrowsHarmsNobody() {
		RateLimiter rate = this.registry.register("api", RateLimiterSpec.of(10));
		List<LimiterListener.Change> changes = new ArrayList<>();
		rate.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				throw new AssertionError("changed");
			}

		});
		rate.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				changes.add(change);
			}

		});
		RateLimiterSpec after = rate.change((before) -> before.withRate(20));
		rate.change((before) -> before.withRate(20));
		rate.reset();
		rate.configure(RateLimiterSpec.of(30));
		assertThat(changes).extracting(LimiterListener.Change::cause)
			.containsExactly(LimiterListener.Cause.CHANGED, LimiterListener.Cause.RESET,
					LimiterListener.Cause.CONFIGURED);
		assertThat(changes.get(0).after()).isSameAs(after);
		assertThat(rate.spec().ratePerSecond()).isEqualTo(30);
	}

	@Test
	void valueThatWasChangedStaysWhenOthersAreConfiguredAnew() {
		ConcurrencyLimiterSpec configured = this.limiter.spec();
		this.limiter.change((before) -> before.withMax(5));
		this.limiter.configure(configured.withMax(7).withTimeout(Duration.ofSeconds(1)).withMaxWaiting(3));
		assertThat(this.limiter.spec()).isEqualTo(new ConcurrencyLimiterSpec(5, Duration.ofSeconds(1), 3));
		this.limiter.reset();
		assertThat(this.limiter.spec()).isEqualTo(new ConcurrencyLimiterSpec(7, Duration.ofSeconds(1), 3));
		this.limiter.configure(configured);
		RateLimiter rate = this.registry.register("api", RateLimiterSpec.of(10));
		rate.change((before) -> before.withBurst(3));
		rate.configure(RateLimiterSpec.of(100, Duration.ofHours(1)).withMaxWaiting(1));
		assertThat(rate.spec().rate()).isEqualTo("100 per 1h");
		assertThat(rate.spec().capacity()).isEqualTo(3);
		assertThat(rate.spec().maxWaiting()).isEqualTo(1);
	}

	@Test
	void rateAndBurstThatDoNotGoTogetherStayAsTheyWereChanged() {
		RateLimiter rate = this.registry.register("api", RateLimiterSpec.of(10));
		rate.change((before) -> before.withBurst(100_000_000L));
		RateLimiterSpec changed = rate.spec();
		RateLimiterSpec slow = RateLimiterSpec.of(1, Duration.ofDays(365));
		assertThatExceptionOfType(InvalidLimitException.class).isThrownBy(() -> slow.withBurst(changed.capacity()));
		rate.configure(slow);
		assertThat(rate.spec()).isEqualTo(changed);
		rate.reset();
		assertThat(rate.spec()).isEqualTo(slow);
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
