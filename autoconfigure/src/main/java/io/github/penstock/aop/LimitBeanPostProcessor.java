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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.penstock.VisibleText;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.SmartClassLoader;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Puts limits before the annotated methods of beans, by an advisor for each such method:
 * into the proxy of a bean that has one, else into one of its own.
 * <p>
 * Among the advice of a bean limits stand where their order says: by default behind all
 * that has an order of its own, and before {@code @Transactional} and {@code @Cacheable}.
 * What other post-processors add later, a {@link LimitOrderPostProcessor} sees.
 * <p>
 * To be declared by a {@code static} bean method, with nothing but the
 * {@code ObjectProvider}; {@code setProxyTargetClass} says whether beans that have
 * interfaces are proxied by their class all the same.
 */
@SuppressWarnings("serial")
public final class LimitBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements SmartInitializingSingleton {

	/**
	 * The order among post-processors: before those of {@code @EnableAsync}
	 * ({@code LOWEST_PRECEDENCE}) and {@code @EnableResilientMethods} (one less), after
	 * the auto-proxy creator ({@code HIGHEST_PRECEDENCE}).
	 */
	public static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

	private static final Log logger = LogFactory.getLog(LimitBeanPostProcessor.class);

	private final transient Supplier<LimiterDeclarations> declarations;

	private final transient Map<TypeKey, List<LimitedMethod>> methods = new ConcurrentHashMap<>();

	private final transient Map<TypeKey, List<LimitAdvisor>> advisors = new ConcurrentHashMap<>();

	/** Singletons that were handed out, advised, before they were initialized. */
	private final transient Map<String, Object> earlyReferences = new ConcurrentHashMap<>();

	private final transient LimitPlaces places = new LimitPlaces((bean) -> !limitedMethods(TypeKey.of(bean)).isEmpty());

	private transient LimitOperations operations;

	/**
	 * Create the post-processor.
	 * @param declarations gives the place where annotations and configuration meet; asked
	 * at the first annotation
	 */
	public LimitBeanPostProcessor(ObjectProvider<LimiterDeclarations> declarations) {
		this.declarations = declarations::getObject;
		this.operations = new LimitOperations(this.declarations, (text) -> text);
		setOrder(ORDER);
	}

	/**
	 * Set where limits stand among the advice of a bean: after all that has a lower
	 * order. By default this is {@link Ordered#LOWEST_PRECEDENCE}, that of transactions
	 * and caches, which stand after limits of the same order.
	 * @param order the order, to be set before the first bean is made
	 */
	public void setAdviceOrder(int order) {
		this.places.setOrder(order);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		if (beanFactory instanceof ConfigurableBeanFactory factory) {
			this.operations = new LimitOperations(this.declarations, factory);
			this.operations.onEarlyCall(this::declareLaterBeans);
		}
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		// Asked when a native image is built: the proxy class is what matters.
		if (limitedMethods(new TypeKey(ClassUtils.getUserClass(beanClass), beanClass)).isEmpty()) {
			return beanClass;
		}
		ProxyFactory proxyFactory = proxyFactoryOf(beanClass);
		proxyFactory.setTargetClass(beanClass);
		proxyFactory.addAdvice((MethodInterceptor) MethodInvocation::proceed);
		return proxyFactory.getProxyClass(getProxyClassLoader());
	}

