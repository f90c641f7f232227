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

package io.github.penstock.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.github.resilience4j.ratelimiter.annotation.RateLimiter;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import io.github.resilience4j.springboot.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import io.github.resilience4j.timelimiter.annotation.TimeLimiter;
import org.aopalliance.aop.Advice;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.aop.Advisor;
import org.springframework.aop.aspectj.AbstractAspectJAdvice;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.InvocationRejectedException;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what the pages say of Resilience4j's and Spring's annotations beside ours on
 * one method.
 */
class SideBySideOrderTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, PenstockAutoConfiguration.class,
				PenstockAopAutoConfiguration.class));

	@Test
	void resilience4jStandsOutsideInItsOwnOrder() {
		withResilience4j()
			.run((context) -> assertThat(advice(context.getBean(Desk.class))).containsSubsequence("retryAspect",
					"circuitBreakerAspect", "rateLimiterAspect", "timeLimiterAspect", "bulkheadAspect", "limits"));
	}

	@Test
	void retryTakesATokenEachTimeAndRetriesRefusalsUnlessTheyAreIgnored() {
		withResilience4j().run((context) -> {
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(context.getBean(Desk.class)::retried);
			assertThat(bulkhead(context, "closed").stats().refusedTotal()).isEqualTo(3);
		});
		withResilience4j()
			.withPropertyValues(
					"resilience4j.retry.instances.desk.ignore-exceptions=io.github.penstock.LimitExceededException")
			.run((context) -> {
				assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(context.getBean(Desk.class)::retried);
				assertThat(bulkhead(context, "closed").stats().refusedTotal()).isOne();
			});
	}

	@Test
	void retryBehindTheLimitsHoldsOnePermitOverAllAttempts() {
		withResilience4j().withPropertyValues("penstock.aop.order=0").run((context) -> {
			assertThat(advice(context.getBean(Desk.class))).containsSubsequence("limits", "retryAspect");
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(context.getBean(Desk.class)::failing);
			assertThat(bulkhead(context, "desk").stats().granted()).isOne();
		});
		withResilience4j().run((context) -> {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(context.getBean(Desk.class)::failing);
			assertThat(bulkhead(context, "desk").stats().granted()).isEqualTo(3);
		});
	}

	@Test
	void breakerCountsRefusalsAsFailuresUnlessTheyAreIgnored() {
		withResilience4j().run((context) -> {
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(context.getBean(Desk.class)::guarded);
			assertThat(failures(context)).isOne();
		});
		withResilience4j().withPropertyValues(
				"resilience4j.circuitbreaker.instances.desk.ignore-exceptions=io.github.penstock.LimitExceededException")
			.run((context) -> {
				assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(context.getBean(Desk.class)::guarded);
				assertThat(failures(context)).isZero();
			});
	}

	@Test
	void timeLimiterBoundsTheWaitForAPermitAsWell() {
		withResilience4j().withPropertyValues("resilience4j.timelimiter.instances.desk.timeout-duration=20ms")
			.run((context) -> {
				ConcurrencyLimiter bulkhead = bulkhead(context, "desk");
				try (Permit permit = bulkhead.acquire()) {
					CompletableFuture<String> waiting = context.getBean(Desk.class).later();
					assertThatExceptionOfType(ExecutionException.class)
						.isThrownBy(() -> waiting.get(20, TimeUnit.SECONDS))
						.withCauseInstanceOf(TimeoutException.class);
					Awaitility.await().until(() -> bulkhead.waiting() == 0);
				}
				assertThat(bulkhead.available()).isOne();
				assertThat(bulkhead.stats().granted()).isOne();
			});
	}

	@Test
	void limitsOfBothOnOneMethodHoldBoth() {
		withResilience4j().withPropertyValues("resilience4j.ratelimiter.instances.desk.limit-for-period=5",
				"resilience4j.ratelimiter.instances.desk.limit-refresh-period=1h", "penstock.rate-limits.desk.limit=1",
				"penstock.rate-limits.desk.per=1h", "penstock.rate-limits.desk.timeout=0")
			.run((context) -> {
				Desk desk = context.getBean(Desk.class);
				desk.both();
				assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(desk::both);
				assertThat(context.getBean(RateLimiterRegistry.class)
					.rateLimiter("desk")
					.getMetrics()
					.getAvailablePermissions()).isEqualTo(3);
				assertThat(context.getBean(BulkheadRegistry.class)
					.bulkhead("desk")
					.getMetrics()
					.getAvailableConcurrentCalls()).isEqualTo(25);
			});
	}

	@Test
	void concurrencyLimitOfSpringStandsOutside() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try {
			withSpring().run((context) -> {
				Desk desk = context.getBean(Desk.class);
				ConcurrencyLimiter bulkhead = bulkhead(context, "desk");
				CountDownLatch gate = new CountDownLatch(1);
				List<Future<?>> calls = new ArrayList<>();
				for (int i = 0; i < 2; i++) {
					calls.add(threads.submit(() -> desk.twoAtATime(gate)));
				}
				Awaitility.await().until(() -> bulkhead.inUse() == 1 && bulkhead.waiting() == 1);
				assertThatExceptionOfType(InvocationRejectedException.class)
					.isThrownBy(() -> desk.twoAtATime(new CountDownLatch(0)));
				assertThat(bulkhead.stats().refusedTotal()).isZero();
				assertThat(bulkhead.waiting()).isOne();
				gate.countDown();
				for (Future<?> call : calls) {
					call.get(20, TimeUnit.SECONDS);
				}
				assertThat(bulkhead.stats().granted()).isEqualTo(2);
			});
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void limitsStandOutsideOfSpringsIfTheyAreOrderedSo() {
		withSpring().withPropertyValues("penstock.aop.order=0")
			.run((context) -> assertThat(advice(context.getBean(Desk.class))).containsSubsequence("limits",
					"ConcurrencyLimitInterceptor"));
		withSpring().run((context) -> assertThat(advice(context.getBean(Desk.class)))
			.containsSubsequence("ConcurrencyLimitInterceptor", "limits"));
	}

	private ApplicationContextRunner withResilience4j() {
		return this.contextRunner
			.withConfiguration(AutoConfigurations.of(RetryAutoConfiguration.class,
					CircuitBreakerAutoConfiguration.class, TimeLimiterAutoConfiguration.class,
					RateLimiterAutoConfiguration.class, BulkheadAutoConfiguration.class))
			.withPropertyValues("resilience4j.retry.instances.desk.wait-duration=1ms",
					"resilience4j.circuitbreaker.instances.desk.sliding-window-size=10")
			.withBean(Desk.class);
	}

	private ApplicationContextRunner withSpring() {
		return this.contextRunner.withUserConfiguration(Spring.class).withBean(Desk.class);
	}

	private static ConcurrencyLimiter bulkhead(ApplicationContext context, String name) {
		return context.getBean(LimiterRegistry.class).concurrencyLimiter(name);
	}

	private static int failures(ApplicationContext context) {
		return context.getBean(CircuitBreakerRegistry.class)
			.circuitBreaker("desk")
			.getMetrics()
			.getNumberOfFailedCalls();
	}

	/** The advice of a bean: aspects by their beans, ours as limits. */
	private static List<String> advice(Object bean) {
		List<String> names = new ArrayList<>();
		for (Advisor advisor : ((Advised) bean).getAdvisors()) {
			Advice advice = advisor.getAdvice();
			String name = advice.getClass().getSimpleName();
			names.add((advice instanceof AbstractAspectJAdvice aspect) ? aspect.getAspectName()
					: (name.endsWith("LimitInterceptor") && !name.startsWith("Concurrency")) ? "limits" : name);
		}
		return names;
	}

	/** Public, as its proxy is of another class loader. */
	public static class Desk {

		@Retry(name = "desk")
		@CircuitBreaker(name = "desk")
		@RateLimiter(name = "desk")
		@TimeLimiter(name = "desk")
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "desk")
		@Bulkhead(name = "desk", max = 1)
		@RateLimited(name = "desk", rps = 1000)
		public CompletableFuture<String> all() {
			return CompletableFuture.completedFuture("all");
		}

		@Retry(name = "desk")
		@Bulkhead(name = "closed", max = 0, timeout = "0")
		public void retried() {
		}

		@Retry(name = "desk")
		@Bulkhead(name = "desk", max = 1)
		public void failing() {
			throw new IllegalStateException();
		}

		@CircuitBreaker(name = "desk")
		@Bulkhead(name = "closed", max = 0, timeout = "0")
		public void guarded() {
		}

		@TimeLimiter(name = "desk")
		@Bulkhead(name = "desk", max = 1)
		public CompletableFuture<String> later() {
			return CompletableFuture.completedFuture("later");
		}

		@RateLimiter(name = "desk")
		@io.github.resilience4j.bulkhead.annotation.Bulkhead(name = "desk")
		@RateLimited(name = "desk", rps = 1000)
		public void both() {
		}

		@ConcurrencyLimit(limit = 2, policy = ConcurrencyLimit.ThrottlePolicy.REJECT)
		@Bulkhead(name = "desk", max = 1)
		public void twoAtATime(CountDownLatch gate) {
			try {
				gate.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Spring {

	}

}
