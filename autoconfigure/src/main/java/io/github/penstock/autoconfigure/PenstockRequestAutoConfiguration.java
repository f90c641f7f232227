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

import io.github.penstock.aop.expression.PrincipalSource;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.requests.RequestLimitWebFilter;
import io.github.penstock.requests.RequestLimits;
import io.github.penstock.requests.ServletRequestLimitFilter;
import io.github.penstock.web.ExchangeRefusalWriter;
import io.github.penstock.web.Refusal;
import io.github.penstock.web.ServletRefusalWriter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.DispatcherHandler;
import org.springframework.web.reactive.handler.AbstractHandlerMapping;
import org.springframework.web.server.WebFilter;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * {@link AutoConfiguration Auto-configuration} for limited requests. Rules whose key
 * needs the caller's name are asked right after Spring Security, all others right before.
 */
@AutoConfiguration(after = PenstockAutoConfiguration.class)
@ConditionalOnSection("penstock.requests")
public final class PenstockRequestAutoConfiguration {

	/** Where Spring Security stands among the filters if nobody says otherwise. */
	private static final int SECURITY = -100;

	/**
	 * For servlets, Spring's and all others.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ Filter.class, PathPatternParser.class, FilterRegistrationBean.class })
	static final class ServletConfiguration {

		private static final String SECURITY_CHAIN = "springSecurityFilterChain";

		private static final String PARSER = "mvcPatternParser";

		@Bean
		static RequestRules penstockRequestRules(ConfiguredProperties penstockConfiguredProperties,
				ConfiguredLimiters limiterDeclarations, ListableBeanFactory beanFactory, Environment environment) {
			return new RequestRules(penstockConfiguredProperties, limiterDeclarations, beanFactory, environment,
					() -> beanFactory.containsBean(PARSER) ? beanFactory.getBean(PARSER, PathPatternParser.class)
							: PathPatternParser.defaultInstance,
					() -> beanFactory.containsBean(SECURITY_CHAIN));
		}

		@Bean
		static FilterRegistrationBean<ServletRequestLimitFilter> penstockRequestFilter(
				RequestRules penstockRequestRules, Environment environment) {
			return registration(penstockRequestRules, RequestLimits.Phase.ARRIVED, security(environment) - 1);
		}

		@Bean
		static FilterRegistrationBean<ServletRequestLimitFilter> penstockAuthenticatedRequestFilter(
				RequestRules penstockRequestRules, Environment environment) {
			FilterRegistrationBean<ServletRequestLimitFilter> registration = registration(penstockRequestRules,
					RequestLimits.Phase.AUTHENTICATED, security(environment) + 1);
			registration.setEnabled(penstockRequestRules.needPrincipal());
			return registration;
		}

		private static int security(Environment environment) {
			return environment.getProperty("spring.security.filter.order", Integer.class, SECURITY);
		}

		private static FilterRegistrationBean<ServletRequestLimitFilter> registration(RequestRules rules,
				RequestLimits.Phase phase, int order) {
			FilterRegistrationBean<ServletRequestLimitFilter> registration = new FilterRegistrationBean<>(
					new ServletRequestLimitFilter(rules.limits(), phase, PrincipalSource.ofCurrentThread()::principal,
							(refusal, request, response) -> ServletRefusalWriter.write(Refusal.ofRequest(refusal),
									request, response)));
			registration.setDispatcherTypes(DispatcherType.REQUEST);
			registration.setOrder(order);
			return registration;
		}

	}

	/**
	 * For WebFlux, and what stands on it.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.REACTIVE)
	@ConditionalOnClass({ WebFilter.class, DispatcherHandler.class, Mono.class })
	static final class ReactiveConfiguration {

		private static final String SECURITY_CHAIN = "org.springframework.security.web.server.WebFilterChainProxy";

		private static final String MAPPING = "requestMappingHandlerMapping";

		@Bean
		static RequestRules penstockRequestRules(ConfiguredProperties penstockConfiguredProperties,
				ConfiguredLimiters limiterDeclarations, ListableBeanFactory beanFactory, Environment environment) {
			return new RequestRules(penstockConfiguredProperties, limiterDeclarations, beanFactory, environment,
					() -> parser(beanFactory), () -> authenticates(beanFactory));
		}

		private static PathPatternParser parser(ListableBeanFactory beans) {
			return (beans.containsBean(MAPPING) && beans.getBean(MAPPING) instanceof AbstractHandlerMapping mapping)
					? mapping.getPathPatternParser() : PathPatternParser.defaultInstance;
		}

		private static boolean authenticates(ListableBeanFactory beans) {
			ClassLoader classLoader = ReactiveConfiguration.class.getClassLoader();
			return ClassUtils.isPresent(SECURITY_CHAIN, classLoader)
					&& beans.getBeanNamesForType(ClassUtils.resolveClassName(SECURITY_CHAIN, classLoader)).length > 0;
		}

		@Bean
		static RequestLimitWebFilter penstockRequestFilter(RequestRules penstockRequestRules) {
			return filter(penstockRequestRules, RequestLimits.Phase.ARRIVED, SECURITY - 1);
		}

		@Bean
		static RequestLimitWebFilter penstockAuthenticatedRequestFilter(RequestRules penstockRequestRules) {
			return filter(penstockRequestRules, RequestLimits.Phase.AUTHENTICATED, SECURITY + 1);
		}

		private static RequestLimitWebFilter filter(RequestRules rules, RequestLimits.Phase phase, int order) {
			return new RequestLimitWebFilter(rules.limits(), phase,
					(refusal, exchange) -> ExchangeRefusalWriter.write(Refusal.ofRequest(refusal), exchange), order);
		}

	}

}
