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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Limits}: the permit first, then the token, and no permit is lost.
 */
@Timeout(60)
class LimitsTests {

	private static final Executor DIRECT = Runnable::run;

	private final ManualTime time = new ManualTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final ConcurrencyLimiter permits = this.registry.register("permits", ConcurrencyLimiterSpec.of(1));

	private final RateLimiter tokens = this.registry.register("tokens", RateLimiterSpec.of(1).withBurst(1L));

	private final Limits both = Limits.of(this.permits, this.tokens);

	@AfterEach
	void everythingIsBack() {
		await().untilAsserted(() -> assertThat(this.permits.inUse()).isZero());
		assertThat(this.permits.waiting()).isZero();
		assertThat(this.tokens.waiting()).isZero();
		assertThat(this.time.scheduled()).isZero();
		assertThat(Scopes.describe()).isNull();
	}

	@Test
	void noneLetsEverybodyIn() throws Throwable {
		Limits.NONE.exit(Limits.NONE.enter());
		assertThat(Limits.NONE.enter()).isNull();
		Limits.NONE.share().makeCurrent().close();
		Permit permit = Limits.NONE.acquireAsync(null).getNow(null);
		permit.makeCurrent().close();
		permit.close();
		CompletableFuture<String> stage = new CompletableFuture<>();
		assertThat(Limits.NONE.<String>callAsync(() -> stage)).isSameAs(stage);
		assertThat(Limits.NONE.withoutTokens()).isSameAs(Limits.NONE);
	}

	@Test
	void executorIsTheOneOfTheLimiters() {
		assertThat(Limits.executor()).isSameAs(LineLimiter.defaultExecutor());
	}

	@Test
	void enterTakesAPermitAndATokenAndExitGivesThePermitBack() {
		Object entry = this.both.enter();
		assertThat(this.permits.inUse()).isOne();
		assertThat(this.tokens.available()).isZero();
		this.both.exit(entry);
		assertThat(this.permits.inUse()).isZero();
		assertThat(this.tokens.available()).isZero();
		this.both.withoutTokens().exit(this.both.withoutTokens().enter());
	}

