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

import java.io.IOException;
import java.util.Map;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.aop.elsewhere.ForeignBase;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.support.JdbcDaoSupport;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * S1: a method that carries a limit, by itself or by its class, interface or parent, and
 * that no call through a proxy reaches, is an error at start-up.
 */
class UnreachableMethodTests {

	@ParameterizedTest
	@ValueSource(classes = { FinalOfMethod.class, FinalOverride.class, FinalOfInterface.class, FinalOfGeneric.class,
			FinalOfParentInterface.class, FinalOfParentClass.class, FinalOfDefault.class, FinalInParent.class })
	void startWhenLimitedMethodIsFinalFails(Class<?> component) {
		assertRefused("a final method cannot be limited", "non-final", component, LimitedContext.ClassProxies.class);
	}

	@Test
	void startWhenFinalMethodIsReachedByAnInterfaceDoesNotFail() {
		try (LimitedContext context = LimitedContext.of(FinalOfMethod.class)) {
			context.bean(Limited.class).call();
			assertThat(context.rateLimit("Limited.call").stats().granted()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { HeirOfForeign.class, LazyHeirOfForeign.class })
	void startWhenPackagePrivateMethodIsOfAnotherPackageFails(Class<?> component) {
		assertRefused("a package-private method cannot be limited", "public", component);
	}

	@Test
	void startWhenPackagePrivateMethodIsOfTheSamePackageDoesNotFail() {
		try (LimitedContext context = LimitedContext.of(PackagePrivate.class)) {
			context.bean(PackagePrivate.class).call();
			assertThat(context.bulkhead("PackagePrivate.call").stats().granted()).isOne();
		}
	}

	@Test
	void startWhenProxyIsOfAnotherClassLoaderFails() {
		LimitedContext limited = LimitedContext.prepare(Map.of(), PublicWithPackagePrivate.class);
		limited.context.setClassLoader(new FilteredClassLoader("none"));
		assertThatExceptionOfType(Exception.class).isThrownBy(limited.context::refresh)
			.havingRootCause()
			.isInstanceOf(InvalidLimitDeclarationException.class)
			.withMessageContaining("class loader");
	}

	@ParameterizedTest
	@ValueSource(classes = { AfterConstruction.class, BeforeDestruction.class, Initializing.class, Disposable.class,
			Injected.class, BeanFactoryTaking.class, OverriddenInit.class, InitOfInterface.class, NamedInit.class,
			NamedDestroy.class, LazyNamedInit.class })
	void startWhenSpringCallsTheMethodOnTheBeanItselfFails(Class<?> component) {
		assertRefused("Spring calls it on the bean itself", "another bean", component);
	}

	@Test
	void startWhenClassHasALimitAndMethodsThatSpringCallsDoesNotFail() {
		try (LimitedContext context = LimitedContext.of(LimitedClassWithInit.class)) {
			context.bean(LimitedClassWithInit.class).call();
			assertThat(context.bulkhead("LimitedClassWithInit").stats().granted()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { OnlyPrivateMethods.class, OfMarker.class, LazyOfMarker.class })
	void startWhenTypeHasNoMethodToLimitFails(Class<?> component) {
		assertRefused("does nothing", "methods that are called", component);
	}

	@Test
	void startWhenInterfaceProxyHidesAllMethodsOfTheTypeFails() {
		assertRefused("interfaces only", "proxy-target-class=true", HiddenClass.class);
		assertRefused("interfaces only", "proxy-target-class=true", HiddenInterface.class);
	}

	@Test
	void startWhenClassCannotHaveAProxyFails() {
		assertRefused("sealed", "non-final", Sealed.class);
		assertRefused("has no proxy", "not private", WithPrivateConstructor.class);
	}

	@Test
	void startWhenBeanIsAdviceItselfFails() {
		assertRefused("is advice itself", "another bean", OwnAdvice.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { LimitedFilter.class, LazyFilter.class, LimitedFilterClass.class })
	void startWhenAFilterWouldLoseItsFieldsFails(Class<?> component) {
		assertRefused("the final method org.springframework.web.filter.", "which the filter calls", component,
				LimitedContext.ClassProxies.class);
	}

	@ParameterizedTest
	@ValueSource(
			classes = { LimitedIndicator.class, LimitedTemplate.class, FinalWithFields.class, FinalWithLambda.class })
	void startWhenAFinalMethodWouldLoseItsFieldsFails(Class<?> component) {
		assertRefused("no value of its field", "non-final", component, LimitedContext.ClassProxies.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { LimitedDao.class, HarmlessFinal.class })
	void startWhenFinalMethodsAreNotCalledByOthersDoesNotFail(Class<?> component) {
		LimitedContext.of(component, LimitedContext.ClassProxies.class).close();
	}

	private static void assertRefused(String problem, String mend, Class<?>... components) {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> LimitedContext.of(components).close())
			.satisfies((ex) -> assertThat(refusal(ex)).satisfies((refusal) -> {
				assertThat(refusal.problem()).contains(problem);
				assertThat(refusal.mend()).contains(mend);
				assertThat(refusal.where()).startsWith("io.github.penstock.aop.");
			}));
	}

	private static @Nullable InvalidLimitDeclarationException refusal(@Nullable Throwable thrown) {
		Throwable current = thrown;
		while (current != null && !(current instanceof InvalidLimitDeclarationException)) {
			current = current.getCause();
		}
		return (InvalidLimitDeclarationException) current;
	}

	interface Limited {

		@RateLimited(rps = 1000)
		String call();

	}

	interface GenericLimited<T> {

		@RateLimited(rps = 1000)
		T call(T item);

	}

	interface Child extends Limited {

	}

	interface WithDefault {

		@RateLimited(rps = 1000)
		default String call() {
			return "";
		}

	}

	static class FinalOfMethod implements Limited {

		@Override
		public final String call() {
			return "";
		}

	}

	static class Parent {

		@RateLimited(rps = 1000)
		public String call() {
			return "";
		}

	}

	static class FinalOverride extends Parent {

		@Override
		public final String call() {
			return "";
		}

	}

	@RateLimited(rps = 1000)
	interface LimitedType {

		String call();

	}

	static class FinalOfInterface implements LimitedType {

		@Override
		public final String call() {
			return "";
		}

	}

	static class FinalOfGeneric implements GenericLimited<String> {

		@Override
		public final String call(String item) {
			return item;
		}

	}

	static class FinalOfParentInterface implements Child {

		@Override
		public final String call() {
			return "";
		}

	}

	@Bulkhead(max = 1)
	static class LimitedParent {

		public void open() {
		}

	}

	static class FinalOfParentClass extends LimitedParent {

		public final void call() {
		}

	}

	static class FinalOfDefault implements WithDefault {

		@Override
		public final String call() {
			return "";
		}

	}

	static class Foundation {

		public final String call() {
			return "";
		}

	}

	static class FinalInParent extends Foundation implements Limited {

	}

	static class HeirOfForeign extends ForeignBase {

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyHeirOfForeign {

		@Bean
		@Lazy
		HeirOfForeign heir() {
			return new HeirOfForeign();
		}

	}

	static class PackagePrivate {

		@Bulkhead(max = 1)
		void call() {
		}

	}

	public static class PublicWithPackagePrivate {

		@Bulkhead(max = 1)
		void call() {
		}

	}

	static class AfterConstruction {

		@PostConstruct
		@Bulkhead(max = 1)
		public void init() {
		}

	}

	static class BeforeDestruction {

		@PreDestroy
		@RateLimited(rps = 1)
		public void end() {
		}

	}

	static class Initializing implements InitializingBean {

		@Override
		@Bulkhead(max = 1)
		public void afterPropertiesSet() {
		}

	}

	static class Disposable implements DisposableBean {

		@Override
		@Bulkhead(max = 1)
		public void destroy() {
		}

	}

	static class Injected {

		@Autowired
		@Bulkhead(max = 1)
		public void take(BeanFactory beanFactory) {
		}

	}

	static class BeanFactoryTaking implements BeanFactoryAware {

		@Override
		@Bulkhead(max = 1)
		public void setBeanFactory(BeanFactory beanFactory) {
		}

	}

	static class OverriddenInit extends OpenInit {

		@Override
		@Bulkhead(max = 1)
		public void init() {
		}

	}

	static class OpenInit {

		@PostConstruct
		public void init() {
		}

	}

	interface Startable {

		@Bulkhead(max = 1)
		void init();

	}

	static class InitOfInterface implements Startable {

		@Override
		@PostConstruct
		public void init() {
		}

	}

	static class Plain {

		@Bulkhead(max = 1)
		public void begin() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedInit {

		@Bean(initMethod = "begin")
		Plain plain() {
			return new Plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class NamedDestroy {

		@Bean(destroyMethod = "begin")
		Plain plain() {
			return new Plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyNamedInit {

		@Bean(initMethod = "begin")
		@Lazy
		Plain plain() {
			return new Plain();
		}

	}

	@Bulkhead(max = 1)
	static class LimitedClassWithInit implements InitializingBean {

		@PostConstruct
		public void init() {
		}

		@Override
		public void afterPropertiesSet() {
		}

		public void call() {
		}

	}

	@Bulkhead(max = 1)
	static class OnlyPrivateMethods {

		private void call() {
		}

		static void help() {
		}

	}

	@RateLimited(rps = 1)
	interface Marker {

	}

	static class OfMarker implements Marker {

		public void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyOfMarker {

		@Bean
		@Lazy
		OfMarker ofMarker() {
			return new OfMarker();
		}

	}

	interface Other {

		void other();

	}

	interface Empty {

	}

	@Bulkhead(max = 1)
	static class LimitedBeside implements Empty {

		public void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenClass {

		@Bean
		Empty empty() {
			ProxyFactory factory = new ProxyFactory(new LimitedBeside());
			factory.setInterfaces(Empty.class);
			return (Empty) factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenInterface {

		@Bean
		Other other() {
			ProxyFactory factory = new ProxyFactory(new Both());
			factory.setInterfaces(Other.class);
			return (Other) factory.getProxy();
		}

	}

	static class Both implements LimitedType, Other {

		@Override
		public String call() {
			return "";
		}

		@Override
		public void other() {
		}

	}

	static sealed class Sealed permits OnlyHeir {

		@Bulkhead(max = 1)
		public void call() {
		}

	}

	static final class OnlyHeir extends Sealed {

	}

	static class WithPrivateConstructor {

		private WithPrivateConstructor() {
		}

		@Bulkhead(max = 1)
		public void call() {
		}

		static class Heir extends WithPrivateConstructor {

		}

	}

	static class OwnAdvice implements MethodInterceptor {

		@Override
		@Bulkhead(max = 1)
		public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
			return invocation.proceed();
		}

	}

	static class LimitedFilter extends OncePerRequestFilter {

		@Override
		@Bulkhead(max = 1)
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			chain.doFilter(request, response);
		}

	}

	@Bulkhead(max = 1)
	static class LimitedFilterClass extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			chain.doFilter(request, response);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyFilter {

		@Bean
		@Lazy
		LimitedFilter filter() {
			return new LimitedFilter();
		}

	}

	static class LimitedIndicator extends AbstractHealthIndicator {

		@Override
		@Bulkhead(max = 1)
		protected void doHealthCheck(Health.Builder builder) {
			builder.up();
		}

	}

	static class Template {

		private final StringBuilder log = new StringBuilder();

		public final void run() {
			note();
			work();
		}

		private void note() {
			this.log.append("run");
		}

		protected void work() {
		}

	}

	static class LimitedTemplate extends Template {

		@Override
		@Bulkhead(max = 1)
		protected void work() {
		}

	}

	static class FinalWithFields implements Other {

		private final String name = toString();

		@Override
		public final void other() {
			this.name.length();
		}

		@Bulkhead(max = 1)
		public void call() {
		}

	}

	static class FinalWithLambda implements Other {

		private final String name = toString();

		@Override
		public final void other() {
			Runnable work = () -> this.name.length();
			work.run();
		}

		@Bulkhead(max = 1)
		public void call() {
		}

	}

	static class LimitedDao extends JdbcDaoSupport {

		@Override
		protected void checkDaoConfig() {
		}

		@Bulkhead(max = 1)
		public void call() {
		}

	}

	static class HarmlessFinal implements Other {

		@Override
		public final void other() {
			call();
		}

		@Bulkhead(max = 1)
		public void call() {
		}

	}

}
