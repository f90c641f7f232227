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

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.LimitBeanPostProcessor;
import io.github.penstock.aop.LimitOrderPostProcessor;
import io.github.penstock.aop.LimitWeaving;
import io.github.penstock.aop.LimiterDeclarations;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * {@link AutoConfiguration Auto-configuration} for the limits of annotated methods. Comes
 * first, so that all annotations are known when {@link LimiterStartup} makes the limiters
 * that are left.
 */
@AutoConfiguration(before = PenstockAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "penstock.enabled", matchIfMissing = true)
public final class PenstockAopAutoConfiguration {

	private static final String MODE = "penstock.aop.mode";

	private PenstockAopAutoConfiguration() {
	}

	@Bean
	@ConditionalOnProperty(name = MODE, havingValue = "proxy", matchIfMissing = true)
	static LimitBeanPostProcessor limitBeanPostProcessor(Environment environment,
			ObjectProvider<LimiterDeclarations> limiterDeclarations) {
		LimitBeanPostProcessor postProcessor = new LimitBeanPostProcessor(limiterDeclarations);
		postProcessor
			.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
		BindResult<Integer> order = Binder.get(environment).bind("penstock.aop.order", Integer.class);
		if (order.isBound()) {
			postProcessor.setAdviceOrder(order.get());
		}
		return postProcessor;
	}

	@Bean
	@ConditionalOnProperty(name = MODE, havingValue = "proxy", matchIfMissing = true)
	static LimitOrderPostProcessor limitOrderPostProcessor(
			ObjectProvider<LimitBeanPostProcessor> limitBeanPostProcessor) {
		return new LimitOrderPostProcessor(limitBeanPostProcessor);
	}

	@Bean
	@ConditionalOnProperty(name = MODE, havingValue = "aspectj")
	static BeanPostProcessor limitWeaving(Environment environment,
			ObjectProvider<LimiterDeclarations> limiterDeclarations) {
		if (Binder.get(environment).bind("penstock.aop.order", String.class).isBound()) {
			throw new InvalidLimitDeclarationException("penstock.aop.order",
					"it is the order among the advice of proxies, and does nothing where penstock.aop.mode is aspectj",
					"Remove it, or set penstock.aop.mode to proxy");
		}
		if (!ClassUtils.isPresent("org.aspectj.lang.Aspects", LimitWeaving.class.getClassLoader())) {
			throw new InvalidLimitDeclarationException(MODE,
					"it is aspectj, but AspectJ is not on the class path, so that nothing would be limited",
					"Add org.springframework.boot:spring-boot-starter-aspectj, or set it to proxy");
		}
		return new LimitWeaving(limiterDeclarations);
	}

}