	@Test
	void enterWhenTheTokenIsRefusedGivesThePermitBack() {
		this.tokens.tryAcquire();
		Limits hasty = this.both.withTimeouts(null, (inForce) -> Duration.ZERO);
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(hasty::enter);
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void shareOutlivesItsEntry() {
		Object entry = this.both.enter();
		Permit share = this.both.share();
		this.both.exit(entry);
		assertThat(this.permits.inUse()).isOne();
		share.close();
		try (Permit other = Limits.of(this.permits, null).share()) {
			assertThat(other).isNotSameAs(Limits.NONE.share());
			assertThat(CompletableFuture.supplyAsync(() -> this.both.share()).join()).isSameAs(Limits.NONE.share());
		}
	}

	@Test
	void acquireAsyncWhenBothAreThereIsDone() {
		for (Executor executor : new Executor[] { null, DIRECT }) {
			CompletableFuture<Permit> acquired = this.both.acquireAsync(executor);
			assertThat(acquired).isCompleted();
			assertThat(this.permits.inUse()).isOne();
			assertThat(this.tokens.available()).isZero();
			acquired.join().close();
			this.time.advance(Duration.ofSeconds(1));
		}
	}

	@Test
	void acquireAsyncWaitsForThePermitAndThenForTheToken() {
		Permit held = this.permits.tryAcquire();
		this.tokens.tryAcquire();
		CompletableFuture<Permit> acquired = this.both.acquireAsync(DIRECT);
		assertThat(this.permits.waiting()).isOne();
		assertThat(this.tokens.waiting()).isZero();
		held.close();
		assertThat(this.permits.inUse()).isOne();
		assertThat(this.tokens.waiting()).isOne();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(acquired).isCompleted();
		acquired.join().close();
	}

	@Test
	void acquireAsyncWhenThePermitIsRefusedTakesNoToken() {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<Permit> acquired = this.both.acquireAsync(DIRECT);
		this.time.advance(Duration.ofSeconds(30));
		assertThat(Acquisition.failure(acquired)).isInstanceOf(BulkheadFullException.class);
		assertThat(this.tokens.available()).isOne();
		held.close();
	}

	@Test
	void acquireAsyncWhenTheTokenIsRefusedGivesThePermitBack() {
		this.tokens.change((spec) -> spec.withTimeout(Duration.ZERO));
		this.tokens.tryAcquire();
		for (Executor executor : new Executor[] { null, DIRECT }) {
			CompletableFuture<Permit> acquired = this.both.acquireAsync(executor);
			assertThat(Acquisition.failure(acquired)).isInstanceOf(RateLimitExceededException.class);
			assertThat(this.permits.inUse()).isZero();
		}
	}

	@Test
	void acquireAsyncWhenItIsCancelledLeavesTheLineThatItStandsIn() {
		Permit held = this.permits.tryAcquire();
		this.both.acquireAsync(DIRECT).cancel(false);
		assertThat(this.permits.waiting()).isZero();
		held.close();
		assertThat(this.tokens.available()).isOne();
		this.tokens.tryAcquire();
		CompletableFuture<Permit> waiting = this.both.acquireAsync(DIRECT);
		assertThat(this.tokens.waiting()).isOne();
		waiting.cancel(false);
		assertThat(this.tokens.waiting()).isZero();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void acquireAsyncWhenItIsCompletedMeanwhileGivesEverythingBack() {
		RateLimiter completing = this.registry.register("completing", RateLimiterSpec.of(1));
		AtomicReference<CompletableFuture<Permit>> acquired = new AtomicReference<>();
		Limits limits = Limits.of(this.permits, completing).withTimeouts(null, (inForce) -> {
			acquired.get().cancel(false);
			return inForce;
		});
		Permit held = this.permits.tryAcquire();
		acquired.set(limits.acquireAsync(DIRECT));
		completing.tryAcquire();
		held.close();
		assertThat(acquired.get()).isCancelled();
		assertThat(completing.waiting()).isZero();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void acquireAsyncWhenTheTimeoutOfThePlaceThrowsGivesThePermitBack() {
		Limits limits = this.both.withTimeouts(null, (inForce) -> {
			throw new IllegalStateException("thrown by a test");
		});
		assertThat(Acquisition.failure(limits.acquireAsync(DIRECT))).isInstanceOf(IllegalStateException.class);
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void callAsyncWhenItIsLetInIsTheStageOfTheWork() throws Throwable {
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletionStage<String> call = this.both.callAsync(() -> {
			assertThat(this.permits.isHeldByCurrentThread()).isTrue();
			return work;
		});
		assertThat(call).isSameAs(work);
		assertThat(this.permits.isHeldByCurrentThread()).isFalse();
		assertThat(this.permits.inUse()).isOne();
		work.complete("done");
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void callAsyncWhenTheWorkThrowsOrHasNoStageGivesThePermitBack() throws Throwable {
		Limits limits = Limits.of(this.permits, null);
		assertThatIllegalStateException().isThrownBy(() -> limits.callAsync(() -> {
			throw new IllegalStateException("thrown by a test");
		}));
		assertThat(this.permits.inUse()).isZero();
		assertThat(limits.<String>callAsync(() -> null)).isNull();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void callAsyncWhenItIsRefusedAtOnceAsksTheCallForItsAnswer() throws Throwable {
		this.permits.change((spec) -> spec.withMax(0));
		CompletionStage<String> refused = this.both.callAsync(() -> CompletableFuture.completedFuture("let in"));
		assertThat(Acquisition.failure(refused.toCompletableFuture())).isInstanceOf(BulkheadFullException.class);
		assertThat(this.both.callAsync(new Answering())).isCompletedWithValue("permits");
	}

	@Test
	void callAsyncThatWaitsBeginsWhenItIsLetInAndEndsWithItsWork() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> work = new CompletableFuture<>();
		AtomicBoolean inScope = new AtomicBoolean();
		CompletableFuture<String> call = this.both.<String>callAsync(() -> {
			inScope.set(this.permits.isHeldByCurrentThread());
			return work;
		}).toCompletableFuture();
		held.close();
		await().untilAsserted(() -> assertThat(work.getNumberOfDependents()).isOne());
		assertThat(inScope).isTrue();
		assertThat(this.permits.inUse()).isOne();
		AtomicReference<Integer> seen = new AtomicReference<>();
		call.whenComplete((value, failure) -> seen.set(this.permits.inUse()));
		work.complete("done");
		assertThat(call).isCompletedWithValue("done");
		// The permit was back first.
		assertThat(seen).hasValue(0);
	}

	@Test
	void callAsyncThatWaitsTellsTheFailureOfItsWork() throws Throwable {
		assertThat(failureOfWaiting(() -> {
			throw new IllegalStateException("thrown by a test");
		})).isInstanceOf(IllegalStateException.class);
		assertThat(
				failureOfWaiting(() -> CompletableFuture.failedFuture(new IllegalStateException("failed by a test"))))
			.hasMessage("failed by a test");
		CompletableFuture<String> broken = new CompletableFuture<>() {

			@Override
			public CompletableFuture<String> whenComplete(BiConsumer<? super String, ? super Throwable> action) {
				throw new IllegalStateException("broken stage");
			}

		};
		assertThat(failureOfWaiting(() -> broken)).hasMessage("broken stage");
	}

	private Throwable failureOfWaiting(Limits.AsyncCall<String> work) throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> call = Limits.of(this.permits, null).callAsync(work).toCompletableFuture();
		held.close();
		await().until(call::isDone);
		assertThat(this.permits.inUse()).isZero();
		return Acquisition.failure(call);
	}

	@Test
	void callAsyncThatWaitsForWorkWithoutAStageIsDone() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> call = Limits.of(this.permits, null)
			.<String>callAsync(() -> null)
			.toCompletableFuture();
		held.close();
		assertThat(call.get(20, TimeUnit.SECONDS)).isNull();
	}

	@Test
	void callAsyncThatWaitsInVainAsksTheCallForItsAnswer() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> answered = this.both.callAsync(new Answering()).toCompletableFuture();
		CompletableFuture<String> failed = this.both.<String>callAsync(() -> null).toCompletableFuture();
		this.time.advance(Duration.ofSeconds(30));
		assertThat(answered.get(20, TimeUnit.SECONDS)).isEqualTo("permits later");
		await().until(failed::isDone);
		assertThat(Acquisition.failure(failed)).isInstanceOf(BulkheadFullException.class);
		held.close();
	}

	@Test
	void callAsyncThatCannotBeBegunLaterLeavesTheLine() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletionStage<String> call = this.both.callAsync(new Limits.AsyncCall<String>() {

			@Override
			public CompletionStage<String> begin() {
				return null;
			}

			@Override
			public Limits.AsyncCall<String> later() {
				throw new IllegalStateException("thrown by a test");
			}

		});
		assertThat(Acquisition.failure(call.toCompletableFuture())).isInstanceOf(IllegalStateException.class);
		assertThat(this.permits.waiting()).isZero();
		held.close();
	}

	@Test
	void callAsyncThatIsCancelledAtWorkCancelsItsStageAndGivesThePermitBack() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> call = Limits.of(this.permits, null)
			.<String>callAsync(() -> work)
			.toCompletableFuture();
		held.close();
		await().untilAsserted(() -> assertThat(work.getNumberOfDependents()).isOne());
		call.cancel(false);
		assertThat(work).isCancelled();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void callAsyncThatIsCompletedAtWorkLetsItsStageGoOn() throws Throwable {
		Permit held = this.permits.tryAcquire();
		CompletableFuture<String> work = new CompletableFuture<>();
		CompletableFuture<String> call = Limits.of(this.permits, null)
			.<String>callAsync(() -> work)
			.toCompletableFuture();
		held.close();
		await().untilAsserted(() -> assertThat(work.getNumberOfDependents()).isOne());
		call.complete("enough");
		assertThat(work).isNotDone();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void callAsyncOfALimiterIsTheStageOfItsTaskOrItsFailure() {
		CompletableFuture<String> work = CompletableFuture.completedFuture("done");
		assertThat(this.permits.callAsync(() -> work)).isSameAs(work);
		assertThat(Acquisition.failure(this.permits.callAsync(() -> {
			throw new IllegalStateException("thrown by a test");
		}))).hasMessage("thrown by a test");
		assertThat(Acquisition.failure(this.permits.callAsync(() -> null))).isInstanceOf(NullPointerException.class);
		assertThat(this.permits.calledBy("somebody")).isSameAs(this.permits);
		assertThat(this.permits.isTracked()).isFalse();
	}

	@Test
	void callAsyncThatWaitsForAPermitThatFailsOtherwiseFails() throws Throwable {
		CompletableFuture<Permit> acquired = new CompletableFuture<>();
		CompletableFuture<String> call = WaitingCall.start(Limits.NONE, () -> new CompletableFuture<String>(),
				acquired);
		acquired.completeExceptionally(new CompletionException(new IllegalStateException("failed by a test")));
		assertThat(Acquisition.failure(call)).hasMessage("failed by a test");
		CompletableFuture<Permit> bare = new CompletableFuture<>();
		call = WaitingCall.start(Limits.NONE, new Answering(), bare);
		bare.completeExceptionally(new CompletionException(null));
		assertThat(Acquisition.failure(call)).isInstanceOf(CompletionException.class);
		CompletableFuture<Permit> none = new CompletableFuture<>();
		call = WaitingCall.start(Limits.NONE, new Answering(), none);
		none.complete(null);
		assertThat(Acquisition.failure(call)).hasMessage("No permit");
	}

	@Test
	void giveUpClosesAPermitThatIsThere() {
		Acquisition.giveUp(this.permits.acquireAsync());
		assertThat(this.permits.inUse()).isZero();
		Acquisition.giveUp(CompletableFuture.failedFuture(new IllegalStateException()));
	}

	@Test
	void failureIsWhatAFutureFailedWith() {
		IllegalStateException failure = new IllegalStateException();
		assertThat(Acquisition.failure(CompletableFuture.failedFuture(failure))).isSameAs(failure);
		CompletionException bare = new CompletionException(null);
		assertThat(Acquisition.failure(CompletableFuture.failedFuture(bare))).isSameAs(bare);
		CompletableFuture<String> cancelled = new CompletableFuture<>();
		cancelled.cancel(false);
		assertThat(Acquisition.failure(cancelled)).isInstanceOf(CancellationException.class);
	}

	@Test
	void causeIsWhatAStageFailedWithBeforeItWasWrapped() {
		IllegalStateException failure = new IllegalStateException(new IllegalArgumentException());
		assertThat(Acquisition.cause(failure)).isSameAs(failure);
		assertThat(Acquisition.cause(new CompletionException(failure))).isSameAs(failure);
		CompletionException bare = new CompletionException(null);
		assertThat(Acquisition.cause(bare)).isSameAs(bare);
	}

	@Test
	void acquisitionThatIsCompletedAsItsTokensAreTakenGivesThePermitBack() {
		CompletableFuture<Permit> coming = new CompletableFuture<>();
		AtomicReference<Acquisition> acquired = new AtomicReference<>();
		acquired.set(Acquisition.start(coming, () -> CompletableFuture.completedFuture(null),
				() -> acquired.get().cancel(false)));
		coming.complete(this.permits.tryAcquire());
		assertThat(acquired.get()).isCancelled();
		assertThat(this.permits.inUse()).isZero();
	}

	@Test
	void permitsOfWhichOneCannotBeMadeCurrentLeaveNoScopeOpen() {
		Permit first = this.permits.tryAcquire();
		Permit broken = new Permit() {

			@Override
			public void close() {
			}

			@Override
			public Scope makeCurrent() {
				throw new IllegalStateException("thrown by a test");
			}

		};
		assertThatIllegalStateException().isThrownBy(new BothPermits(first, broken)::makeCurrent);
		assertThat(this.permits.isHeldByCurrentThread()).isFalse();
		first.close();
	}

	@Test // W2, C2
	void callAsyncSettlesItsCostByWhatItsWorkResultsInWhetherItWaitsOrNot() throws Throwable {
		List<Object> outcomes = new ArrayList<>();
		IllegalStateException failure = new IllegalStateException("failed by a test");
		for (CompletableFuture<String> work : List.of(CompletableFuture.completedFuture("done"),
				CompletableFuture.<String>failedFuture(failure))) {
			Permit held = this.permits.tryAcquire();
			// A stage that depends on another one fails with a wrapped failure.
			CompletableFuture<String> call = settled(outcomes).<String>callAsync(() -> work.thenApply((value) -> value))
				.toCompletableFuture();
			held.close();
			await().until(call::isDone);
			settled(outcomes).<String>callAsync(() -> work.thenApply((value) -> value));
		}
		assertThat(outcomes).containsExactly("done", "done", failure, failure);
	}

	private Limits settled(List<Object> outcomes) {
		RateLimiter free = new TokenBucketLimiter("free", RateLimiterSpec.of(10), this.time);
		return CallLimits
			.of(this.permits, null, null, List.of(new CallLimits.Rate<>(free, null, new CallLimits.Cost<String>() {

				@Override
				public long cost(String call) {
					return 1;
				}

				@Override
				public boolean isSettled() {
					return true;
				}

				@Override
				public long actual(String call, Object result, Throwable error) {
					outcomes.add((error != null) ? error : result);
					return 1;
				}

			}, null)))
			.of("call");
	}

	private static final class Answering implements Limits.AsyncCall<String> {

		private String more = "";

		@Override
		public CompletionStage<String> begin() {
			throw new IllegalStateException("is not let in");
		}

		@Override
		public Limits.AsyncCall<String> later() {
			this.more = " later";
			return this;
		}

		@Override
		public CompletionStage<String> refused(LimitExceededException refusal) {
			return CompletableFuture.completedFuture(refusal.name() + this.more);
		}

	}

}
