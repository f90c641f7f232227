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

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the calls of several instances do, and however late the store answers, the
 * limit holds over all of them, and in the end nothing is missing (D1, P3, T1).
 */
class SharedPropertyTests {

	private static final int INSTANCES = 3;

	private static final int BURST = 6;

	private static final int RATE = 100;

	private static final int MOST_QUESTIONS = 200;

	@Property(tries = 400)
	void noMoreCallsRunThanMay(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		Permits permits = new Permits(start);
		steps.forEach(permits::run);
		permits.end();
	}

	/** Always the same steps, as tokens that somebody has left may be used late. */
	@Property(tries = 400, seed = "1")
	void noMoreTokensAreTakenThanCome(@ForAll("starts") long start, @ForAll("steps") List<Step> steps) {
		Tokens tokens = new Tokens(start);
		steps.forEach(tokens::run);
		tokens.end();
	}

	@Provide
	Arbitrary<Long> starts() {
		return Arbitraries.of(0L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 100_000_000);
	}

	@Provide
	Arbitrary<List<Step>> steps() {
		return Combinators
			.combine(Arbitraries.of(Kind.class), Arbitraries.integers().between(0, INSTANCES - 1),
					Arbitraries.integers().between(0, 9))
			.as(Step::new)
			.list()
			.ofMaxSize(80);
	}

	private enum Kind {

		TRY, WAIT, WAIT_MORE, RETURN, CANCEL, LATER, MUCH_LATER, LOOK, CHANGE, HOLD, ANSWER, ANSWER_ALL

	}

	private record Step(Kind kind, int instance, int number) {
	}

	/** Instances, their store, and the calls that wait. */
	private abstract static class World<L extends Limiter, T> {

		final ManualTime time;

		final ModelStore store;

		final List<ModelStore.Instance> instances = new ArrayList<>();

		final List<L> limiters = new ArrayList<>();

		final List<CompletableFuture<T>> waiting = new ArrayList<>();

		private int questions;

		World(long start) {
			this.time = new ManualTime(start);
			this.store = new ModelStore(this.time).withBudget(Duration.ofDays(1));
			for (int i = 0; i < INSTANCES; i++) {
				ModelStore.Instance instance = this.store.instance();
				this.instances.add(instance);
				this.limiters.add(limiter(LimiterFactory.sharing(this.time, () -> instance)));
			}
		}

		abstract L limiter(LimiterFactory factory);

		abstract CompletableFuture<T> call(L limiter, int number, Duration timeout);

		abstract void begun(T granted, int number);

		abstract void giveBack(int number);

		abstract void change(int number);

		abstract void check();

		void run(Step step) {
			L limiter = this.limiters.get(step.instance());
			switch (step.kind()) {
				case TRY -> begin(limiter, step.number(), Duration.ZERO);
				case WAIT -> begin(limiter, step.number(), Duration.ofMillis(20L * step.number()));
				case WAIT_MORE -> begin(limiter, step.number(), Duration.ofHours(1));
				case RETURN -> giveBack(step.number());
				case CANCEL -> {
					if (!this.waiting.isEmpty()) {
						this.waiting.remove(step.number() % this.waiting.size()).cancel(false);
					}
				}
				case LATER -> this.time.advanceNanos(1 + 1_234_567L * step.number());
				case MUCH_LATER -> this.time.advance(Duration.ofMillis(30L * step.number()));
				case LOOK -> this.instances.get(step.instance()).renew();
				case CHANGE -> change(step.number());
				case HOLD -> this.store.hold();
				case ANSWER -> {
					if (this.store.held() > 0) {
						this.store.answer();
					}
				}
				case ANSWER_ALL -> this.store.answerAll();
			}
			check();
			// Nobody goes on asking when nothing happens.
			assertThat(this.store.questions() - this.questions).isLessThan(MOST_QUESTIONS);
			this.questions = this.store.questions();
		}

		private void begin(L limiter, int number, Duration timeout) {
			CompletableFuture<T> call = call(limiter, number, timeout);
			this.waiting.add(call);
			call.thenAccept((granted) -> begun(granted, number));
		}

	}

	private static final class Permits extends World<ConcurrencyLimiter, Permit> {

		private final List<Permit> held = new ArrayList<>();

		private int max = BURST;

		/** As many as run, if that was more when the limit shrank. */
		private int most = BURST;

		Permits(long start) {
			super(start);
		}

