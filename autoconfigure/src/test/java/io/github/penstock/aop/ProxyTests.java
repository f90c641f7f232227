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

import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.ProxyFactoryBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.target.AbstractBeanFactoryBasedTargetSource;
import org.springframework.aop.target.AbstractPrototypeBasedTargetSource;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.aop.target.LazyInitTargetSource;
import org.springframework.aop.target.PrototypeTargetSource;
import org.springframework.aop.target.ThreadLocalTargetSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.ProxyType;
import org.springframework.context.annotation.Proxyable;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Beans of all kinds are limited, and each call once.
 */
class ProxyTests {

	@Test
	void beanWhenItIsAProxyWithoutTargetIsLimited() {
		assertLimitedOnce(Clients.class, "Client.call");
	}

	@Test
	void beanWhenItIsAPlainJdkProxyIsLimited() {
		assertLimitedOnce(PlainProxy.class, "Client.call");
	}

	@Test
	void beanWhenItsProxyHasMoreInterfacesThanItsTargetIsLimited() {
		assertLimitedOnce(Repositories.class, "Client.call");
	}

	@Test
	void beanWhenItsProxyIsFrozenIsLimited() {
		assertLimitedOnce(Frozen.class, "Client.call");
	}

	@Test
	void beanWhenItIsMadeByAFactoryBeanIsLimited() {
		assertLimitedOnce(ClientFactory.class, "Client.call");
	}

	@Test
	void beanWhenItHasTwoNamesIsLimitedOnce() {
		assertLimitedOnce(Aliased.class, "Client.call");
	}

	@Test
	void beanWhenItIsProxiedAgainIsLimitedOnce() {
		assertLimitedOnce(Wrapped.class, "Client.call");
	}

	@ParameterizedTest
	@ValueSource(classes = { Swappable.class, SwappableByInterface.class, Named.class, Pooled.class,
			LazilyTargeted.class, PrototypeTargeted.class, ThreadTargeted.class, Twice.class })
	void beanWhenItsTargetChangesIsLimitedOnce(Class<?> component) {
		assertLimitedOnce(component, "Client.call");
	}

	@Test
	void beanWhenTargetsAreSwappedIsLimitedOnceEachTime() {
		try (LimitedContext context = LimitedContext.of(Swappable.class)) {
			Client client = context.context.getBean("client", Client.class);
			HotSwappableTargetSource source = (HotSwappableTargetSource) ((Advised) client).getTargetSource();
			client.call();
			Object limited = source.swap(new SimpleClient());
			client.call();
			source.swap(limited);
			client.call();
			assertThat(context.rateLimit("Client.call").stats().granted()).isEqualTo(3);
		}
	}

	@Test
	void beanWhenItsSwappableTargetIsNoBeanIsLimited() {
		assertLimitedOnce(SwappableWithoutBean.class, "Client.call");
	}

