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

package io.github.penstock.aop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Methods whose calls are limited by what they have themselves: keys, plans, costs, and
 * several rate limits at once.
 */
class CallLimitTests {

	@Test // K1
	void callWithAKeyTakesATokenOfThatKey() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			assertThat(api.ofUser("a")).isEqualTo("a");
			assertThat(api.ofUser("b")).isEqualTo("b");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> api.ofUser("a"))
				.satisfies((refusal) -> assertThat(refusal.keyHash()).isNotNull());
			assertThat(api.ofOwner(new User("c", 1))).isEqualTo("c");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> api.ofOwner(new User("c", 2)));
			assertThat(context.rateLimit("user").keys(5).known()).isEqualTo(3);
		}
	}

	@Test // K4
	void callWithoutAKeyIsAnErrorAndTakesNothing() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> api.ofUser(null))
				.withMessageContaining("#id");
			assertThat(context.rateLimit("user").stats().granted()).isZero();
			assertThat(api.stageOfUser(null)).isCompletedExceptionally();
		}
	}

	@Test // K1, P3
	void callWithAKeyTakesAPermitOfThatKey() throws Exception {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			CompletableFuture<String> running = new CompletableFuture<>();
			CompletionStage<String> first = api.export("a", running);
			assertThat(api.export("b", running)).isNotNull();
			CompletableFuture<String> second = api.export("a", running).toCompletableFuture();
			assertThat(second).isCompletedExceptionally();
			running.complete("done");
			assertThat(first.toCompletableFuture()).isCompletedWithValue("done");
			assertThat(context.bulkhead("export").forKey("a").inUse()).isZero();
			assertThat(api.nested(api, "a", 3)).isEqualTo(0);
			assertThat(context.bulkhead("nested").forKey("a").inUse()).isZero();
			assertThat(context.bulkhead("nested").stats().granted()).isOne();
		}
	}

	@Test // P1
	void callWithAKeyThatIsRefusedHasABulkheadFullException() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Object entry = context.bulkhead("nested").enter("a", null, null);
			CompletableFuture<Throwable> refused = new CompletableFuture<>();
			new Thread(() -> {
				try {
					context.bean(Api.class).nested(context.bean(Api.class), "a", 0);
					refused.complete(null);
				}
				catch (Throwable ex) {
					refused.complete(ex);
				}
			}).start();
			assertThat(refused.join()).isInstanceOf(BulkheadFullException.class).hasMessageContaining("key=");
			context.bulkhead("nested").exit(entry);
		}
	}

	@Test // M1
	void callWithSeveralRateLimitsTakesFromAllOrNone() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			assertThat(api.several("a")).isEqualTo("a");
			assertThat(api.several("a")).isEqualTo("a");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> api.several("a"))
				.satisfies((refusal) -> assertThat(refusal.name()).isEqualTo("day"));
			assertThat(api.several("b")).isEqualTo("b");
			assertThat(context.rateLimit("everybody").stats().granted()).isEqualTo(3);
			assertThat(api.several("b")).isEqualTo("b");
			assertThat(api.several("c")).isEqualTo("everybody is busy");
			assertThat(context.rateLimit("day").forKey("c").available()).isEqualTo(2);
			assertThat(api.severalAsync("d").toCompletableFuture()).isCompletedExceptionally();
			assertThatExceptionOfType(RateLimitExceededException.class)
				.isThrownBy(() -> api.severalReactive("d").block());
			assertThat(context.rateLimit("day").forKey("d").available()).isEqualTo(2);
		}
	}

	@Test // W1, W2
	void callThatCostsMoreTakesMoreAndIsSettledInTheEnd() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			RateLimiter budget = context.rateLimit("budget");
			assertThat(api.complete("x".repeat(40)).tokens()).isEqualTo(7);
			assertThat(budget.available()).isEqualTo(93);
			CompletableFuture<Completion> work = new CompletableFuture<>();
			api.completeLater("x".repeat(40), work);
			assertThat(budget.available()).isEqualTo(83);
			work.complete(new Completion(30));
			assertThat(budget.available()).isEqualTo(63);
			api.completeReactive("x".repeat(40), Flux.just(new Completion(0), new Completion(3))).blockLast();
			assertThat(budget.available()).isEqualTo(60);
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(
					() -> api.completeReactive("x".repeat(40), Flux.error(new IllegalStateException())).blockLast());
			assertThat(budget.available()).isEqualTo(50);
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> api.complete("x".repeat(400)))
				.satisfies((refusal) -> assertThat(refusal.cost()).isEqualTo(100));
		}
	}

	@Test // L06
	void callWhoseActualCostCannotBeToldKeepsItsResultAndItsEstimate() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			assertThat(api.broken("x", new Completion(-1)).tokens()).isEqualTo(-1);
			assertThat(api.broken("x", null)).isNull();
			assertThat(api.broken("x", new Completion(1_000_000_000_000_000_000L))).isNotNull();
			assertThat(context.rateLimit("broken").available()).isEqualTo(70);
		}
	}

	@Test // K4
	void callOfAPrincipalTakesTheTokensOfThatPrincipal() {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Api api = context.bean(Api.class);
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(api::ofPrincipal);
			for (String name : List.of("a", "b")) {
				SecurityContextHolder.getContext()
					.setAuthentication(new UsernamePasswordAuthenticationToken(name, "", List.of()));
				try {
					assertThat(api.ofPrincipal()).isEqualTo("done");
					assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(api::ofPrincipal);
				}
				finally {
					SecurityContextHolder.clearContext();
				}
				assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> api.ofReactivePrincipal()
					.contextWrite(ReactiveSecurityContextHolder
						.withAuthentication(new UsernamePasswordAuthenticationToken(name, "", List.of())))
					.block());
			}
			assertThat(api.ofReactivePrincipal()
				.contextWrite(ReactiveSecurityContextHolder
					.withAuthentication(new UsernamePasswordAuthenticationToken("c", "", List.of())))
				.block()).isEqualTo("done");
		}
	}

	@Test // P2, P3
	void subscriptionOfAPrincipalThatIsCancelledWhileItWaitsTakesNothing() throws Exception {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			ConcurrencyLimiter ofKey = context.bulkhead("guarded").forKey("a");
			Permit held = ofKey.acquire();
			CompletableFuture<String> waiting = context.bean(Api.class)
				.guarded()
				.contextWrite(ReactiveSecurityContextHolder
					.withAuthentication(new UsernamePasswordAuthenticationToken("a", "", List.of())))
				.toFuture();
			assertThat(ofKey.waiting()).isOne();
			waiting.cancel(false);
			assertThat(ofKey.waiting()).isZero();
			held.close();
			assertThat(ofKey.inUse()).isZero();
		}
	}

	@Test // C2
	void subscriptionOfAPrincipalThatIsRefusedHasItsFallback() throws Exception {
		try (LimitedContext context = LimitedContext.of(Api.class)) {
			Permit held = context.bulkhead("answered").forKey("a").acquire();
			assertThat(context.bean(Api.class)
				.answered()
				.contextWrite(ReactiveSecurityContextHolder
					.withAuthentication(new UsernamePasswordAuthenticationToken("a", "", List.of())))
				.block()).isEqualTo("busy");
			held.close();
		}
	}

	@Test // S1
	void declarationThatWouldDoNothingIsRefusedAtTheStart() {
		assertRefused(PlanWithoutKey.class, "has a plan and no key");
		assertRefused(UnknownParameter.class, "#idd");
		assertRefused(SameName.class, "two @RateLimited of the name 'same'");
		assertRefused(TooCostly.class, "a cost of 11 can never be paid");
	}

	private static void assertRefused(Class<?> type, String problem) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> LimitedContext.of(type))
			.satisfies((ex) -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex)).hasMessageContaining(problem));
	}

	record User(String name, int age) {
	}

	record Completion(long tokens) {
	}

	static class Api {

		@RateLimited(name = "user", limit = 1, per = "1h", key = "#id", timeout = "0")
		public String ofUser(String id) {
			return id;
		}

		@RateLimited(name = "user", limit = 1, per = "1h", key = "#id", timeout = "0")
		public CompletableFuture<String> stageOfUser(String id) {
			return CompletableFuture.completedFuture(id);
		}

		@RateLimited(name = "user", limit = 1, per = "1h", key = "#user.name", timeout = "0")
		public String ofOwner(User user) {
			return user.name();
		}

		@Bulkhead(name = "export", max = 1, key = "#tenant", timeout = "0")
		public CompletionStage<String> export(String tenant, CompletableFuture<String> running) {
			return running;
		}

		@Bulkhead(name = "nested", max = 1, key = "#tenant", timeout = "0")
		public int nested(Api self, String tenant, int depth) {
			return (depth > 0) ? self.nested(self, tenant, depth - 1) : depth;
		}

		@RateLimited(name = "day", limit = 2, per = "1d", key = "#id", timeout = "0")
		@RateLimited(name = "everybody", limit = 4, per = "1h", timeout = "0", fallback = "busy")
		public String several(String id) {
			return id;
		}

		String busy(String id) {
			return "everybody is busy";
		}

		@RateLimited(name = "day", limit = 2, per = "1d", key = "#id", timeout = "0")
		@RateLimited(name = "everybody", limit = 4, per = "1h", timeout = "0")
		public CompletionStage<String> severalAsync(String id) {
			return CompletableFuture.completedFuture(id);
		}

		@RateLimited(name = "day", limit = 2, per = "1d", key = "#id", timeout = "0")
		@RateLimited(name = "everybody", limit = 4, per = "1h", timeout = "0")
		public Mono<String> severalReactive(String id) {
			return Mono.just(id);
		}

		@RateLimited(name = "budget", limit = 100, per = "1d", cost = "#prompt.length() / 4",
				actualCost = "#result.tokens", timeout = "0")
		public Completion complete(String prompt) {
			return new Completion(7);
		}

		@RateLimited(name = "budget", limit = 100, per = "1d", cost = "#prompt.length() / 4",
				actualCost = "#result.tokens", timeout = "0")
		public CompletableFuture<Completion> completeLater(String prompt, CompletableFuture<Completion> work) {
			return work;
		}

		@RateLimited(name = "budget", limit = 100, per = "1d", cost = "#prompt.length() / 4",
				actualCost = "#result.tokens", timeout = "0")
		public Flux<Completion> completeReactive(String prompt, Flux<Completion> work) {
			return work;
		}

		@RateLimited(name = "broken", limit = 100, per = "1d", cost = "10", actualCost = "#result.tokens",
				timeout = "0")
		public Completion broken(String prompt, Completion result) {
			return result;
		}

		@RateLimited(name = "principal", limit = 1, per = "1d", key = "principal", timeout = "0")
		public String ofPrincipal() {
			return "done";
		}

		@Bulkhead(name = "guarded", max = 1, key = "principal", timeout = "20s")
		public Mono<String> guarded() {
			return Mono.just("done");
		}

		@Bulkhead(name = "answered", max = 1, key = "principal", timeout = "0", fallback = "otherwise")
		public Mono<String> answered() {
			return Mono.just("done");
		}

		Mono<String> otherwise() {
			return Mono.just("busy");
		}

		@RateLimited(name = "principal", limit = 1, per = "1d", key = "principal", timeout = "0")
		public Mono<String> ofReactivePrincipal() {
			return Mono.just("done");
		}

	}

	static class PlanWithoutKey {

		@RateLimited(name = "plan", rps = 1, plan = "#tier")
		public void call(String tier) {
		}

	}

	static class UnknownParameter {

		@RateLimited(name = "unknown", rps = 1, key = "#idd")
		public void call(String id) {
		}

	}

	static class SameName {

		@RateLimited(name = "same", rps = 1)
		@RateLimited(name = "same", rps = 1, key = "#id")
		public void call(String id) {
		}

	}

	static class TooCostly {

		@RateLimited(name = "costly", rps = 10, cost = "11")
		public void call() {
		}

	}

}