		@Override
		ConcurrencyLimiter limiter(LimiterFactory factory) {
			return factory.concurrencyLimiter("permits", ConcurrencyLimiterSpec.of(BURST).withSharing(Sharing.DEFAULT));
		}

		@Override
		CompletableFuture<Permit> call(ConcurrencyLimiter limiter, int number, Duration timeout) {
			return limiter.acquireAsync(timeout, Runnable::run);
		}

		@Override
		void begun(Permit permit, int number) {
			this.held.add(permit);
		}

		@Override
		void giveBack(int number) {
			if (!this.held.isEmpty()) {
				this.held.remove(number % this.held.size()).close();
			}
		}

		@Override
		void change(int number) {
			this.max = 1 + number;
			this.most = Math.max(this.held.size(), this.max);
			this.limiters.forEach((limiter) -> limiter.change((spec) -> spec.withMax(this.max)));
		}

		@Override
		void check() {
			assertThat(this.held.size()).isLessThanOrEqualTo(this.most);
			if (this.store.held() == 0) {
				// All have heard of it.
				this.most = Math.max(this.max, this.held.size());
			}
		}

		void end() {
			this.store.answerAll();
			for (int i = 0; i < 10_000 && !this.waiting.stream().allMatch(CompletableFuture::isDone); i++) {
				giveBack(0);
				this.instances.forEach(ModelStore.Instance::renew);
			}
			assertThat(this.waiting).allMatch(CompletableFuture::isDone);
			this.held.forEach(Permit::close);
			assertThat(this.store.booked("permits")).isZero();
			assertThat(this.limiters).allMatch((limiter) -> limiter.inUse() == 0 && limiter.waiting() == 0);
			assertThat(this.instances).noneMatch(ModelStore.Instance::isWatching);
			this.held.clear();
			for (int i = 0; i < this.max; i++) {
				this.held.add(this.limiters.get(i % INSTANCES).tryAcquire());
			}
			assertThat(this.held).doesNotContainNull();
			assertThat(this.limiters).allMatch((limiter) -> limiter.tryAcquire() == null);
		}

	}

	private static final class Tokens extends World<RateLimiter, Void> {

		private static final long NANOS_PER_TOKEN = 1_000_000_000 / RATE;

		/** When each token was taken, by the time since the start. */
		private final List<Long> taken = new ArrayList<>();

		private final long start;

		Tokens(long start) {
			super(start);
			this.start = start;
		}

		@Override
		RateLimiter limiter(LimiterFactory factory) {
			return factory.rateLimiter("tokens",
					RateLimiterSpec.of(RATE).withBurst((long) BURST).withSharing(Sharing.DEFAULT));
		}

		private static int cost(int number) {
			return 1 + number % 3;
		}

		@Override
		CompletableFuture<Void> call(RateLimiter limiter, int number, Duration timeout) {
			return limiter.acquireAsync(cost(number), timeout, Runnable::run);
		}

		@Override
		void begun(Void granted, int number) {
			for (int i = 0; i < cost(number); i++) {
				this.taken.add(this.time.nanoTime() - this.start);
			}
		}

		/** A call has cost more than it has paid. */
		@Override
		void giveBack(int number) {
			this.limiters.get(number % INSTANCES).charge(1);
		}

		/** Whoever waits is looked at anew, by the same rate. */
		@Override
		void change(int number) {
			this.limiters.get(number % INSTANCES).change((spec) -> spec.withMaxWaiting(1_000 + number));
		}

		@Override
		void check() {
			// In each window that ends with the last one.
			int last = this.taken.size() - 1;
			for (int first = 0; first <= last; first++) {
				long window = this.taken.get(last) - this.taken.get(first) + 1;
				assertThat(last - first + 1 - BURST).isLessThanOrEqualTo((int) (window / NANOS_PER_TOKEN));
			}
		}

		void end() {
			this.store.answerAll();
			for (int i = 0; i < 1_000 && !this.waiting.stream().allMatch(CompletableFuture::isDone); i++) {
				this.time.advance(Duration.ofMillis(50));
				check();
			}
			assertThat(this.waiting).allMatch(CompletableFuture::isDone);
			assertThat(this.limiters).allMatch((limiter) -> limiter.waiting() == 0);
			this.time.advance(Duration.ofMillis(100 + 1_000 * BURST / RATE));
			assertThat(this.limiters.get(0).acquireAsync(BURST, Duration.ZERO, Runnable::run)).isCompleted();
			assertThat(this.limiters).noneMatch(RateLimiter::tryAcquire);
		}

	}

}