	private static void assertLimitedOnce(Class<?> component, String name) {
		try (LimitedContext context = LimitedContext.of(component)) {
			assertThat(context.context.getBean("client", Client.class).call()).isEqualTo("called");
			assertThat(context.rateLimit(name).stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void scopedBeanWhenCalledIsLimitedOnce() {
		LimitedContext limited = LimitedContext.prepare(java.util.Map.of(), Scoped.class);
		limited.context.getBeanFactory().registerScope("thread", new SimpleThreadScope());
		limited.context.refresh();
		try (limited) {
			Cart cart = limited.context.getBean("cart", Cart.class);
			cart.add();
			assertThat(limited.rateLimit("Cart.add").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void prototypesWhenManyAreMadeShareLimiterAndClass() {
		try (LimitedContext context = LimitedContext.of(Prototypes.class)) {
			Set<Class<?>> classes = new HashSet<>();
			for (int i = 0; i < 50; i++) {
				Cart cart = context.bean(Cart.class);
				cart.add();
				classes.add(cart.getClass());
			}
			assertThat(classes).hasSize(1);
			assertThat(context.rateLimit("Cart.add").stats().granted()).isEqualTo(50);
			assertThat(context.declarations().declared).hasSize(1);
			assertThat(context.declarations().bound).hasSize(1);
		}
	}

	@Test
	void lazyBeanWhenMadeLateIsLimited() {
		try (LimitedContext context = LimitedContext.of(LazyBeans.class)) {
			assertThat(context.declarations().declared).hasSize(1);
			assertThat(context.context.getBeanFactory().containsSingleton("cart")).isFalse();
			context.bean(Cart.class).add();
			assertThat(context.declarations().declared).hasSize(1);
			assertThat(context.rateLimit("Cart.add").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void beansWhenTheyReferToEachOtherAreLimitedBothWays() {
		try (LimitedContext context = LimitedContext.of(Hen.class, Egg.class)) {
			Hen hen = context.bean(Hen.class);
			assertThat(hen.egg().hen()).isSameAs(hen);
			assertThat(hen.egg()).isSameAs(context.bean(Egg.class));
			hen.egg().hatch();
			hen.egg().hen().lay();
			assertThat(context.bulkhead("Hen.lay").stats().granted()).isEqualTo(1);
			assertThat(context.bulkhead("Egg.hatch").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void callWhenMadeBeforeAllSingletonsExistIsLimited() {
		try (LimitedContext context = LimitedContext.of(EarlyCaller.class, Cart.class)) {
			assertThat(context.rateLimit("Cart.add").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void beanWhenItHasNoAnnotationIsNotProxied() {
		try (LimitedContext context = LimitedContext.of(EarlyCaller.class, Cart.class)) {
			assertThat(AopUtils.isAopProxy(context.bean(EarlyCaller.class))).isFalse();
			assertThat(((Advised) context.bean(Cart.class)).getAdvisors()).hasSize(1);
		}
	}

	@Test
	void lateBeanWhenItsAnnotationIsWrongFailsAtTheStart() {
		assertThatExceptionOfType(InvalidLimitDeclarationException.class)
			.isThrownBy(() -> LimitedContext.of(LateFault.class))
			.withMessageContaining("OnStatic");
	}

	@Test
	void lateBeanWhenItsMethodIsFinalFailsAtTheStart() {
		for (Class<?> late : List.of(LazyFinal.class, PrototypeFinal.class)) {
			assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(() -> LimitedContext.of(late))
				.withMessageContaining("OnFinal.run()");
		}
	}

	@Test
	void lateBeanWhenItsClassIsFinalAndItsProxyIsOfInterfacesIsLimited() {
		try (LimitedContext context = LimitedContext.of(LimitedContext.ClassProxies.class, ByInterfaces.class)) {
			context.bean(Runnable.class).run();
			assertThat(context.bulkhead("FinalWithInterface.run").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void methodWhenItNarrowsAParameterIsLimitedByEitherSignature() {
		try (LimitedContext context = LimitedContext.of(Stores.class)) {
			TextStore store = context.bean(TextStore.class);
			store.save("text");
			Store<String> parent = store;
			parent.save("text");
			assertThat(context.rateLimit("TextStore.save").stats().granted()).isEqualTo(2);
		}
	}

	private static ProxyFactoryBean over(TargetSource source) {
		ProxyFactoryBean factory = new ProxyFactoryBean();
		factory.setTargetSource(source);
		factory.setInterfaces(Client.class);
		return factory;
	}

	private static ProxyFactoryBean over(AbstractBeanFactoryBasedTargetSource source, BeanFactory beanFactory) {
		source.setTargetBeanName("inner");
		source.setBeanFactory(beanFactory);
		return over(source);
	}

	interface Store<T> {

		<S extends T> S save(S item);

	}

	interface TextStore extends Store<String> {

		@Override
		@RateLimited(rps = 1000)
		<S extends String> S save(S item);

	}

	/** As a repository is made: behind its interface is a class that knows no types. */
	static class AnyStore {

		public Object save(Object item) {
			return item;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Stores {

		@Bean
		TextStore store() {
			ProxyFactory factory = new ProxyFactory();
			factory.setTarget(new AnyStore());
			factory.setInterfaces(TextStore.class);
			factory
				.addAdvice((MethodInterceptor) (invocation) -> ((AnyStore) Objects.requireNonNull(invocation.getThis()))
					.save(invocation.getArguments()[0]));
			return (TextStore) factory.getProxy();
		}

	}

	interface Client {

		@RateLimited(rps = 1000)
		String call();

	}

	static class SimpleClient implements Client {

		@Override
		public String call() {
			return "called";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Clients {

		@Bean
		Client client() {
			ProxyFactory factory = new ProxyFactory();
			factory.addInterface(Client.class);
			factory.addAdvice((MethodInterceptor) (invocation) -> "called");
			return (Client) factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainProxy {

		@Bean
		Client client() {
			return (Client) Proxy.newProxyInstance(Client.class.getClassLoader(), new Class<?>[] { Client.class },
					(proxy, method, arguments) -> method.getName().equals("hashCode") ? (Object) 1 : "called");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Repositories {

		@Bean
		Client client() {
			ProxyFactory factory = new ProxyFactory();
			factory.setTarget(new Object());
			factory.setInterfaces(Client.class);
			factory.addAdvice((MethodInterceptor) (invocation) -> "called");
			return (Client) factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Frozen {

		@Bean
		Client client() {
			ProxyFactory factory = new ProxyFactory(new SimpleClient());
			factory.setFrozen(true);
			return (Client) factory.getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ClientFactory {

		@Bean
		FactoryBean<Client> client() {
			return new FactoryBean<>() {

				@Override
				public Client getObject() {
					return new SimpleClient();
				}

				@Override
				public Class<?> getObjectType() {
					return Client.class;
				}

			};
		}

	}

	@Configuration
	static class Aliased {

		@Bean
		Client client() {
			return new SimpleClient();
		}

		@Bean
		Client again() {
			return client();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Wrapped {

		@Bean
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		Client client(Client inner) {
			return (Client) new ProxyFactory(inner).getProxy();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(LimitedContext.ClassProxies.class)
	static class Swappable {

		@Bean
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(@Qualifier("inner") Client inner) {
			return over(new HotSwappableTargetSource(inner));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SwappableByInterface {

		@Bean
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(@Qualifier("inner") Client inner) {
			return over(new HotSwappableTargetSource(inner));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SwappableWithoutBean {

		@Bean
		static ProxyFactoryBean client() {
			return over(new HotSwappableTargetSource(new SimpleClient()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Twice {

		@Bean
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean middle(BeanFactory beanFactory) {
			return over(new HotSwappableTargetSource(beanFactory.getBean("inner")));
		}

		@Bean
		static ProxyFactoryBean client(BeanFactory beanFactory) {
			return over(new HotSwappableTargetSource(beanFactory.getBean("middle")));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Named {

		@Bean
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client() {
			ProxyFactoryBean factory = new ProxyFactoryBean();
			factory.setTargetName("inner");
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Pooled {

		@Bean
		@Scope("prototype")
		SimpleClient inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(BeanFactory beanFactory) {
			return over(new OneOfThePool(), beanFactory);
		}

	}

	/** As a pool does it. */
	static class OneOfThePool extends AbstractPrototypeBasedTargetSource {

		private transient Object pooled;

		@Override
		public Object getTarget() {
			this.pooled = (this.pooled != null) ? this.pooled : newPrototypeInstance();
			return this.pooled;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazilyTargeted {

		@Bean
		@Lazy
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(BeanFactory beanFactory) {
			return over(new LazyInitTargetSource(), beanFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeTargeted {

		@Bean
		@Scope("prototype")
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(BeanFactory beanFactory) {
			return over(new PrototypeTargetSource(), beanFactory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThreadTargeted {

		@Bean
		@Scope("prototype")
		Client inner() {
			return new SimpleClient();
		}

		@Bean
		static ProxyFactoryBean client(BeanFactory beanFactory) {
			return over(new ThreadLocalTargetSource(), beanFactory);
		}

	}

	static class Cart {

		@RateLimited(rps = 10000)
		public void add() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Scoped {

		@Bean
		@Scope(value = "thread", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Cart cart() {
			return new Cart();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototypes {

		@Bean
		@Scope("prototype")
		Cart cart() {
			return new Cart();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyBeans {

		@Bean
		@Lazy
		Cart cart() {
			return new Cart();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LateFault {

		@Bean
		@Lazy
		MisplacedAnnotationTests.OnStatic onStatic() {
			return new MisplacedAnnotationTests.OnStatic();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LazyFinal {

		@Bean
		@Lazy
		MisplacedAnnotationTests.OnFinal onFinal() {
			return new MisplacedAnnotationTests.OnFinal();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PrototypeFinal {

		@Bean
		@Scope("prototype")
		MisplacedAnnotationTests.OnFinal onFinal() {
			return new MisplacedAnnotationTests.OnFinal();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterfaces {

		@Bean
		@Lazy
		@Proxyable(ProxyType.INTERFACES)
		MisplacedAnnotationTests.FinalWithInterface late() {
			return new MisplacedAnnotationTests.FinalWithInterface();
		}

	}

	static class Hen {

		@Autowired
		private Egg egg;

		Egg egg() {
			return this.egg;
		}

		@Bulkhead(max = 1)
		public void lay() {
		}

	}

	static class Egg {

		@Autowired
		private Hen hen;

		Hen hen() {
			return this.hen;
		}

		@Bulkhead(max = 1)
		public void hatch() {
		}

	}

	static class EarlyCaller {

		EarlyCaller(ObjectProvider<Cart> cart) {
			cart.getObject().add();
		}

	}

}
