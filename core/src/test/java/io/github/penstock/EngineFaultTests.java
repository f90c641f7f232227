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
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whatever is thrown at a limiter, and whatever its callers do late or not at all, all
 * permits are back in the end (P2, P3) and no token is made (T1).
 */
@Timeout(60)
class EngineFaultTests {

	private static final Duration TIMEOUT = Duration.ofMillis(10);

	private final ManualTime time = new ManualTime();

	private final LimiterFactory factory = LimiterFactory.local(this.time);

	private final ConcurrencyLimiter permits = permits(this.factory);

	private static ConcurrencyLimiter permits(LimiterFactory factory) {
		return factory.concurrencyLimiter("permits", new ConcurrencyLimiterSpec(1, TIMEOUT, 10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "clock", "schedule", "executor", "listener" })
	void whateverIsThrownAtTheNthCallAllPermitsAreBack(String where) {
		boolean thrown = true;
		for (int n = 1; thrown; n++) {
			Faults faults = new Faults(where, n);
			ManualTime time = new ManualTime();
			ConcurrencyLimiter limiter = permits(LimiterFactory.local(faults.time(time)));
			limiter.listen(faults);
			List<CompletableFuture<Permit>> futures = new ArrayList<>();
			faults.armed = true;
			for (int i = 0; i < 3; i++) {
				tryTo(() -> {
					Permit held = limiter.tryAcquire();
					try {
						tryTo(() -> futures.add(limiter.acquireAsync(TIMEOUT, faults)));
						tryTo(() -> futures.add(limiter.acquireAsync(TIMEOUT, faults)));
						tryTo(() -> time.advanceNanos(TIMEOUT.toNanos() / 2));
						futures.forEach((future) -> future.whenComplete((permit, refusal) -> close(permit)));
					}
					finally {
						close(held);
					}
				});
				tryTo(() -> time.advance(TIMEOUT));
			}
			thrown = faults.thrown;
			faults.armed = false;
			for (int i = 0; i < 6; i++) {
				time.advanceNanos(FutureWaiter.GRACE_NANOS);
			}
			// A thread that comes to wait serves who was left behind.
			limiter.acquireAsync(TIMEOUT, Runnable::run).whenComplete((permit, refusal) -> close(permit));
			await().pollInterval(Duration.ofMillis(1)).untilAsserted(() -> {
				time.advanceNanos(FutureWaiter.GRACE_NANOS);
				assertThat(limiter.inUse()).isZero();
				assertThat(limiter.waiting()).isZero();
				assertThat(futures).allMatch(CompletableFuture::isDone);
			});
		}
	}

	private static void tryTo(Runnable call) {
		try {
			call.run();
		}
		catch (Thrown | LimitExceededException ex) {
			// What comes next must not mind.
		}
	}

	private static void close(Permit permit) {
		if (permit != null) {
			permit.close();
		}
	}

	@Test
	void scopeThatIsLeftOpenInsideRunEndsWithIt() {
		ConcurrencyLimiter other = permits(this.factory);
		Permit permit = other.tryAcquire();
		this.permits.run(() -> permit.makeCurrent());
		this.permits.run(() -> this.permits.tryAcquire().makeCurrent());
		permit.close();
		assertThat(other.inUse()).isZero();
		assertThat(this.permits.isHeldByCurrentThread()).isFalse();
		assertThat(other.isHeldByCurrentThread()).isFalse();
	}

	@Test
	void grantThatIsGivenUpLateMakesNoTokens() {
		RateLimiter tokens = this.factory.rateLimiter("tokens",
				RateLimiterSpec.of(1).withBurst(2L).withTimeout(Duration.ofSeconds(5)));
		assertThat(tokens.tryAcquire()).isTrue();
		assertThat(tokens.tryAcquire()).isTrue();
		List<Runnable> completions = new ArrayList<>();
		CompletableFuture<?> late = tokens.acquireAsync(Duration.ofSeconds(50), completions::add);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(completions).hasSize(1);
		// Full again: what was granted has run over by now, and others take the burst.
		this.time.advance(Duration.ofSeconds(3));
		assertThat(tokens.tryAcquire()).isTrue();
		assertThat(tokens.tryAcquire()).isTrue();
		late.cancel(false);
		assertThat(tokens.tryAcquire()).isFalse();
	}

	@Test
	void methodThatStillRunsKeepsThePermitOfACancelledCall() throws Exception {
		ConcurrencyLimiter limiter = new LimiterRegistry().register("calls",
				new ConcurrencyLimiterSpec(1, Duration.ofSeconds(20), 10));
		Permit held = limiter.tryAcquire();
		CompletableFuture<Void> begun = new CompletableFuture<>();
		CompletableFuture<Void> go = new CompletableFuture<>();
		CompletableFuture<Object> call = limiter.callAsync(() -> {
			begun.complete(null);
			go.join();
			return new CompletableFuture<>();
		});
		held.close();
		begun.get(20, TimeUnit.SECONDS);
		call.cancel(false);
		assertThat(limiter.inUse()).isOne();
		assertThat(limiter.tryAcquire()).isNull();
		go.complete(null);
		await().untilAsserted(() -> assertThat(limiter.inUse()).isZero());
	}

	@Test
	void callThatIsCancelledBeforeItsGrantNeverBegins() {
		AtomicInteger begun = new AtomicInteger();
		Permit held = this.permits.tryAcquire();
		CompletableFuture<Object> call = this.permits.callAsync(() -> {
			begun.incrementAndGet();
			return CompletableFuture.completedFuture(1);
		});
		assertThat(this.permits.waiting()).isOne();
		call.cancel(false);
		assertThat(this.permits.waiting()).isZero();
		held.close();
		assertThat(this.permits.inUse()).isZero();
		assertThat(begun).hasValue(0);
	}

	@Test
	void shutdownRefusesWhoWaitsAndLetsPermitsComeBack() {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<Permit> waiting = this.permits.acquireAsync(TIMEOUT, Runnable::run);
		CompletableFuture<RefusalReason> parked = CompletableFuture.supplyAsync(() -> {
			try {
				return (this.permits.enter() != null) ? null : null;
			}
			catch (BulkheadFullException ex) {
				return ex.reason();
			}
		});
		await().until(() -> this.time.parked() == 1);
		this.permits.shutdown();
		this.permits.shutdown();
		assertThat(waiting).isCompletedExceptionally();
		assertThat(parked.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(RefusalReason.SHUT_DOWN);
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(this.permits::enter)
			.extracting(BulkheadFullException::reason)
			.isEqualTo(RefusalReason.SHUT_DOWN);
		assertThat(this.permits.acquireAsync()).isCompletedExceptionally();
		held.close();
		assertThat(this.permits.inUse()).isZero();
		assertThat(this.permits.waiting()).isZero();
		this.permits.run(() -> assertThat(this.permits.inUse()).isOne());
	}

	@Test
	void permitThatADerivedFutureLosesIsAmongTheHolders() {
		ConcurrencyLimiter tracked = permits(LimiterFactory.tracking(this.factory, this.time)).calledBy("Orders.place");
		Permit held = tracked.tryAcquire();
		tracked.acquireAsync(TIMEOUT, Runnable::run).thenApply((permit) -> permit).cancel(false);
		held.close();
		assertThat(tracked.inUse()).isOne();
		assertThat(tracked.holders(5)).singleElement()
			.satisfies((holder) -> assertThat(holder.what()).isEqualTo("Orders.place"));
	}

	/** Thrown where a test wants it. */
	private static final class Thrown extends Error {

		private static final long serialVersionUID = 1L;

	}

	/** Foreign code that throws when it is called for the nth time. */
	private static final class Faults implements Executor, LimiterListener {

		private final String where;

		private int left;

		private boolean armed;

		private boolean thrown;

		private Faults(String where, int n) {
			this.where = where;
			this.left = n;
		}

		private synchronized void at(String here) {
			if (this.armed && here.equals(this.where) && --this.left == 0) {
				this.thrown = true;
				throw new Thrown();
			}
		}

		@Override
		public void execute(Runnable task) {
			at("executor");
			task.run();
		}

		@Override
		public Wait waiting() {
			at("listener");
			return (refusal) -> at("listener");
		}

		@Override
		public void refused(RefusalReason reason) {
			at("listener");
		}

		@Override
		public void waited(long nanos) {
			at("listener");
		}

		private TimeSource time(ManualTime time) {
			return new TimeSource() {

				@Override
				public long nanoTime() {
					at("clock");
					return time.nanoTime();
				}

				@Override
				public void parkNanos(Object blocker, long nanos) {
					time.parkNanos(blocker, nanos);
				}

				@Override
				public Runnable schedule(Runnable task, long nanos) {
					at("schedule");
					return time.schedule(task, nanos);
				}

			};
		}

	}

}
