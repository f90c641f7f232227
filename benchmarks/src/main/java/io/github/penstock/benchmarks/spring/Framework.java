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

package io.github.penstock.benchmarks.spring;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

import io.github.penstock.autoconfigure.PenstockAopAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.resilience4j.springboot.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;

import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;

/**
 * What puts itself before the annotated methods of a context. All of them proxy classes.
 */
public enum Framework {

	/** Nothing. */
	NONE(NoConfiguration.class),

	/**
	 * An interceptor that does nothing, at methods annotated with {@link Intercepted}.
	 */
	INTERCEPTOR(InterceptorConfiguration.class),

	/** An interceptor that throws the cheapest exception there is. */
	THROWER(ThrowerConfiguration.class),

	/** Penstock by its auto-configuration. */
	PENSTOCK(PenstockConfiguration.class),

	/** Penstock that knows who holds its permits. */
	PENSTOCK_HOLDERS(PenstockConfiguration.class, "penstock.holders.enabled=true"),

	/** Penstock as woven by AspectJ, which must be at work. */
	PENSTOCK_WOVEN(PenstockConfiguration.class, "penstock.aop.mode=aspectj"),

	/** Spring's own. */
	SPRING(SpringConfiguration.class),

	/** Resilience4j by its auto-configuration, with its limits in properties. */
	RESILIENCE4J(Resilience4jConfiguration.class, "resilience4j.bulkhead.instances.free.max-concurrent-calls=64",
			"resilience4j.ratelimiter.instances.free.limit-for-period=100000000",
			"resilience4j.ratelimiter.instances.free.limit-refresh-period=1s",
			"resilience4j.bulkhead.instances.taken.max-concurrent-calls=1",
			"resilience4j.ratelimiter.instances.taken.limit-for-period=1",
			"resilience4j.ratelimiter.instances.taken.limit-refresh-period=1h",
			"resilience4j.ratelimiter.instances.taken.timeout-duration=0",
			"resilience4j.ratelimiter.configs.default.limit-for-period=100000000",
			"resilience4j.ratelimiter.configs.default.limit-refresh-period=1s"),

	/** The same without stack traces. */
	RESILIENCE4J_STACKLESS(Resilience4jConfiguration.class,
			"resilience4j.bulkhead.instances.taken.max-concurrent-calls=1",
			"resilience4j.bulkhead.instances.taken.writable-stack-trace-enabled=false",
			"resilience4j.ratelimiter.instances.taken.limit-for-period=1",
			"resilience4j.ratelimiter.instances.taken.limit-refresh-period=1h",
			"resilience4j.ratelimiter.instances.taken.timeout-duration=0",
			"resilience4j.ratelimiter.instances.taken.writable-stack-trace-enabled=false");

	private final Class<?> configuration;

	private final String[] properties;

	Framework(Class<?> configuration, String... properties) {
		this.configuration = configuration;
		this.properties = properties;
	}

	/**
	 * Start a context that has some beans beside the framework's.
	 * @param beans the classes of the beans
	 * @return the context
	 */
	public ConfigurableApplicationContext start(Class<?>... beans) {
		return new SpringApplicationBuilder(this.configuration).sources(beans)
			.web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties(this.properties)
			.properties("logging.level.root=warn", "spring.main.register-shutdown-hook=false")
			.run();
	}

	/** Marks what the floor intercepts. */
	@Retention(RetentionPolicy.RUNTIME)
	@interface Intercepted {

	}

	@Configuration(proxyBeanMethods = false)
	static class NoConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	static class InterceptorConfiguration {

		@Bean
		static Interception interception() {
			return new Interception(MethodInvocation::proceed);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ThrowerConfiguration {

		@Bean
		static Interception interception() {
			return new Interception((invocation) -> {
				throw new CheapException();
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class })
	static class PenstockConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods(proxyTargetClass = true)
	static class SpringConfiguration {

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ AopAutoConfiguration.class, BulkheadAutoConfiguration.class,
			RateLimiterAutoConfiguration.class })
	static class Resilience4jConfiguration {

	}

	/** Puts an interceptor where Penstock puts its own. */
	@SuppressWarnings("serial")
	static final class Interception extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		Interception(MethodInterceptor interceptor) {
			this.advisor = new DefaultPointcutAdvisor(new AnnotationMatchingPointcut(null, Intercepted.class, true),
					interceptor);
			setProxyTargetClass(true);
		}

	}

	/** Has no stack trace and no message. */
	static final class CheapException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
