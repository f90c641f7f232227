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

package io.github.penstock.requests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.RefusalReason;
import io.github.penstock.test.MovableTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Outcomes} and {@link RequestPass}: L08, whatever comes together.
 */
@Timeout(60)
class OutcomesTests {

	private final MovableTime time = new MovableTime();

	private final LimiterRegistry registry = new LimiterRegistry(this.time);

	private final RateLimiter tokens = this.registry.register("login",
			RateLimiterSpec.of(2, Duration.ofHours(1)).withTimeout(Duration.ZERO));

	private final RequestRule rule = RequestRule.named("login")
		.path("/login", PathPatternParser.defaultInstance)
		.key("ip", (name) -> null)
		.tokens(this.tokens)
		.chargeStatus("401")
		.build();

	@AfterEach
	void nothingIsKept() {
		await().until(() -> this.rule.outcomes().keys() == 0);
	}

	private Attempt attempt(RequestRule... rules) {
		return new Attempt(new FakeRequest("POST", "/login").from("192.0.2.1"),
				(rules.length == 0) ? List.of(this.rule) : List.of(rules));
	}

	private long available() {
		return this.tokens.forKey("192.0.2.1").available();
	}

	@Test
	void responsesThatCostNothingTakeNothing() {
		for (int i = 0; i < 10; i++) {
			attempt().letIn().end(200);
		}
		assertThat(available()).isEqualTo(2);
		assertThat(this.tokens.keys(1).known()).isZero();
	}

	@Test
	void noMoreAreUndecidedThanThereAreTokens() {
		Attempt first = attempt().letIn();
		Attempt second = attempt().letIn();
		Attempt third = attempt();
		assertThat(third.admitted).isNotDone();
		second.end(200);
		third.letIn();
		first.end(401);
		third.end(401);
		assertThat(available()).isZero();
		assertThat(attempt().refused().retryAfter()).isEqualTo(Duration.ofMinutes(30));
		assertThat(this.tokens.stats().refusedTotal()).isOne();
	}

	@Test
	void thoseInLineAreRefusedWhenNothingIsToBeHopedFor() {
		Attempt first = attempt().letIn();
		Attempt second = attempt().letIn();
		List<Attempt> others = List.of(attempt(), attempt(), attempt());
		first.end(401);
		assertThat(others).noneMatch((attempt) -> attempt.admitted.isDone());
		second.end(401);
		others.forEach(Attempt::refused);
		assertThat(this.tokens.stats().refusedTotal()).isEqualTo(3);
	}

	@Test
	void whoLeavesTheLineCostsNobodyAnything() {
		Attempt first = attempt().letIn();
		Attempt second = attempt().letIn();
		Attempt third = attempt();
		Attempt fourth = attempt();
		third.admitted.cancel(false);
		first.end(200);
		fourth.letIn().end(200);
		second.end(200);
		assertThat(available()).isEqualTo(2);
	}

	@Test
	void whoIsRefusedByAnotherRuleIsDecided() {
		RateLimiter other = this.registry.register("other",
				RateLimiterSpec.of(1, Duration.ofHours(1)).withTimeout(Duration.ZERO));
		RequestRule strict = RequestRule.named("other")
			.path("/login", PathPatternParser.defaultInstance)
			.tokens(other)
			.build();
		other.tryAcquire();
		FakeRequest request = new FakeRequest("POST", "/login").from("192.0.2.1");
		assertThat(new RequestPass(List.of(this.rule, strict), request, false).admit()).isCompletedExceptionally();
		assertThat(available()).isEqualTo(2);
	}

	@Test // R3
	void responseThatCostsNothingGivesNoTokenBackThatWasNotTaken() {
		RequestRule wide = RequestRule.named("wide")
			.path("/login", PathPatternParser.defaultInstance)
			.tokens(this.registry.register("wide", RateLimiterSpec.of(100, Duration.ofHours(1))))
			.build();
		attempt().letIn().end(401);
		assertThat(available()).isOne();
		FakeRequest request = new FakeRequest("POST", "/login").from("192.0.2.1").answered(200);
		RequestPass pass = new RequestPass(List.of(this.rule, wide), request, false);
		pass.admit().join().close();
		pass.end();
		assertThat(available()).isOne();
	}

