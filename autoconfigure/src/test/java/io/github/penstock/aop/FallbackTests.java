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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanCreationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Fallbacks: what they answer, and which ones are refused at start-up.
 */
class FallbackTests {

	@Test
	void fallbackWhenLimiterRefusesAnswersOnTheTarget() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			Shop shop = context.bean(Shop.class);
			assertThat(shop.closed("tea")).isEqualTo("no tea");
			assertThat(shop.closedFor("tea")).isEqualTo("no tea: Shop.closedFor");
			assertThat(shop.anything(2, 3L)).isEqualTo(-1);
			shop.nothing();
		}
	}

	@Test
	void fallbackWhenBothLimitersHaveOneIsThatOfTheLimiterThatRefused() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			Shop shop = context.bean(Shop.class);
			assertThat(shop.either()).isEqualTo("served");
			assertThat(shop.either()).isEqualTo("too often");
			context.bulkhead("either").change((spec) -> spec.withMax(0));
			assertThat(shop.either()).isEqualTo("too many");
		}
	}

	@Test
	void fallbackWhenItStandsOnAClassIsForItsOtherMethods() {
		try (LimitedContext context = LimitedContext.of(ClosedShop.class)) {
			ClosedShop shop = context.bean(ClosedShop.class);
			assertThat(shop.buy("tea")).isEqualTo("no tea");
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> shop.none("tea"));
		}
	}

	@Test
	void fallbackWhenItThrowsPassesItsException() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> context.bean(Shop.class).failing())
				.withMessage("Shop.failing");
		}
	}

	@Test
	void fallbackWhenANestedCallIsRefusedIsNotCalled() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			Shop shop = context.bean(Shop.class);
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> shop.nesting(shop))
				.satisfies((ex) -> assertThat(ex.name()).isEqualTo("Shop.plainlyClosed"));
		}
	}

	@Test
	void fallbackWhenMethodReturnsAStageGivesTheStage() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			Shop shop = context.bean(Shop.class);
			assertThat(shop.later("tea")).isCompletedWithValue("later: tea");
			CompletableFuture<String> first = new CompletableFuture<>();
			shop.queued(first);
			CompletableFuture<String> waiting = shop.queued(new CompletableFuture<>());
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("TIMED_OUT");
			first.complete("done");
		}
	}

	@Test
	void fallbackWhenMethodReturnsAPublisherIsSubscribedTo() {
		try (LimitedContext context = LimitedContext.of(Shop.class)) {
			Shop shop = context.bean(Shop.class);
			assertThat(shop.drops("tea").block(Duration.ofSeconds(20))).isEqualTo("dropped tea");
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> shop.failingDrops().block(Duration.ofSeconds(20)));
		}
	}

	@Test
	void fallbackWhenDeclaredByAnInterfaceIsCalledThroughTheProxy() {
		try (LimitedContext context = LimitedContext.of(Counter.class)) {
			assertThat(context.bean(Service.class).serve("tea")).isEqualTo("default tea");
		}
	}

	@Test
	void fallbackWhenDeclaredByAGenericParentIsFound() {
		try (LimitedContext context = LimitedContext.of(TeaShop.class, LimitedContext.ClassProxies.class)) {
			TeaShop shop = context.bean(TeaShop.class);
			assertThat(shop.serve("tea")).isEqualTo("parent's tea");
			assertThat(shop.serveAll("tea", "milk")).isEqualTo("parent's 2");
			assertThat(shop.serveSecretly("tea")).isEqualTo("parent's secret tea");
			assertThat(shop.serveByInterface("tea")).isEqualTo("interface's tea");
			assertThat(shop.serveOverridden("tea")).isEqualTo("own tea");
			assertThat(shop.inherited("tea")).isEqualTo("own tea");
		}
	}

	@Test
	void startWhenFallbackOfAGenericParentIsForAnotherTypeFails() {
		assertRefused(NumberShop.class, "NumberShop.serve(String)", "has the wrong parameters", "fallback(String)");
	}

	@Test
	void startWhenFallbackIsMissingFails() {
		assertRefused(Missing.class, "Missing.serve(String)", "does not exist", "serveNot(String)");
	}

	@Test
	void startWhenFallbackHasOtherParametersFails() {
		assertRefused(WrongParameters.class, "WrongParameters.serve(String)", "has the wrong parameters", "no(String)");
		assertRefused(WrongException.class, "WrongException.serve(String)", "has the wrong parameters", "no(String)");
	}

	@Test
	void startWhenFallbackReturnsSomethingElseFails() {
		assertRefused(WrongReturn.class, "WrongReturn.serve(String)", "returns int", "java.lang.String");
	}

	@Test
	void startWhenFallbackIsAmbiguousFails() {
		assertRefused(Ambiguous.class, "Ambiguous.serve(String)", "is ambiguous", "Write one method");
	}

	@Test
	void startWhenFallbackIsTheMethodItselfFails() {
		assertRefused(Itself.class, "Itself.serve(String)", "is the method itself", "another");
	}

	private static void assertRefused(Class<?> component, String where, String problem, String mend) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> LimitedContext.of(component).close())
			.havingRootCause()
			.isInstanceOfSatisfying(InvalidLimitDeclarationException.class, (ex) -> {
				assertThat(ex.where()).endsWith(where);
				assertThat(ex.problem()).contains(problem);
				assertThat(ex.mend()).contains(mend);
			});
	}

	static class Shop {

		private final String no = "no ";

		@Bulkhead(max = 0, fallback = "refuse")
		public String closed(String item) {
			return item;
		}

		private String refuse(String item) {
			return this.no + item;
		}

		@Bulkhead(max = 0, fallback = "refuseFor")
		public String closedFor(String item) {
			return item;
		}

		private String refuseFor(String item, BulkheadFullException ex) {
			return this.no + item + ": " + ex.name();
		}

		// Same name: this one is chosen for nothing, for its parameters are others.
		String refuse(String item, int amount) {
			return item + amount;
		}

		@Bulkhead(max = 0, fallback = "nothingAtAll")
		public int anything(int a, long b) {
			return a;
		}

		private int nothingAtAll(int a, long b, RejectedExecutionException ex) {
			return -1;
		}

		@Bulkhead(max = 0, fallback = "note")
		public void nothing() {
		}

		String note() {
			return this.no;
		}

		@Bulkhead(name = "either", max = 1, fallback = "instead")
		@RateLimited(name = "either", limit = 1, per = "1h", timeout = "0", fallback = "instead")
		public String either() {
			return "served";
		}

		private String instead(BulkheadFullException ex) {
			return "too many";
		}

		private String instead(RateLimitExceededException ex) {
			return "too often";
		}

		@Bulkhead(max = 0, fallback = "fail")
		public String failing() {
			return "";
		}

		private String fail(LimitExceededException ex) {
			throw new IllegalStateException(ex.name());
		}

		@Bulkhead(max = 1, fallback = "never")
		public String nesting(Shop proxy) {
			return proxy.plainlyClosed();
		}

		String never(Shop proxy) {
			return "never";
		}

		@Bulkhead(max = 0)
		public String plainlyClosed() {
			return "";
		}

		@Bulkhead(max = 0, fallback = "lateLater")
		public CompletableFuture<String> later(String item) {
			return CompletableFuture.completedFuture(item);
		}

		private CompletableFuture<String> lateLater(String item) {
			return CompletableFuture.completedFuture("later: " + item);
		}

		@Bulkhead(max = 1, timeout = "50ms", fallback = "notQueued")
		public CompletableFuture<String> queued(CompletableFuture<String> own) {
			return own;
		}

		private CompletableFuture<String> notQueued(CompletableFuture<String> own, BulkheadFullException ex) {
			return CompletableFuture.completedFuture(ex.reason().name());
		}

		@Bulkhead(max = 0, fallback = "dropped")
		public Mono<String> drops(String item) {
			return Mono.just(item);
		}

		private Mono<String> dropped(String item, Throwable ex) {
			return Mono.just("dropped " + item);
		}

		@Bulkhead(max = 0, fallback = "failedDrops")
		public Mono<String> failingDrops() {
			return Mono.just("");
		}

		private Mono<String> failedDrops() {
			throw new IllegalStateException();
		}

	}

	interface Service {

		@Bulkhead(max = 0, fallback = "serveDefault")
		String serve(String item);

		default String serveDefault(String item) {
			return "default " + item;
		}

	}

	static class Counter implements Service {

		@Override
		public String serve(String item) {
			return item;
		}

	}

	static class Missing {

		@Bulkhead(max = 1, fallback = "serveNot")
		public String serve(String item) {
			return item;
		}

	}

	static class WrongParameters {

		@Bulkhead(max = 1, fallback = "no")
		public String serve(String item) {
			return item;
		}

		String no(Integer item) {
			return "no";
		}

	}

	static class WrongException {

		@Bulkhead(max = 1, fallback = "no")
		public String serve(String item) {
			return item;
		}

		String no(String item, RateLimitExceededException ex) {
			return "no";
		}

	}

	static class WrongReturn {

		@Bulkhead(max = 1, fallback = "no")
		public String serve(String item) {
			return item;
		}

		int no(String item) {
			return 0;
		}

	}

	static class Ambiguous {

		@Bulkhead(max = 1, fallback = "no")
		public String serve(String item) {
			return item;
		}

		String no(String item) {
			return "no";
		}

		String no(String item, LimitExceededException ex) {
			return "no";
		}

	}

	static class Itself {

		@Bulkhead(max = 1, fallback = "serve")
		public String serve(String item) {
			return item;
		}

	}

	@Bulkhead(max = 0, fallback = "none")
	static class ClosedShop {

		public String buy(String item) {
			return item;
		}

		public String none(String item) {
			return "no " + item;
		}

	}

	interface Helpful<T> {

		default T ofInterface(T item) {
			return item;
		}

	}

	static class GenericShop<T, R extends CharSequence> implements Helpful<R> {

		public String fallback(T item) {
			return "parent's " + item;
		}

		public String fallbackForAll(T[] items) {
			return "parent's " + items.length;
		}

		private String secretFallback(T item, LimitExceededException ex) {
			return "parent's secret " + item;
		}

		public String overridden(T item) {
			return "parent's " + item;
		}

		@Override
		@SuppressWarnings("unchecked")
		public R ofInterface(R item) {
			return (R) ("interface's " + item);
		}

		@Bulkhead(name = "inherited", max = 0, fallback = "overridden")
		public String inherited(T item) {
			return "";
		}

	}

	static class TeaShop extends GenericShop<String, String> {

		@Bulkhead(max = 0, fallback = "fallback")
		public String serve(String item) {
			return item;
		}

		@Bulkhead(max = 0, fallback = "fallbackForAll")
		public String serveAll(String... items) {
			return "";
		}

		@Bulkhead(max = 0, fallback = "secretFallback")
		public String serveSecretly(String item) {
			return item;
		}

		@Bulkhead(max = 0, fallback = "ofInterface")
		public String serveByInterface(String item) {
			return item;
		}

		@Bulkhead(max = 0, fallback = "overridden")
		public String serveOverridden(String item) {
			return item;
		}

		@Override
		public String overridden(String item) {
			return "own " + item;
		}

	}

	static class NumberShop extends GenericShop<Integer, String> {

		@Bulkhead(max = 0, fallback = "fallback")
		public String serve(String item) {
			return item;
		}

	}

}
