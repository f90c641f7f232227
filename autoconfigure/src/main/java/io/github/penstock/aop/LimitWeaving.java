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

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Limits;
import org.aspectj.lang.Aspects;
import org.aspectj.lang.JoinPoint;
import org.aspectj.lang.reflect.MethodSignature;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Lets the {@link LimitAspect} limit calls, from its making to the closing of its
 * context. What the annotations of beans say is read when the beans are made, that of
 * other objects at the first call. Of several contexts the one that was made last counts.
 * <p>
 * To be declared by a {@code static} bean method, with nothing but the
 * {@code ObjectProvider}, and never together with a {@link LimitBeanPostProcessor}.
 */
public final class LimitWeaving
		implements BeanPostProcessor, BeanFactoryAware, SmartInitializingSingleton, DisposableBean {

	private static final AtomicReference<@Nullable LimitWeaving> ACTIVE = new AtomicReference<>();

	private final ObjectProvider<LimiterDeclarations> declarations;

	private final Map<Method, Woven> byMethod = new ConcurrentHashMap<>();

	private final Map<JoinPoint.StaticPart, Woven> byJoinPoint = new ConcurrentHashMap<>();

	/** Those of methods that are not surrounded. */
	private final Map<JoinPoint.StaticPart, Limits> limits = new ConcurrentHashMap<>();

	private LimitOperations operations;

	/**
	 * Create the weaving.
	 * @param declarations gives the place where annotations and configuration meet; asked
	 * at the first annotation
	 * @throws InvalidLimitDeclarationException if no weaver is at work
	 */
	public LimitWeaving(ObjectProvider<LimiterDeclarations> declarations) {
		this.declarations = declarations;
		this.operations = new LimitOperations(declarations::getObject, (text) -> text);
		if (!Aspects.hasAspect(LimitAspect.class)) {
			throw new InvalidLimitDeclarationException("penstock.aop.mode",
					"it is aspectj, but no weaver is at work, so that nothing would be limited",
					"Start the JVM with -javaagent:aspectjweaver.jar, weave when compiling, or set it to proxy");
		}
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		if (beanFactory instanceof ConfigurableBeanFactory factory) {
			this.operations = new LimitOperations(this.declarations::getObject, factory);
		}
		ACTIVE.set(this);
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		Class<?> type = ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean));
		for (Class<?> current = type; current != null && !isForeign(current); current = current.getSuperclass()) {
			WovenMethods.of(current).forEach((limited) -> woven(limited.method()));
		}
		return bean;
	}

	private static boolean isForeign(Class<?> type) {
		return type.getName().startsWith("java.") || type.getName().startsWith("org.springframework.")
				|| Proxy.isProxyClass(type);
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.operations.bindAll();
	}

	@Override
	public void destroy() {
		ACTIVE.compareAndSet(this, null);
	}

	/** What to do at a call, {@code null} if it is not limited. */
	static @Nullable LimitInterceptor interceptor(JoinPoint.StaticPart method) {
		LimitWeaving active = ACTIVE.get();
		return (active != null) ? active.find(method) : null;
	}

	/** The limits of a call, {@code null} if it is not limited. */
	static @Nullable Limits limits(JoinPoint.StaticPart method) {
		LimitWeaving active = ACTIVE.get();
		if (active == null) {
			return null;
		}
		Limits limits = active.limits.get(method);
		return (limits != null) ? limits : active.findLimits(method);
	}

	private Limits findLimits(JoinPoint.StaticPart method) {
		LimitInterceptor interceptor = find(method);
		Limits limits = (interceptor != null) ? interceptor.constantLimits() : Limits.NONE;
		if (limits == null) {
			throw new IllegalStateException("A call that is limited by its arguments is not surrounded: " + method);
		}
		this.limits.put(method, limits);
		return limits;
	}

	private @Nullable LimitInterceptor find(JoinPoint.StaticPart method) {
		Woven woven = this.byJoinPoint.get(method);
		if (woven == null) {
			woven = woven(((MethodSignature) method.getSignature()).getMethod());
			this.byJoinPoint.put(method, woven);
		}
		return woven.interceptor();
	}

	private Woven woven(Method method) {
		Woven woven = this.byMethod.get(method);
		if (woven == null) {
			LimitedMethod limited = WovenMethods.of(method);
			Woven created = new Woven((limited != null) ? interceptor(limited) : null);
			woven = this.byMethod.putIfAbsent(method, created);
			return (woven != null) ? woven : created;
		}
		return woven;
	}

	private LimitInterceptor interceptor(LimitedMethod limited) {
		LimitInterceptor interceptor = this.operations.interceptor(limited);
		if (!(interceptor instanceof SyncLimitInterceptor) || interceptor.hasFallback() || limited.isOfItsCalls()) {
			WovenMethods.checkSurrounded(limited.method());
		}
		return interceptor;
	}

	/**
	 * What is known of a woven method.
	 *
	 * @param interceptor its limits, {@code null} if it has none
	 */
	private record Woven(@Nullable LimitInterceptor interceptor) {
	}

}