	@Test // R1
	void whoHasWaitedTakesFromThePrincipalOfItsOwnThread() {
		RateLimiter perUser = this.registry.register("user", RateLimiterSpec.of(1, Duration.ofHours(1)));
		ConcurrencyLimiter permits = this.registry.register("permits", ConcurrencyLimiterSpec.of(5));
		RequestRule rule = RequestRule.named("user")
			.path("/login", PathPatternParser.defaultInstance)
			.key("principal", (name) -> null)
			.permits(permits)
			.tokens(perUser)
			.chargeStatus("401")
			.build();
		FakeRequest first = new FakeRequest("POST", "/login").byThread("ann");
		RequestPass before = new RequestPass(List.of(rule), first, false);
		before.admit().join().close();
		FakeRequest second = new FakeRequest("POST", "/login").byThread("ann");
		RequestPass waiting = new RequestPass(List.of(rule), second, false);
		CompletableFuture<Permit> admitted = waiting.admit();
		assertThat(admitted).isNotDone();
		before.end();
		Permit permit = admitted.join();
		assertThat(permits.forKey("ann").inUse()).isOne();
		permit.close();
		waiting.end();
	}

	@Test // R1
	void whoHasWaitedForOneRuleTakesFromThePrincipalOfItsOwnThreadInOthers() {
		ConcurrencyLimiter permits = this.registry.register("others", ConcurrencyLimiterSpec.of(5));
		RequestRule other = RequestRule.named("others")
			.path("/login", PathPatternParser.defaultInstance)
			.key("principal", (name) -> null)
			.permits(permits)
			.build();
		Attempt first = attempt().letIn();
		Attempt second = attempt().letIn();
		FakeRequest request = new FakeRequest("POST", "/login").from("192.0.2.1").byThread("ann");
		RequestPass waiting = new RequestPass(List.of(this.rule, other), request, false);
		CompletableFuture<Permit> admitted = waiting.admit();
		assertThat(admitted).isNotDone();
		first.end(200);
		Permit permit = admitted.join();
		assertThat(permits.forKey("ann").inUse()).isOne();
		permit.close();
		waiting.end();
		second.end(200);
	}

	@Test // L08
	void whoHasWaitedLongEnoughTakesNoTokenThatIsKeptForOthers() {
		RequestRule hasty = RequestRule.named("hasty")
			.path("/login", PathPatternParser.defaultInstance)
			.key("ip", (name) -> null)
			.tokens(this.tokens)
			.tokenTimeout(Duration.ofMillis(10))
			.chargeStatus("401")
			.build();
		Attempt first = attempt(hasty).letIn();
		Attempt second = attempt(hasty).letIn();
		assertThat(attempt(hasty).refused().reason()).isEqualTo(RefusalReason.TIMED_OUT);
		assertThat(this.tokens.stats().refusedTotal()).isOne();
		first.end(401);
		second.end(200);
		attempt(hasty).letIn().end(401);
		assertThat(available()).isZero();
		assertThat(hasty.outcomes().keys()).isZero();
	}

	@Test
	void lineForOutcomesIsNoLongerThanThatOfTheLimiter() {
		this.tokens.change((spec) -> spec.withMaxWaiting(1));
		Attempt first = attempt().letIn();
		Attempt second = attempt().letIn();
		Attempt third = attempt();
		assertThat(attempt().refused().reason()).isEqualTo(RefusalReason.LINE_FULL);
		first.end(200);
		third.letIn().end(200);
		second.end(200);
	}

	@Test // R3
	void rulesOfOneLimiterDecideTogether() {
		RequestRule other = RequestRule.named("other")
			.path("/other", PathPatternParser.defaultInstance)
			.key("ip", (name) -> null)
			.tokens(this.tokens)
			.chargeStatus("403")
			.build();
		RequestLimits limits = RequestLimits.lazy(() -> List.of(this.rule, other));
		assertThat(limits.rules()).contains(other);
		Attempt first = attempt(other).letIn();
		Attempt second = attempt().letIn();
		Attempt third = attempt(other);
		assertThat(third.admitted).isNotDone();
		first.end(200);
		third.letIn().end(403);
		second.end(200);
		assertThat(available()).isOne();
		attempt(this.rule, other).letIn().end(403);
		assertThat(available()).isZero();
	}

