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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.circuitbreaker.annotation.CircuitBreaker;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.constraints.NotNull;
import org.aopalliance.intercept.MethodInterceptor;
import org.aspectj.lang.ProceedingJoinPoint;
import org.aspectj.lang.annotation.Around;
import org.aspectj.lang.annotation.Aspect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.retry.annotation.Backoff;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C4, with the advice of other libraries, in both auto-proxy creators and without one.
 */
class AdviceOrderTests {

	private static final List<String> CHAIN = List.of("AnnotationAsyncExecutionInterceptor",
			"RetryAnnotationInterceptor", "DeferringMethodInterceptor", "AnnotationAwareRetryOperationsInterceptor",
			"MethodValidationInterceptor", "SyncLimitInterceptor", "TransactionInterceptor", "CacheInterceptor");

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class, PenstockAutoConfiguration.class,
				PenstockAopAutoConfiguration.class));

	@AfterEach
	void logOut() {
		SecurityContextHolder.clearContext();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void limitsWhenEverythingIsThereStandInTheMiddle(boolean aspectj) {
		with(aspectj).withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			List<String> advice = advice(context.getBean(Desk.class));
			assertThat(advice).containsAll(CHAIN);
			assertThat(advice.stream().filter(CHAIN.subList(5, 8)::contains)).startsWith("SyncLimitInterceptor");
			int limits = advice.indexOf("SyncLimitInterceptor");
			assertThat(CHAIN.subList(0, 5)).allMatch((before) -> advice.indexOf(before) < limits);
			assertThat(advice).startsWith("AnnotationAsyncExecutionInterceptor");
		});
	}

	@Test
	void limitsWhenTransactionsWereAskedForFirstStandBeforeThemAndBehindRetries() {
		this.contextRunner.withUserConfiguration(TransactionsFirst.class).withBean(Desk.class).run((context) -> {
			Desk desk = context.getBean(Desk.class);
			List<String> advice = advice(desk);
			assertThat(advice).containsSubsequence("AnnotationAwareRetryOperationsInterceptor", "SyncLimitInterceptor",
					"TransactionInterceptor");
			assertThat(desk.retriedInTransaction()).isEqualTo("done");
			assertThat(granted(context, "retriedInTransaction")).isEqualTo(3);
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callWhenItIsDeniedTakesNothing(boolean aspectj) {
		with(aspectj).withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			Desk desk = context.getBean(Desk.class);
			logIn("GUEST");
			assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(desk::guarded);
			assertThat(granted(context, "guarded")).isZero();
			logIn("CLERK");
			assertThat(desk.guarded()).isEqualTo("in transaction: true");
			assertThat(granted(context, "guarded")).isOne();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void retryWhenItTriesAgainTakesATokenEachTimeAndHoldsNoPermitMeanwhile(boolean aspectj) {
		with(aspectj).withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			assertThat(context.getBean(Desk.class).retried()).isEqualTo("done");
			assertThat(granted(context, "retried")).isEqualTo(3);
			assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("retried").stats().granted())
				.isEqualTo(3);
		});
	}

	@Test
	void resilience4jWhenItRetriesTakesATokenEachTime() {
		withResilience4j().run((context) -> {
			assertThat(context.getBean(Desk.class).retriedByResilience4j()).isEqualTo("done");
			assertThat(granted(context, "retriedByResilience4j")).isEqualTo(3);
		});
	}

	@Test
	void resilience4jWhenItsCircuitIsOpenTakesNothing() {
		withResilience4j().run((context) -> {
			context.getBean(CircuitBreakerRegistry.class).circuitBreaker("desk").transitionToOpenState();
			assertThatExceptionOfType(CallNotPermittedException.class).isThrownBy(context.getBean(Desk.class)::broken);
			assertThat(granted(context, "broken")).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callWhenItsArgumentIsNotValidTakesNothing(boolean aspectj) {
		with(aspectj).withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			Desk desk = context.getBean(Desk.class);
			assertThatExceptionOfType(ConstraintViolationException.class).isThrownBy(() -> desk.checked(null));
			assertThat(granted(context, "checked")).isZero();
			assertThat(desk.checked("a")).isEqualTo("a");
			assertThat(granted(context, "checked")).isOne();
		});
	}

	@Test
	void cacheWhenItHasTheValueIsAskedBehindTheLimits() {
		this.contextRunner.withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			Desk desk = context.getBean(Desk.class);
			assertThat(desk.cached()).isEqualTo(desk.cached());
			assertThat(granted(context, "cached")).isEqualTo(2);
		});
	}

	@Test
	void aspectsWhenOrderedStandOutsideAndOthersInside() {
		this.contextRunner.withUserConfiguration(Aspects.class).withBean(Desk.class).run((context) -> {
			context.getBean(Desk.class).plain();
			assertThat(context.getBean(Aspects.class).granted).containsExactly("ordered 0", "unordered 1");
		});
	}

	@Test
	void aspectsWhenPropertyPutsLimitsFirstStandInside() {
		this.contextRunner.withUserConfiguration(Aspects.class)
			.withBean(Desk.class)
			.withPropertyValues("penstock.aop.order=0")
			.run((context) -> {
				context.getBean(Desk.class).plain();
				assertThat(context.getBean(Aspects.class).granted).containsExactly("ordered 1", "unordered 1");
			});
	}

	@Test
	void limitsWhenPropertyIsSetStandThere() {
		this.contextRunner.withUserConfiguration(Everything.class)
			.withBean(Desk.class)
			.withPropertyValues("penstock.aop.order=1")
			.run((context) -> assertThat(advice(context.getBean(Desk.class))).containsSubsequence(
					"AnnotationAsyncExecutionInterceptor", "SyncLimitInterceptor", "DeferringMethodInterceptor"));
	}

	@Test
	void limitsWhenPropertyIsNoNumberFailTheStart() {
		this.contextRunner.withPropertyValues("penstock.aop.order=first")
			.run((context) -> assertThat(context).hasFailed());
	}

	@Test
	void limitsWhenTheWovenAspectIsToBeOrderedFailTheStart() {
		this.contextRunner.withPropertyValues("penstock.aop.order=1", "penstock.aop.mode=aspectj")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("penstock.aop.order"));
	}

	@Test
	void limitsWhenAnotherCreatorComesLaterStandBetweenItsAdvice() {
		this.contextRunner.withUserConfiguration(Transactions.class, SecondCreator.class)
			.withBean(Desk.class)
			.run((context) -> {
				Desk desk = context.getBean(Desk.class);
				assertThat(advice(desk)).containsSubsequence("OwnAdvice", "SyncLimitInterceptor",
						"TransactionInterceptor");
				assertThat(desk.plain()).isEqualTo("plain");
				assertThat(granted(context, "plain")).isOne();
			});
	}

	@Test
	void limitsWhenBeanIsAPrototypeStandInTheMiddle() {
		this.contextRunner.withUserConfiguration(Everything.class, PrototypeDesk.class).run((context) -> {
			for (int i = 0; i < 3; i++) {
				assertThat(advice(context.getBean(Desk.class))).containsSubsequence("MethodValidationInterceptor",
						"SyncLimitInterceptor", "TransactionInterceptor");
			}
		});
	}

	@Test
	void limitsWhenProxyIsMadeByHandStandBehindWhatIsOrdered() {
		this.contextRunner.withUserConfiguration(HandMade.class).run((context) -> {
			assertThat(context.getBean(Greeter.class).greet()).isEqualTo("hello");
			assertThat(advice(context.getBean(Greeter.class))).containsExactly("OwnAdvice", "SyncLimitInterceptor",
					"Hello");
		});
	}

	@Test
	void asyncWhenItRetriesTakesATokenEachTime() {
		this.contextRunner.withUserConfiguration(Everything.class).withBean(Desk.class).run((context) -> {
			assertThat(context.getBean(Desk.class).later().join()).isEqualTo("done");
			assertThat(granted(context, "later")).isEqualTo(3);
		});
	}

	private ApplicationContextRunner with(boolean aspectj) {
		return aspectj ? this.contextRunner
				: this.contextRunner.withClassLoader(new FilteredClassLoader("org.aspectj.weaver"));
	}

	private ApplicationContextRunner withResilience4j() {
		return this.contextRunner
			.withConfiguration(
					AutoConfigurations.of(RetryAutoConfiguration.class, CircuitBreakerAutoConfiguration.class))
			.withPropertyValues("resilience4j.retry.instances.desk.wait-duration=1ms")
			.withBean(Desk.class);
	}

	private static long granted(ApplicationContext context, String name) {
		return context.getBean(LimiterRegistry.class).rateLimiter(name).stats().granted();
	}

	private static void logIn(String role) {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("jo", "", "ROLE_" + role));
	}

	/** The advice of all proxies of a bean, one after the other, each class once. */
	private static List<String> advice(@Nullable Object bean) {
		List<String> names = new ArrayList<>();
		for (Object current = bean; current instanceof Advised advised; current = AopProxyUtils
			.getSingletonTarget(current)) {
			names.addAll(Arrays.stream(advised.getAdvisors())
				.map(Advisor::getAdvice)
				.map((advice) -> advice.getClass().getSimpleName())
				.toList());
		}
		return names.stream().distinct().toList();
	}

	/** Public, as its proxy is of another class loader. */
	@Validated
	public static class Desk {

		private final AtomicInteger tries = new AtomicInteger();

		private String thirdTime() {
			if (this.tries.incrementAndGet() < 3) {
				throw new IllegalStateException();
			}
			return "done";
		}

		@Async
		@org.springframework.resilience.annotation.Retryable
		@ConcurrencyLimit(2)
		@PreAuthorize("hasRole('CLERK')")
		@Retryable
		@Transactional
		@Cacheable("all")
		@RateLimited(rps = 1000)
		public void all() {
		}

		@PreAuthorize("hasRole('CLERK')")
		@Transactional
		@RateLimited(name = "guarded", rps = 1000)
		public String guarded() {
			return "in transaction: " + TransactionSynchronizationManager.isActualTransactionActive();
		}

		@Retryable(backoff = @Backoff(delay = 1))
		@Bulkhead(name = "retried", max = 1, timeout = "0")
		@RateLimited(name = "retried", rps = 1000)
		public String retried() {
			return thirdTime();
		}

		@Retryable(backoff = @Backoff(delay = 1))
		@Transactional
		@RateLimited(name = "retriedInTransaction", rps = 1000)
		public String retriedInTransaction() {
			return thirdTime();
		}

		@Async
		@Retryable(backoff = @Backoff(delay = 1))
		@RateLimited(name = "later", rps = 1000)
		public CompletableFuture<String> later() {
			return CompletableFuture.completedFuture(thirdTime());
		}

		@Retry(name = "desk")
		@RateLimited(name = "retriedByResilience4j", rps = 1000)
		public String retriedByResilience4j() {
			return thirdTime();
		}

		@CircuitBreaker(name = "desk")
		@RateLimited(name = "broken", rps = 1000)
		public void broken() {
		}

		@RateLimited(name = "checked", rps = 1000)
		public String checked(@NotNull String text) {
			return text;
		}

		@Cacheable("cached")
		@RateLimited(name = "cached", rps = 1000)
		public Object cached() {
			return new Object();
		}

		@RateLimited(name = "plain", rps = 1000)
		public String plain() {
			return "plain";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	static class Transactions {

		@Bean
		static PlatformTransactionManager transactionManager() {
			return new NoTransactions();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@EnableRetry
	static class TransactionsFirst {

		@Bean
		static PlatformTransactionManager transactionManager() {
			return new NoTransactions();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableCaching
	@EnableMethodSecurity
	@EnableResilientMethods
	@EnableRetry
	static class Everything extends Transactions {

		@Bean
		static CacheManager cacheManager() {
			return new ConcurrentMapCacheManager();
		}

		@Bean
		static MethodValidationPostProcessor methodValidationPostProcessor() {
			MethodValidationPostProcessor postProcessor = new MethodValidationPostProcessor();
			postProcessor.setProxyTargetClass(true);
			return postProcessor;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeDesk {

		@Bean
		@Scope("prototype")
		Desk desk() {
			return new Desk();
		}

	}

	static class NoTransactions extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Object();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Aspects {

		final List<String> granted = new ArrayList<>();

		@Bean
		OrderedAspect orderedAspect(LimiterRegistry registry) {
			return new OrderedAspect(this, registry);
		}

		@Bean
		UnorderedAspect unorderedAspect(LimiterRegistry registry) {
			return new UnorderedAspect(this, registry);
		}

		Object note(String who, LimiterRegistry registry, ProceedingJoinPoint call) throws Throwable {
			this.granted.add(who + " " + registry.rateLimiter("plain").stats().granted());
			return call.proceed();
		}

	}

	@Aspect
	@Order(Ordered.LOWEST_PRECEDENCE - 1)
	static class OrderedAspect {

		private final Aspects aspects;

		private final LimiterRegistry registry;

		OrderedAspect(Aspects aspects, LimiterRegistry registry) {
			this.aspects = aspects;
			this.registry = registry;
		}

		@Around("execution(* io.github.penstock.autoconfigure.AdviceOrderTests.Desk.plain())")
		Object around(ProceedingJoinPoint call) throws Throwable {
			return this.aspects.note("ordered", this.registry, call);
		}

	}

	@Aspect
	static class UnorderedAspect {

		private final Aspects aspects;

		private final LimiterRegistry registry;

		UnorderedAspect(Aspects aspects, LimiterRegistry registry) {
			this.aspects = aspects;
			this.registry = registry;
		}

		@Around("execution(* io.github.penstock.autoconfigure.AdviceOrderTests.Desk.plain())")
		Object around(ProceedingJoinPoint call) throws Throwable {
			return this.aspects.note("unordered", this.registry, call);
		}

	}

	/** Has a proxy of its own around that of the first one. */
	@Configuration(proxyBeanMethods = false)
	static class SecondCreator {

		@Bean
		static DefaultAdvisorAutoProxyCreator secondCreator() {
			DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
			creator.setProxyTargetClass(true);
			return creator;
		}

		@Bean
		static org.springframework.aop.support.DefaultPointcutAdvisor ownAdvisor() {
			return new org.springframework.aop.support.DefaultPointcutAdvisor(
					new org.springframework.aop.support.annotation.AnnotationMatchingPointcut(Validated.class, true),
					new OwnAdvice());
		}

	}

	/** Has an order of its own. */
	static class OwnAdvice implements MethodInterceptor, Ordered {

		@Override
		public int getOrder() {
			return 7;
		}

		@Override
		public @Nullable Object invoke(org.aopalliance.intercept.MethodInvocation invocation) throws Throwable {
			return invocation.proceed();
		}

	}

	/** What a proxy without a target calls in the end, for all its order. */
	static class Hello implements MethodInterceptor, Ordered {

		@Override
		public int getOrder() {
			return 1;
		}

		@Override
		public Object invoke(org.aopalliance.intercept.MethodInvocation invocation) {
			return "hello";
		}

	}

	interface Greeter {

		@RateLimited(rps = 1000)
		String greet();

	}

	@Configuration(proxyBeanMethods = false)
	static class HandMade {

		@Bean
		Greeter greeter() {
			ProxyFactory factory = new ProxyFactory(Greeter.class, new OwnAdvice());
			factory.addAdvice(new Hello());
			return (Greeter) factory.getProxy();
		}

	}

}
