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

package io.github.penstock.proof;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.proof.Grants.Rate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each of several limits holds for the moments at which calls begin, also for those that
 * have waited, and who is refused or gives up has taken nothing (M1, M2, T1).
 */
class SeveralPropertyTests {

	@Property(tries = 150, shrinking = ShrinkingMode.OFF)
	void eachLimitHoldsAndHasLostNothing(@ForAll("rates") List<Rate> rates, @ForAll("starts") long start,
			@ForAll("calls") List<Call> calls) {
		QueuedTime time = new QueuedTime(start);
		List<RateLimiter> limiters = new ArrayList<>();
		List<Grants> grants = new ArrayList<>();
		for (Rate rate : rates) {
			limiters.add(LimiterFactory.local(time).rateLimiter("limit", spec(rate)));
			grants.add(new Grants(rate));
		}
		// The second one by a key, for which there is room or not.
		limiters.get(1).change((spec) -> spec.withMaxKeys(1));
		long ofOther = (start & 1) * 5_000;
		limiters.get(1).forKey("other").charge(ofOther);
		limiters.set(1, limiters.get(1).forKey("a"));
		RateLimiter all = RateLimiter.allOf(limiters.toArray(RateLimiter[]::new));
		List<CompletableFuture<Void>> waiting = new ArrayList<>();
		for (Call call : calls) {
			long cost = Math.min(call.cost(), rates.stream().mapToLong(Rate::burst).min().orElseThrow());
			Runnable begin = () -> {
				for (Grants ofLimiter : grants) {
					for (int i = 0; i < cost; i++) {
						ofLimiter.add(time.elapsed());
					}
				}
			};
			switch (call.kind()) {
				case TRY -> {
					if (all.tryAcquire(cost)) {
						begin.run();
					}
				}
				case ALONE -> {
					// Others want one of the limits only, and so has each of them a line.
					int index = call.which() % limiters.size();
					CompletableFuture<Void> one = limiters.get(index)
						.acquireAsync(cost, Duration.ofNanos(Long.MAX_VALUE), Runnable::run);
					one.thenRun(() -> {
						for (int i = 0; i < cost; i++) {
							grants.get(index).add(time.elapsed());
						}
					});
					waiting.add(one);
				}
				case WAIT -> {
					CompletableFuture<Void> future = all.acquireAsync(cost,
							Duration.ofNanos((call.which() < 3) ? 1_000_000_000L * call.which() : Long.MAX_VALUE),
							Runnable::run);
					future.thenRun(begin);
					waiting.add(future);
				}
				case CANCEL -> {
					if (!waiting.isEmpty()) {
						waiting.remove(call.which() % waiting.size()).cancel(false);
					}
				}
				case LATER -> runUntil(time, time.elapsed() + rates.get(0).nanosFor(1) * call.which());
			}
		}
		// Who pauses stands in no line, but has a timer.
		for (int i = 0; i < 1_000_000 && !waiting.stream().allMatch(CompletableFuture::isDone); i++) {
			time.runNext();
		}
		assertThat(limiters).allMatch((limiter) -> limiter.waiting() == 0);
		assertThat(waiting).allMatch(CompletableFuture::isDone);
		// Timers fire on whole nanoseconds, tokens come between them.
		grants.forEach((ofLimiter) -> ofLimiter.assertT1(1));
		for (int i = 0; i < limiters.size(); i++) {
			RateLimiter limiter = limiters.get(i);
			long tokens = ((i == 1) ? ofOther : 0) + grants.get(i).count();
			// Another thread may just be about to forget the key, and to count what it
			// had.
			await().pollDelay(Duration.ZERO).until(() -> limiter.stats().tokens() == tokens);
		}
		runUntil(time, time.elapsed()
				+ rates.stream().mapToLong((rate) -> rate.nanosFor(rate.burst()) + 2).max().orElseThrow());
		for (int i = 0; i < limiters.size(); i++) {
			assertThat(limiters.get(i).available()).isEqualTo(rates.get(i).burst());
		}
	}

	private static void runUntil(QueuedTime time, long elapsed) {
		time.schedule(() -> {
		}, elapsed - time.elapsed());
		while (time.elapsed() < elapsed) {
			time.runNext();
		}
	}

	private static RateLimiterSpec spec(Rate rate) {
		return new RateLimiterSpec(rate.limit(), rate.per(), rate.burst(), Duration.ZERO, Integer.MAX_VALUE);
	}

	@Provide
	Arbitrary<List<Rate>> rates() {
		Arbitrary<BigDecimal> limits = Arbitraries.of("1", "3", "7", "97", "333.3333333").map(BigDecimal::new);
		return Combinators.combine(limits, Arbitraries.longs().between(1, 12))
			.as((limit, burst) -> new Rate(limit, Duration.ofSeconds(1), burst))
			.list()
			.ofSize(3);
	}

	@Provide
	Arbitrary<Long> starts() {
		return Arbitraries.oneOf(Arbitraries.longs(), Arbitraries.of(0L, -1L, Long.MAX_VALUE, Long.MIN_VALUE),
				Arbitraries.longs().between(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos(), Long.MAX_VALUE));
	}

	@Provide
	Arbitrary<List<Call>> calls() {
		return Combinators
			.combine(Arbitraries.of(Kind.class), Arbitraries.longs().between(1, 4),
					Arbitraries.integers().between(0, 5))
			.as(Call::new)
			.list()
			.ofSize(60);
	}

	private enum Kind {

		TRY, ALONE, WAIT, CANCEL, LATER

	}

	record Call(Kind kind, long cost, int which) {
	}

}
