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
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever a store does or does not, calls go on by what holds in an outage, and by the
 * store when that is over (D5, P3).
 */
@Timeout(60)
class SharedFaultTests {

	private static final ConcurrencyLimiterSpec FOUR = ConcurrencyLimiterSpec.of(4).withSharing(Sharing.DEFAULT);

	private static final RateLimiterSpec TEN = RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT);

	private final ManualTime time = new ManualTime();

	private final ModelStore store = new ModelStore(this.time);

	private final Faulty faulty = new Faulty(this.store.instance());

	private final LimiterFactory factory = LimiterFactory.sharing(this.time, () -> this.faulty);

	@ParameterizedTest
	@ValueSource(strings = { "throws", "nothing", "null", "deaf", "short", "hears twice", "watch", "unwatch", "away",
			"instances" })
	void aStoreThatIsBrokenIsOneThatDoesNotAnswer(String fault) {
		ConcurrencyLimiter permits = this.factory.concurrencyLimiter("permits", FOUR);
		RateLimiter tokens = this.factory.rateLimiter("tokens", TEN);
		this.faulty.fault = fault;
		CompletableFuture<Permit> permit = permits.acquireAsync(Duration.ZERO, Runnable::run);
		CompletableFuture<Void> token = tokens.acquireAsync(Duration.ZERO, Runnable::run);
		assertThat(permit).isCompleted();
		assertThat(token).isCompleted();
		permit.join().close();
		assertThat(permits.tryAcquire()).isNotNull().satisfies(Permit::close);
		this.faulty.fault = "";
		this.faulty.back();
		this.time.advance(Duration.ofMinutes(1));
		List<Permit> all = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			all.add(permits.acquireAsync(Duration.ofSeconds(1), Runnable::run).join());
		}
		assertThat(this.store.booked("permits")).isEqualTo(4);
		all.forEach(Permit::close);
		assertThat(permits.inUse()).isZero();
		assertThat(this.store.booked("permits")).isZero();
		assertThat(tokens.tryAcquire(10)).isTrue();
		assertThat(tokens.tryAcquire()).isFalse();
	}

	@Test // P2, D1, D2
	void aPermitThatIsCheckedInTwiceIsBackOnce() {
		ConcurrencyLimiter permits = this.factory.concurrencyLimiter("permits", FOUR);
		Object entry = permits.tryCheckOut();
		permits.checkIn(entry);
		permits.checkIn(entry);
		assertThat(permits.inUse()).isZero();
		assertThat(this.store.questions()).isEqualTo(2);
		for (int i = 0; i < 5; i++) {
			permits.tryCheckOut();
		}
		assertThat(permits.inUse()).isEqualTo(4);
		assertThat(this.store.booked("permits")).isEqualTo(4);
	}

	@Test // W2
	void whatIsChargedInAnOutageIsCharged() {
		RateLimiter tokens = this.factory.rateLimiter("tokens", TEN);
		CompletableFuture<LimiterStore.TokenReply> first = new CompletableFuture<>();
		this.faulty.reply = first;
		tokens.forKey("ann").charge(7);
		this.faulty.reply = null;
		this.faulty.fault = "throws";
		assertThat(tokens.tryAcquire()).isTrue();
		first.completeExceptionally(new IllegalStateException());
		assertThat(tokens.forKey("ann").tryAcquire(4)).isFalse();
	}

	@Test // T3
	void whoNeverGetsTokensIsRefusedAtOnce() {
		RateLimiter tokens = this.factory.rateLimiter("tokens", TEN);
		this.faulty.reply = CompletableFuture
			.completedFuture(new LimiterStore.TokenReply(1, 0, 0, List.of(Long.MIN_VALUE)));
		assertThat(tokens.acquireAsync(1, Duration.ofMinutes(1), Runnable::run)).isCompletedExceptionally();
	}

	@Tag("stress") // Mutations have less patience.
	@Test
	void aCallAtTheEndOfTheStackBeginsNoOutage() throws Exception {
		ModelStore store = new ModelStore(TimeSource.system());
		Faulty instance = new Faulty(store.instance());
		instance.depth = 400;
		LimiterFactory factory = LimiterFactory.sharing(TimeSource.system(), () -> instance);
		ConcurrencyLimiter permits = factory.concurrencyLimiter("permits", FOUR);
		RateLimiter tokens = factory.rateLimiter("tokens", RateLimiterSpec.of(100_000).withSharing(Sharing.DEFAULT));
		EndOfStack.run(7, () -> {
			Permit permit = permits.tryAcquire();
			if (permit != null) {
				permit.close();
			}
		});
		EndOfStack.run(7, tokens::tryAcquire);
		assertThat(instance.awaited).isEmpty();
		assertThat(permits.inUse()).isZero();
		permits.acquire().close();
		assertThat(store.booked("permits")).isZero();
		tokens.acquire();
	}

	/** An instance that does not do what it is to do. */
	private static final class Faulty implements LimiterStore {

		private final LimiterStore store;

		private final List<Runnable> awaited = new ArrayList<>();

		private String fault = "";

		/** How many frames it needs to ask. */
		private int depth;

		private int asked;

		private CompletionStage<?> reply;

		private Faulty(LimiterStore store) {
			this.store = store;
		}

		private void back() {
			List<Runnable> awaited = List.copyOf(this.awaited);
			this.awaited.clear();
			awaited.forEach(Runnable::run);
		}

		@Override
		public Duration budget() {
			return this.store.budget();
		}

		@Override
		public int instances() {
			return "instances".equals(this.fault) ? 0 : this.store.instances();
		}

		@SuppressWarnings("unchecked")
		private <R> CompletionStage<R> answer(Supplier<CompletionStage<R>> answer, R tooShort) {
			if (this.reply != null) {
				return (CompletionStage<R>) this.reply;
			}
			descend(this.depth);
			if (++this.asked > 1_000) {
				throw new IllegalStateException("asked without end");
			}
			return switch (this.fault) {
				case "throws", "away", "instances" -> throw new IllegalStateException("broken");
				case "nothing" -> null;
				case "null" -> CompletableFuture.completedFuture(null);
				case "short" -> CompletableFuture.completedFuture(tooShort);
				case "deaf" -> new Stage<>(0);
				case "hears twice" -> new Stage<>(2);
				default -> answer.get();
			};
		}

		private static int descend(int frames) {
			return (frames == 0) ? 0 : 1 + descend(frames - 1);
		}

		@Override
		public CompletionStage<TokenReply> tokens(TokenRequest request) {
			return answer(() -> this.store.tokens(request), new TokenReply(1, 0, 0, List.of()));
		}

		@Override
		public CompletionStage<PermitReply> permits(PermitRequest request) {
			return answer(() -> this.store.permits(request), null);
		}

		@Override
		public Runnable watch(Supply supply, Runnable wake) {
			if ("watch".equals(this.fault)) {
				throw new IllegalStateException("broken");
			}
			Runnable unwatch = this.store.watch(supply, wake);
			return () -> {
				unwatch.run();
				if ("unwatch".equals(this.fault)) {
					throw new IllegalStateException("broken");
				}
			};
		}

		@Override
		public void whenAvailable(Runnable action) {
			if ("away".equals(this.fault)) {
				throw new IllegalStateException("broken");
			}
			this.awaited.add(action);
		}

	}

	/** Fails as often as it likes, and throws then. */
	private static final class Stage<R> extends CompletableFuture<R> {

		private final int answers;

		private Stage(int answers) {
			this.answers = answers;
		}

		@Override
		public CompletableFuture<R> whenComplete(BiConsumer<? super R, ? super Throwable> action) {
			for (int i = 0; i < this.answers; i++) {
				action.accept(null, new IllegalStateException("broken"));
			}
			throw new IllegalStateException("broken");
		}

	}

}