	private ProxyFactory proxyFactoryOf(Class<?> beanClass) {
		ProxyFactory proxyFactory = new ProxyFactory();
		proxyFactory.copyFrom(this);
		if (!proxyFactory.isProxyTargetClass()) {
			evaluateProxyInterfaces(beanClass, proxyFactory);
		}
		return proxyFactory;
	}

	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		this.earlyReferences.put(beanName, bean);
		return advise(bean, beanName);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (this.earlyReferences.remove(beanName) != null) ? bean : advise(bean, beanName);
	}

	@Override
	public void afterSingletonsInstantiated() {
		declareLaterBeans();
		this.operations.bindAll();
		if (this.beanFactory != null) {
			for (String beanName : this.beanFactory.getSingletonNames()) {
				warnIfUnlimited(beanName, this.beanFactory.getSingleton(beanName));
			}
		}
	}

	/**
	 * Lazy, prototype and scoped beans: what they declare counts from the start, and so
	 * does what is wrong.
	 */
	private void declareLaterBeans() {
		if (this.beanFactory == null) {
			return;
		}
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = (!this.beanFactory.containsSingleton(beanName)) ? typeOf(this.beanFactory, beanName) : null;
			if (type != null && !type.isInterface()) {
				declareLater(new TypeKey(ClassUtils.getUserClass(type), type), beanName);
			}
		}
	}

	private void declareLater(TypeKey type, String beanName) {
		advisors(type);
		checkContainerCalls(type, beanName, FactoryBean.class.isAssignableFrom(type.targetClass()));
		boolean classProxy = !Proxy.isProxyClass(type.exposedClass())
				&& proxyFactoryOf(type.targetClass()).isProxyTargetClass();
		if (classProxy && !isToBeProxiedByInterfaces(beanName)) {
			check(type, limitedMethods(type), true, new Class<?>[0]);
		}
	}

	private boolean isToBeProxiedByInterfaces(String beanName) {
		return this.beanFactory != null && this.beanFactory.getMergedBeanDefinition(beanName)
			.hasAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE);
	}

	private static @Nullable Class<?> typeOf(ConfigurableListableBeanFactory beanFactory, String beanName) {
		try {
			Class<?> type = beanFactory.getType(beanName, false);
			if (type != null) {
				// Fails where a class is missing that nobody needs as long as nobody
				// needs the bean.
				ReflectionUtils.getDeclaredMethods(type);
			}
			return type;
		}
		catch (BeansException | IllegalStateException | LinkageError ex) {
			logger.debug("The limits of bean '" + VisibleText.of(beanName) + "' will be known when it is made", ex);
			return null;
		}
	}

	private void warnIfUnlimited(String beanName, @Nullable Object bean) {
		if (bean != null && !isInfrastructure(bean) && !AopUtils.isAopProxy(bean)
				&& !Proxy.isProxyClass(bean.getClass()) && isEligible(bean, beanName)
				&& !limitedMethods(TypeKey.of(bean)).isEmpty()) {
			logger.warn("The limits on " + bean.getClass().getName() + " have no effect on bean '"
					+ VisibleText.of(beanName)
					+ "': it was made before bean post-processors were ready, or not by Spring");
		}
	}

	private Object advise(Object bean, String beanName) {
		TypeKey type = TypeKey.of(bean);
		if (isScopedProxy(bean) || limitedMethods(type).isEmpty() || !isEligible(bean, beanName)) {
			return bean;
		}
		if (isInfrastructure(bean)) {
			throw Misplacement.neverProxied(limitedMethods(type).get(0));
		}
		checkContainerCalls(type, beanName, bean instanceof FactoryBean);
		List<LimitAdvisor> advisors = new ArrayList<>();
		for (LimitAdvisor advisor : advisors(type)) {
			if (!LimitAdvisor.isLimitedBy(bean, advisor.limited())) {
				advisors.add(advisor);
			}
		}
		if (advisors.isEmpty()) {
			return bean;
		}
		List<LimitedMethod> methods = LimitAdvisor.limited(advisors);
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			advise(advised, beanName, type, advisors, methods);
			return bean;
		}
		Object proxy = createProxy(bean, beanName, type, advisors, methods);
		this.places.note(beanName, (Advised) proxy);
		return proxy;
	}

	private void advise(Advised bean, String beanName, TypeKey type, List<LimitAdvisor> advisors,
			List<LimitedMethod> methods) {
		if (!ChangingTargets.isLimitedItself(bean, methods)) {
			check(type, methods, AopUtils.isCglibProxy(bean), bean.getProxiedInterfaces());
			Misplacement.checkVisible(methods, bean);
		}
		this.places.put(bean, beanName, advisors, methods);
	}

	/**
	 * The bean has all its proxies and advice now.
	 */
	void arrange(Object bean, String beanName) {
		this.places.arrange(bean, beanName);
	}

	private void checkContainerCalls(TypeKey type, String beanName, boolean factoryBean) {
		if (this.beanFactory != null && this.beanFactory.containsBeanDefinition(beanName)
				&& factoryBean == this.beanFactory.isFactoryBean(beanName)) {
			ContainerCalls.check(limitedMethods(type), this.beanFactory.getMergedBeanDefinition(beanName));
		}
	}

	private Object createProxy(Object bean, String beanName, TypeKey type, List<LimitAdvisor> advisors,
			List<LimitedMethod> methods) {
		ProxyFactory proxyFactory = prepareProxyFactory(bean, beanName);
		if (!proxyFactory.isProxyTargetClass() && proxyFactory.getProxiedInterfaces().length == 0) {
			evaluateProxyInterfaces(bean.getClass(), proxyFactory);
		}
		boolean interfaceProxy = Proxy.isProxyClass(bean.getClass()) || ClassUtils.isLambdaClass(bean.getClass());
		check(type, methods, proxyFactory.isProxyTargetClass() && !interfaceProxy,
				interfaceProxy ? bean.getClass().getInterfaces() : proxyFactory.getProxiedInterfaces());
		for (LimitAdvisor advisor : advisors) {
			proxyFactory.addAdvisor(advisor);
		}
		proxyFactory.setPreFiltered(true);
		ClassLoader classLoader = getProxyClassLoader();
		if (classLoader instanceof SmartClassLoader smart && classLoader != bean.getClass().getClassLoader()) {
			classLoader = smart.getOriginalClassLoader();
		}
		Object proxy = getProxy(proxyFactory, classLoader, methods.get(0));
		Misplacement.checkVisible(methods, proxy);
		return proxy;
	}

	private static Object getProxy(ProxyFactory proxyFactory, @Nullable ClassLoader classLoader,
			LimitedMethod limited) {
		try {
			return proxyFactory.getProxy(classLoader);
		}
		catch (AopConfigException ex) {
			throw Misplacement.notProxyable(limited, ex);
		}
	}

	private static void check(TypeKey type, List<LimitedMethod> methods, boolean classProxy, Class<?>[] interfaces) {
		Misplacement.check(methods, classProxy, interfaces);
		if (classProxy && !methods.isEmpty()) {
			FinalMethods.check(type.targetClass(), methods);
		}
	}

	private List<LimitedMethod> limitedMethods(TypeKey type) {
		List<LimitedMethod> methods = this.methods.get(type);
		if (methods == null) {
			methods = List.copyOf(LimitedMethods.of(type.targetClass(), type.exposedClass()));
			for (LimitedMethod method : methods) {
				ContainerCalls.check(method);
			}
			this.methods.put(type, methods);
		}
		return methods;
	}

	private List<LimitAdvisor> advisors(TypeKey type) {
		List<LimitAdvisor> advisors = this.advisors.get(type);
		if (advisors == null) {
			// Foreign code runs here, so that the map must not be locked meanwhile.
			List<LimitAdvisor> created = new ArrayList<>();
			for (LimitedMethod method : limitedMethods(type)) {
				created.add(advisor(method));
			}
			advisors = this.advisors.putIfAbsent(type, created);
			return (advisors != null) ? advisors : created;
		}
		return advisors;
	}

	private LimitAdvisor advisor(LimitedMethod method) {
		LimitAdvisor advisor = new LimitAdvisor(method, this.operations.interceptor(method));
		advisor.setOrder(this.places.order());
		return advisor;
	}

	private static boolean isScopedProxy(Object bean) {
		return bean instanceof AopInfrastructureBean && bean instanceof Advised;
	}

	private static boolean isInfrastructure(Object bean) {
		return bean instanceof AopInfrastructureBean || bean instanceof Advice || bean instanceof Advisor
				|| bean instanceof Pointcut;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return true;
	}

	/**
	 * What decides about the limits of a bean.
	 *
	 * @param targetClass its class, below any proxies
	 * @param exposedClass the class that its callers see
	 */
	private record TypeKey(Class<?> targetClass, Class<?> exposedClass) {

		static TypeKey of(Object bean) {
			Class<?> targetClass = AopProxyUtils.ultimateTargetClass(ChangingTargets.knownTarget(bean));
			return new TypeKey(ClassUtils.getUserClass(targetClass), bean.getClass());
		}

		// Written out, for those of the JDK are linked when they are first called.

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof TypeKey key && key.targetClass == this.targetClass
					&& key.exposedClass == this.exposedClass;
		}

		@Override
		public int hashCode() {
			return 31 * this.targetClass.hashCode() + this.exposedClass.hashCode();
		}

	}

}
