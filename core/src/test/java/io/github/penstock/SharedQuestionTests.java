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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimiterStore.PermitRequest;
import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an instance says to a store: what it needs now, and what that is worth which it
 * does not need any more (D1, D2, D3).
 */
@Timeout(60)
class SharedQuestionTests {

	private static final long MILLI = 1_000_000;

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final ModelStore store = new ModelStore(this.time);

	private final Recording recording = new Recording(this.store.instance());

	private final LimiterFactory factory = LimiterFactory.sharing(this.time, () -> this.recording);

	private final RateLimiter tokens = this.factory.rateLimiter("tokens",
			RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT));

	private final ConcurrencyLimiter permits = this.factory.concurrencyLimiter("permits",
			ConcurrencyLimiterSpec.of(4).withSharing(Sharing.DEFAULT));

	private CompletableFuture<Void> token(Duration timeout) {
		return this.tokens.acquireAsync(timeout, Runnable::run);
	}

	private CompletableFuture<Permit> permit() {
		return this.permits.acquireAsync(Duration.ofMinutes(1), Runnable::run);
	}

	@Test // D5, T3
	void whoHasWaitedForAnAnswerCanWaitForLess() {
		this.tokens.tryAcquire(10);
		this.store.hold();
		token(Duration.ofSeconds(1));
		token(Duration.ofMillis(350));
		this.time.advance(Duration.ofMillis(30));
		this.store.answer();
		assertThat(this.recording.lastOfTokens().wanted()).containsExactly(new Wanted(1, 320 * MILLI));
	}

	@Test // D2
	void oneQuestionIsForTenThousandCallsAtMost() {
		this.store.hold();
		for (int i = 0; i < 10_002; i++) {
			token(Duration.ofHours(1));
		}
		assertThat(this.recording.lastOfTokens().wanted()).hasSize(1);
		this.store.answer();
		assertThat(this.recording.lastOfTokens().wanted()).hasSize(10_000);
		this.store.answer();
		assertThat(this.recording.lastOfTokens().wanted()).hasSize(1);
		this.store.answer();
		assertThat(this.store.held()).isZero();
	}

	@Test // D2
	void whoComesWhileAnAnswerIsServedIsPartOfTheNextQuestion() {
		AtomicReference<Runnable> arrival = new AtomicReference<>(() -> {
		});
		AtomicInteger readings = new AtomicInteger();
		TimeSource read = new ReadTime(this.time, () -> {
			if (readings.decrementAndGet() == 0) {
				arrival.get().run();
			}
		});
		RateLimiter limiter = LimiterFactory.sharing(read, () -> this.recording)
			.rateLimiter("busy", RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT));
		arrival.set(() -> limiter.acquireAsync(3, Duration.ofMinutes(1), Runnable::run));
		this.store.hold();
		limiter.acquireAsync(1, Duration.ofMinutes(1), Runnable::run);
		limiter.acquireAsync(2, Duration.ofMinutes(1), Runnable::run);
		// It is read when the answer comes, and then for the first one in line.
		readings.set(2);
		this.store.answer();
		assertThat(this.recording.lastOfTokens().wanted()).extracting(Wanted::tokens).containsExactly(2L, 3L);
	}

	@Test // P3
	void whoIsThereIsAskedForThoughCallsNeverStopToCome() {
		int most = 200;
		AtomicReference<Runnable> arrival = new AtomicReference<>(() -> {
		});
		AtomicInteger came = new AtomicInteger();
		TimeSource read = new ReadTime(this.time, () -> arrival.get().run());
		RateLimiter limiter = LimiterFactory.sharing(read, () -> this.recording)
			.rateLimiter("busy", RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT));
		this.store.hold();
		limiter.acquireAsync(1, Duration.ofMinutes(1), Runnable::run);
		limiter.acquireAsync(1, Duration.ofMinutes(1), Runnable::run);
		AtomicBoolean within = new AtomicBoolean();
		arrival.set(() -> {
			if (came.get() < most && this.recording.tokens.size() < 2 && within.compareAndSet(false, true)) {
				came.incrementAndGet();
				limiter.acquireAsync(1, Duration.ofMinutes(1), Runnable::run);
				within.set(false);
			}
		});
		this.store.answer();
		assertThat(came).hasValueGreaterThan(1);
		assertThat(this.recording.tokens.get(1).wanted()).hasSizeLessThan(most / 2);
	}

	@Test // W2
	void ofOneAnswerTheLastTokensGoBackFirstAndEachForWhatItIsWorth() {
		this.tokens.tryAcquire(10);
		this.store.hold();
		CompletableFuture<Void> first = token(Duration.ofMinutes(1));
		List<CompletableFuture<Void>> together = List.of(token(Duration.ofMinutes(1)), token(Duration.ofMinutes(1)));
		this.store.answer();
		this.store.answer();
		this.time.advance(Duration.ofMillis(40));
		together.forEach((call) -> call.cancel(false));
		first.cancel(false);
		this.store.answerAll();
		List<Returned> returned = new ArrayList<>();
		this.recording.tokens.forEach((request) -> returned.addAll(request.returned()));
		// The bucket would be full in 1.3 seconds, and each token takes 100 ms.
		assertThat(returned).extracting(Returned::runsOverInNanos)
			.containsExactly(1_260 * MILLI, 1_160 * MILLI - 1, 1_060 * MILLI);
	}

	@Test // T3, D6
	void whoWasRefusedByTheRateOfBeforeIsAskedForAgain() {
		this.tokens.tryAcquire(10);
		this.time.advance(Duration.ofSeconds(2));
		RateLimiter elsewhere = LimiterFactory.sharing(this.time, this.store::instance)
			.rateLimiter("tokens", RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT));
		elsewhere.tryAcquire(10);
		this.store.hold();
		CompletableFuture<Void> call = this.tokens.acquireAsync(5, Duration.ofMillis(100), Runnable::run);
		this.tokens.change((spec) -> spec.withRate(1_000).withBurst(10));
		this.store.answerAll();
		this.time.advance(Duration.ofMillis(5));
		assertThat(call).isCompleted();
	}

	@Test // D3
	void whoseLeaseIsOverKeepsNothingOfIt() {
		this.permits.tryAcquire();
		this.permits.tryAcquire();
		this.time.advance(ModelStore.LEASE.minusNanos(1));
		this.recording.wake();
		assertThat(this.recording.lastOfPermits()).satisfies((request) -> {
			assertThat(request.keep()).isEqualTo(2);
			assertThat(request.known()).isTrue();
		});
		this.time.advance(ModelStore.LEASE);
		this.permits.tryAcquire();
		assertThat(this.recording.lastOfPermits()).satisfies((request) -> {
			assertThat(request.keep()).isZero();
			assertThat(request.want()).isOne();
			assertThat(request.known()).isFalse();
		});
	}

	@Test // D4
	void theStoreHearsThatNobodyWaitsAnyMore() {
		ConcurrencyLimiter elsewhere = LimiterFactory.sharing(this.time, this.store::instance)
			.concurrencyLimiter("permits", ConcurrencyLimiterSpec.of(4).withSharing(Sharing.DEFAULT));
		this.permits.tryAcquire();
		elsewhere.tryAcquire();
		elsewhere.tryAcquire();
		elsewhere.tryAcquire();
		CompletableFuture<Permit> second = permit();
		CompletableFuture<Permit> third = permit();
		assertThat(this.recording.lastOfPermits().want()).isEqualTo(2);
		int questions = this.store.questions();
		third.cancel(false);
		assertThat(this.store.questions()).isEqualTo(questions);
		second.cancel(false);
		assertThat(this.recording.lastOfPermits().want()).isOne();
		assertThat(this.store.questions()).isEqualTo(questions + 1);
	}

	/** Does something each time that the clock is read. */
	private record ReadTime(TimeSource time, Runnable reading) implements TimeSource {

		@Override
		public long nanoTime() {
			this.reading.run();
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

	/** Knows what was asked. */
	private static final class Recording implements LimiterStore {

		private final LimiterStore store;

		private final List<TokenRequest> tokens = new ArrayList<>();

		private final List<PermitRequest> permits = new ArrayList<>();

		private Runnable wake = () -> {
		};

		private Recording(LimiterStore store) {
			this.store = store;
		}

		private TokenRequest lastOfTokens() {
			return this.tokens.get(this.tokens.size() - 1);
		}

		private PermitRequest lastOfPermits() {
			return this.permits.get(this.permits.size() - 1);
		}

		private void wake() {
			this.wake.run();
		}

		@Override
		public Duration budget() {
			return Duration.ofMinutes(1);
		}

		@Override
		public int instances() {
			return this.store.instances();
		}

		@Override
		public CompletionStage<TokenReply> tokens(TokenRequest request) {
			this.tokens.add(request);
			return this.store.tokens(request);
		}

		@Override
		public CompletionStage<PermitReply> permits(PermitRequest request) {
			this.permits.add(request);
			return this.store.permits(request);
		}

		@Override
		public Runnable watch(Supply supply, Runnable wake) {
			this.wake = wake;
			return this.store.watch(supply, wake);
		}

		@Override
		public void whenAvailable(Runnable action) {
			this.store.whenAvailable(action);
		}

	}

}