	@Test // R3, P1
	void requestTakesFromEachLimiterOnce() {
		ConcurrencyLimiter permits = this.registry.register("permits", ConcurrencyLimiterSpec.of(1));
		RateLimiter rate = this.registry.register("rate", RateLimiterSpec.of(1, Duration.ofHours(1)));
		RequestRule[] rules = { RequestRule.named("one").permits(permits).tokens(rate).build(),
				RequestRule.named("two").permits(permits).tokens(rate).build() };
		Attempt attempt = attempt(rules);
		assertThat(attempt.admitted).isCompleted();
		assertThat(permits.inUse()).isOne();
		assertThat(rate.available()).isZero();
		attempt.end(200);
		assertThat(permits.inUse()).isZero();
	}

	@Test // P4
	void permitsAreTakenInTheOrderOfTheBulkheads() {
		ConcurrencyLimiterSpec one = ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ofMinutes(1));
		ConcurrencyLimiter x = this.registry.register("x", one);
		ConcurrencyLimiter y = this.registry.register("y", one);
		Permit held = y.tryAcquire();
		Attempt first = attempt(RequestRule.named("a").permits(y).build(), RequestRule.named("b").permits(x).build());
		assertThat(x.inUse()).isOne();
		held.close();
		first.letIn().end(200);
	}

	@Test // O1
	void shadowModeHasNobodyWait() {
		this.tokens.change((spec) -> spec.withEnforce(0));
		List<Attempt> all = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			all.add(attempt().letIn());
		}
		all.forEach((attempt) -> attempt.end(401));
		assertThat(this.tokens.stats().wouldRefuse()).isPositive();
	}

	@Test
	void requestThatWaitedForTheClockGetsItsTokenBack() {
		this.tokens.change((spec) -> spec.withTimeout(Duration.ofHours(1)));
		attempt().letIn().end(401);
		attempt().letIn().end(401);
		Attempt third = attempt();
		assertThat(third.admitted).isNotDone();
		this.time.advance(Duration.ofMinutes(30));
		third.letIn().end(200);
		assertThat(available()).isOne();
	}

	@Test
	void manyAtOnceChargeAsManyAsThereAreTokens() throws Exception {
		for (int round = 0; round < 50; round++) {
			AtomicInteger wrong = new AtomicInteger();
			AtomicInteger refused = new AtomicInteger();
			CountDownLatch done = new CountDownLatch(40);
			for (int i = 0; i < 40; i++) {
				int status = (i % 4 == 0) ? 401 : 200;
				new Thread(() -> {
					Attempt attempt = attempt();
					try {
						attempt.letIn();
						if (status == 401) {
							wrong.incrementAndGet();
						}
						attempt.end(status);
					}
					catch (java.util.concurrent.CompletionException ex) {
						refused.incrementAndGet();
					}
					done.countDown();
				}).start();
			}
			done.await();
			assertThat(wrong).hasValue(2);
			assertThat(available()).isZero();
			this.tokens.forKey("192.0.2.1").refund(2);
		}
	}

	private final class Attempt {

		private final FakeRequest request;

		private final RequestPass pass;

		private final CompletableFuture<Permit> admitted;

		Attempt(FakeRequest request, List<RequestRule> rules) {
			this.request = request;
			this.pass = new RequestPass(rules, request, false);
			this.admitted = this.pass.admit();
		}

		Attempt letIn() {
			this.admitted.join();
			return this;
		}

		RateLimitExceededException refused() {
			return (RateLimitExceededException) this.admitted.handle((permit, failure) -> failure).join();
		}

		void end(int status) {
			this.request.answered(status);
			this.pass.end();
			this.admitted.join().close();
		}

	}

}
