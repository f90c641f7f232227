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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.work.BoundedWorkQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
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

	@Test
	void placeThatCallsHasItsNameAmongTheHolders() throws Exception {
		ConcurrencyLimiter orders = this.limiter.calledBy("com.acme.Orders.place");
		Object entry = orders.enter();
		try (Permit permit = this.limiter.acquire()) {
			assertThat(this.limiter.isHeldByCurrentThread()).isTrue();
			assertThat(this.limiter.holders(10)).extracting(Holder::what).containsExactly("com.acme.Orders.place");
		}
		orders.exit(entry);
		orders.acquireAsync().get().close();
	}

	@Test
	void permitThatIsMadeCurrentElsewhereIsOneHolderUntilItsLastShareIsBack() throws Exception {
		Permit permit = this.limiter.acquireAsync().get();
		Permit share = CompletableFuture.supplyAsync(() -> {
			try (Permit.Scope scope = permit.makeCurrent()) {
				return this.limiter.tryShare();
			}
		}).get(20, TimeUnit.SECONDS);
		permit.close();
		assertThat(this.limiter.holders(10)).hasSize(this.limiter.inUse()).hasSize(1);
		Object entry = this.limiter.enter();
		assertThat(this.limiter.holders(10)).hasSize(this.limiter.inUse()).hasSize(2);
		CompletableFuture.runAsync(share::close).get(20, TimeUnit.SECONDS);
		this.limiter.exit(entry);
	}

	@Test
	void scopeThatOutlivesItsPermitHoldsNothing() throws Exception {
		Permit permit = this.limiter.acquire();
		try (Permit.Scope scope = permit.makeCurrent()) {
			permit.close();
			assertThat(this.limiter.holders(10)).isEmpty();
			this.limiter.run(() -> assertThat(this.limiter.holders(10)).hasSize(1));
		}
	}

	@Test
	void scopesOfTwoLimitersThatEndInTheWrongOrderLeaveNobody() {
		ConcurrencyLimiter other = this.registry.register("other", ConcurrencyLimiterSpec.of(1));
		Object outer = this.limiter.enter();
		Object inner = other.enter();
		Object nested = this.limiter.enter();
		this.limiter.exit(outer);
		assertThat(this.limiter.holders(10)).hasSize(1);
		other.exit(inner);
		assertThat(other.holders(10)).isEmpty();
		this.limiter.exit(nested);
	}

	@Test
	void workThatThrowsLeavesNobody() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.limiter.run(() -> {
			this.limiter.run(() -> {
				throw new IllegalStateException("work");
			});
		}));
	}

	@Test
	void permitThatIsCheckedOutIsOneHolderBesideTheScope() throws Exception {
		this.limiter.run(() -> {
			Object first = this.limiter.tryCheckOut();
			assertThat(this.limiter.tryCheckOut()).isNull();
			assertThat(this.limiter.holders(10)).hasSize(2);
			CompletableFuture.runAsync(() -> this.limiter.checkIn(first)).join();
			assertThat(this.limiter.holders(10)).hasSize(1);
		});
	}

	@Test
	void scopeThatIsLeftTwiceOrByAnotherThreadIsAnErrorAndGivesThePermitBackOnce() {
		Object entry = this.limiter.enter();
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> CompletableFuture.runAsync(() -> this.limiter.exit(entry)).join())
			.withCauseInstanceOf(IllegalStateException.class);
		assertThat(this.limiter.inUse()).isZero();
		this.limiter.exit(entry);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.limiter.exit(entry));
	}

	@Test
	void callOfAKeyIsAHolderUntilItLeaves() {
		ConcurrencyLimiter ofKey = this.limiter.forKey("a");
		Object entry = ofKey.enter();
		assertThat(this.limiter.holders(10)).hasSize(1);
		ofKey.exit(entry);
		assertThat(this.limiter.holders(10)).isEmpty();
		assertThat(ofKey.inUse()).isZero();
	}

	@Test
	void callThatHasWaitedForAKeyIsAHolder() {
		ConcurrencyLimiter ofKey = this.limiter.forKey("a");
		List<Permit> permits = List.of(ofKey.tryAcquire(), ofKey.tryAcquire());
		CompletableFuture<Permit> waiting = ofKey.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		permits.get(0).close();
		assertThat(this.limiter.holders(10)).hasSize(2);
		permits.get(1).close();
		waiting.join().close();
		assertThat(this.limiter.holders(10)).isEmpty();
	}

	@Test
	void keyIsForgottenWhenItsCallsHaveLeft() {
		this.limiter.forKey("a").run(() -> assertThat(this.limiter.keys(1).known()).isOne());
		Awaitility.await().until(() -> {
			this.time.advance(Duration.ofSeconds(1));
			return this.limiter.keys(1).known() == 0;
		});
	}

	@Test
	void grantThatIsGivenUpWhileItIsHandedOverLeavesNoHolder() throws Exception {
		AtomicReference<Runnable> handingOver = new AtomicReference<>(() -> {
		});
		TimeSource told = new TimeSource() {

			@Override
			public long nanoTime() {
				handingOver.get().run();
				return TrackedLimiterTests.this.time.nanoTime();
			}

			@Override
			public void parkNanos(Object blocker, long nanos) {
				TrackedLimiterTests.this.time.parkNanos(blocker, nanos);
			}

			@Override
			public Runnable schedule(Runnable task, long delayNanos) {
				return TrackedLimiterTests.this.time.schedule(task, delayNanos);
			}

		};
		ConcurrencyLimiter one = LimiterFactory.tracking(LimiterFactory.local(this.time), told)
			.concurrencyLimiter("one", ConcurrencyLimiterSpec.of(1));
		Permit first = one.acquire();
		CompletableFuture<Permit> waiting = one.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		handingOver.set(() -> waiting.cancel(false));
		first.close();
		Awaitility.await().until(() -> waiting.isCancelled() && one.inUse() == 0);
		assertThat(one.holders(10)).isEmpty();
		assertThat(one.available()).isEqualTo(1);
	}

	@Tag("stress")
	@Test
	void holdersAreThosePermitsThatAreOutWhateverManyThreadsDo() throws Exception {
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (int thread = 0; thread < 4; thread++) {
			threads.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 2_000; i++) {
					CompletableFuture<Permit> cancelled = this.limiter.acquireAsync();
					cancelled.cancel(false);
					if (!cancelled.isCancelled()) {
						cancelled.thenAccept(Permit::close);
					}
					this.limiter.run(() -> this.limiter.run(() -> assertThat(this.limiter.holders(10)).isNotEmpty()));
				}
			}));
		}
		CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		Awaitility.await().until(() -> this.limiter.inUse() == 0);
	}

	@Test
	void traceIsThatOfTheCallerAndOneThatCannotBeToldIsNone() throws Exception {
		AtomicReference<String> trace = new AtomicReference<>("4bf92f3577b34da6");
		ConcurrencyLimiter traced = LimiterFactory
			.tracking(LimiterFactory.local(this.time), this.time, () -> Objects.requireNonNull(trace.get()))
			.concurrencyLimiter("traced", ConcurrencyLimiterSpec.of(1));
		traced.run(() -> assertThat(traced.holders(1)).extracting(Holder::trace).containsExactly("4bf92f3577b34da6"));
		trace.set(null);
		traced.run(() -> assertThat(traced.holders(1)).extracting(Holder::trace).containsOnlyNulls());
	}

	@Test
	void waitersOfRateLimitAreKnown() throws Exception {
		RateLimiter rate = this.registry.register("api", RateLimiterSpec.of(1));
		assertThat(rate.isTracked()).isTrue();
		rate.acquire();
		CompletableFuture<?> waiting = rate.acquireAsync(Duration.ofMinutes(1), Runnable::run);
		assertThat(rate.waiters(10)).extracting(Holder::thread).containsExactly(Thread.currentThread().getName());
		this.time.advance(Duration.ofSeconds(2));
		waiting.get(20, TimeUnit.SECONDS);
		assertThat(rate.waiters(10)).isEmpty();
	}

	@Test
	void trackedLimiterIsInAllElseTheLimiterThatItIsPutAround() throws Exception {
		List<String> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				heard.add(change.cause().name());
			}

		});
		assertThat(this.limiter.name()).isEqualTo("inventory");
		assertThat(this.limiter).hasToString("inventory");
		assertThat(this.limiter.max()).isEqualTo(2);
		assertThat(this.limiter.isHeldByCurrentThread()).isFalse();
		ConcurrencyLimiterSpec configured = this.limiter.configured();
		assertThat(configured).isEqualTo(ConcurrencyLimiterSpec.of(2));
		assertThat(this.limiter.change((spec) -> spec.withMax(5))).isEqualTo(this.limiter.spec());
		assertThat(this.limiter.max()).isEqualTo(5);
		this.limiter.reset();
		assertThat(this.limiter.max()).isEqualTo(2);
		this.limiter.configure(configured.withMax(7));
		assertThat(this.limiter.max()).isEqualTo(7);
		this.limiter.configure(configured);
		assertThat(heard).containsExactly("CHANGED", "RESET", "CONFIGURED", "CONFIGURED");
		Object checkedOut = this.limiter.checkOut();
		assertThat(this.limiter.holders(10)).hasSize(1);
		this.limiter.checkIn(checkedOut);
		assertThat(this.limiter.stats().granted()).isOne();
	}

	@Test
	void trackedLimiterThatIsShutDownRefusesWhoWouldWait() throws Exception {
		ConcurrencyLimiter ending = this.registry.register("ending", ConcurrencyLimiterSpec.of(1));
		ending.shutdown();
		try (Permit permit = ending.acquire()) {
			assertThat(ending.acquireAsync()).isCompletedExceptionally();
		}
	}

	@Test
	void callThatCannotBeTrackedGivesItsPermitBack() {
		TimeSource broken = new TimeSource() {

			@Override
			public long nanoTime() {
				throw new IllegalStateException("broken clock");
			}

			@Override
			public void parkNanos(Object blocker, long nanos) {
				throw new IllegalStateException("Nobody parks here");
			}

			@Override
			public Runnable schedule(Runnable task, long nanos) {
				throw new IllegalStateException("Nobody waits here");
			}

		};
		ConcurrencyLimiter untold = LimiterFactory.tracking(LimiterFactory.local(this.time), broken)
			.concurrencyLimiter("untold", ConcurrencyLimiterSpec.of(1));
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(untold::acquire);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(untold::enter);
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(untold::tryCheckOut);
		assertThat(untold.inUse()).isZero();
	}

	@Test
	void callsThatCameTogetherAreInTheOrderInWhichTheyWereSeenFirst() throws Exception {
		Permit first = this.limiter.acquire();
		List<Holder> before = this.limiter.holders(10);
		Permit second = this.limiter.acquire();
		List<Holder> after = this.limiter.holders(10);
		assertThat(after.get(0)).isEqualTo(before.get(0));
		assertThat(after).extracting(Holder::id).isSorted().doesNotHaveDuplicates();
		assertThat(after).extracting(Holder::trace).containsOnlyNulls();
		assertThat(this.limiter.holders(10)).isEqualTo(after);
		first.close();
		second.close();
	}

	@Test
	void workQueueOnTrackedBulkheadLeavesNobody() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder(this.registry).bulkhead("inventory").build();
		List<Integer> results = queue.processAll(List.of(1, 2, 3, 4, 5), (item) -> {
			assertThat(this.limiter.holders(10)).hasSizeBetween(1, 2);
			return item * 2;
		});
		assertThat(results).containsExactly(2, 4, 6, 8, 10);
		List<Integer> nested = this.limiter.call(() -> queue.processAll(List.of(1, 2), (item) -> item));
		assertThat(nested).containsExactly(1, 2);
	}

}
