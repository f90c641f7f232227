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

import io.github.penstock.BulkheadFullException;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls of woven classes; runs with the real weaver.
 */
class LimitAspectWeavingTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private AnnotationConfigApplicationContext context;

	private TestDeclarations declarations;

	@BeforeEach
	void start() {
		this.context = new AnnotationConfigApplicationContext(WeavingConfiguration.class, Forge.class);
		this.declarations = this.context.getBean(TestDeclarations.class);
	}

	@AfterEach
	void stop() {
		this.declarations.registry.concurrencyLimiters()
			.forEach((limiter) -> assertThat(limiter.inUse()).as(limiter.name()).isZero());
		this.context.close();
	}

	@Test
	void beanWhenWovenIsNoProxyAndLimitedOnce() {
		Forge forge = this.context.getBean(Forge.class);
		assertThat(AopUtils.isAopProxy(forge)).isFalse();
		assertThat(forge.pour(3)).isEqualTo(6);
		assertThat(this.declarations.registry.rateLimiter("pour").stats().granted()).isEqualTo(1);
	}

	@Test
	void selfCallPrivateAndStaticMethodsAreLimited() {
		Forge forge = this.context.getBean(Forge.class);
		assertThat(forge.selfCall()).isEqualTo("private static");
		assertThat(this.declarations.registry.concurrencyLimiter("private").stats().granted()).isEqualTo(1);
		assertThat(this.declarations.registry.concurrencyLimiter("static").stats().granted()).isEqualTo(1);
	}

	@Test
	void objectThatSpringDidNotMakeIsLimited() {
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> new Stranger().closed())
			.satisfies((ex) -> assertThat(ex.name()).isEqualTo("Stranger.closed"));
		assertThat(new Stranger().answered("tea")).isEqualTo("no tea");
	}

	@Test
	void classAnnotationLimitsItsNonPrivateMethods() {
		Whole whole = new Whole();
		assertThat(whole.outer()).isEqualTo("inner");
		assertThat(whole.toString()).isEqualTo("whole");
		assertThat(this.declarations.registry.rateLimiter("Whole").stats().granted()).isEqualTo(1);
	}

	@Test
	void metaAnnotationLimits() {
		new Stranger().meta();
		assertThat(this.declarations.registry.concurrencyLimiter("Stranger.meta").stats().granted()).isEqualTo(1);
	}

	@Test
	void stageIsHeldToItsEndAndMayWait() {
		Forge forge = this.context.getBean(Forge.class);
		CompletableFuture<String> own = new CompletableFuture<>();
		assertThat(forge.later(own)).isSameAs(own);
		CompletableFuture<String> waiting = forge.later(CompletableFuture.completedFuture("second"));
		assertThat(waiting).isNotDone();
		own.complete("first");
		assertThat(waiting).succeedsWithin(SOON).isEqualTo("second");
	}

	@Test
	void publisherIsLimitedFromSubscriptionOn() {
		Mono<String> mono = this.context.getBean(Forge.class).mono();
		assertThat(this.declarations.registry.concurrencyLimiter("mono").stats().granted()).isZero();
		assertThat(mono.block(SOON)).isEqualTo("mono");
		assertThat(this.declarations.registry.concurrencyLimiter("mono").stats().granted()).isEqualTo(1);
	}

	@Test
	void exceptionOfTheMethodReachesTheCaller() {
		IllegalStateException failure = new IllegalStateException();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> new Stranger().fail(failure))
			.isSameAs(failure);
	}

	@Test
	void wovenClassWhenThereIsNoWeavingIsNotLimited() {
		this.context.close();
		assertThat(new Stranger().closed()).isEqualTo("open");
	}

	@Test
	void wovenBeanWhenLimitedByProxiesIsLimitedOnce() {
		this.context.close();
		try (LimitedContext proxied = LimitedContext.of(Anvil.class)) {
			assertThat(AopUtils.isAopProxy(proxied.bean(Anvil.class))).isTrue();
			assertThat(proxied.bean(Anvil.class).strike()).isEqualTo("clang");
			assertThat(proxied.rateLimit("strike").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void startWhenAnAnnotationIsNotWovenFails() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(
				() -> new AnnotationConfigApplicationContext(WeavingConfiguration.class, Implementation.class).close())
			.withMessageContaining("is not woven into it");
	}

	static class Forge {

		@RateLimited(name = "pour", rps = 10_000)
		public int pour(int amount) {
			return 2 * amount;
		}

		public String selfCall() {
			return hidden() + " " + common();
		}

		@Bulkhead(name = "private", max = 1)
		private String hidden() {
			return "private";
		}

		@Bulkhead(name = "static", max = 1)
		static String common() {
			return "static";
		}

		@Bulkhead(name = "later", max = 1)
		public CompletableFuture<String> later(CompletableFuture<String> own) {
			return own;
		}

		@Bulkhead(name = "mono", max = 1)
		public Mono<String> mono() {
			return Mono.just("mono");
		}

	}

	static class Anvil {

		@RateLimited(name = "strike", rps = 10_000)
		public String strike() {
			return "clang";
		}

	}

	static class Stranger {

		@Bulkhead(max = 0)
		String closed() {
			return "open";
		}

		@Bulkhead(max = 0, fallback = "refused")
		String answered(String item) {
			return item;
		}

		private String refused(String item) {
			return "no " + item;
		}

		@LimitAnnotationTests.Slow
		void meta() {
		}

		@Bulkhead(max = 1, timeout = "0")
		void fail(RuntimeException failure) {
			throw failure;
		}

	}

	@RateLimited(rps = 10_000)
	static class Whole {

		String outer() {
			return inner();
		}

		private String inner() {
			return "inner";
		}

		@Override
		public String toString() {
			return "whole";
		}

	}

	interface Contract {

		@Bulkhead(max = 1)
		void run();

	}

	static class Implementation implements Contract {

		@Override
		public void run() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WeavingConfiguration {

		@Bean
		static LimitWeaving limitWeaving(ObjectProvider<LimiterDeclarations> declarations) {
			return new LimitWeaving(declarations);
		}

		@Bean
		static TestDeclarations limiterDeclarations() {
			return new TestDeclarations();
		}

	}

}
