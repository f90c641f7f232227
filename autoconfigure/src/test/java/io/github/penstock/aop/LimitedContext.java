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
import java.util.Map;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.RateLimiter;
import org.awaitility.Awaitility;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A context whose beans are limited by proxies.
 */
final class LimitedContext implements AutoCloseable {

	final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	private LimitedContext(Map<String, Object> properties, Class<?>... components) {
		this.context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
		this.context.register(LimitConfiguration.class);
		if (components.length > 0) {
			this.context.register(components);
		}
	}

	static LimitedContext of(Class<?>... components) {
		return with(Map.of(), components);
	}

	static LimitedContext with(Map<String, Object> properties, Class<?>... components) {
		LimitedContext limited = prepare(properties, components);
		limited.context.refresh();
		return limited;
	}

	static LimitedContext prepare(Map<String, Object> properties, Class<?>... components) {
		return new LimitedContext(properties, components);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	TestDeclarations declarations() {
		return this.context.getBean(TestDeclarations.class);
	}

	ConcurrencyLimiter bulkhead(String name) {
		return declarations().registry.concurrencyLimiter(name);
	}

	RateLimiter rateLimit(String name) {
		return declarations().registry.rateLimiter(name);
	}

	/** P3: what was taken is back. */
	void assertQuiet() {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			for (ConcurrencyLimiter limiter : declarations().registry.concurrencyLimiters()) {
				assertThat(limiter.inUse()).as("in use of %s", limiter.name()).isZero();
				assertThat(limiter.waiting()).as("waiting for %s", limiter.name()).isZero();
				assertThat(limiter.available()).as("available of %s", limiter.name()).isEqualTo(limiter.max());
			}
		});
	}

	@Override
	public void close() {
		if (this.context.isActive()) {
			assertQuiet();
		}
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	static class LimitConfiguration {

		@Bean
		static LimitBeanPostProcessor limitBeanPostProcessor(ObjectProvider<LimiterDeclarations> declarations) {
			return new LimitBeanPostProcessor(declarations);
		}

		@Bean
		static LimitOrderPostProcessor limitOrderPostProcessor(ObjectProvider<LimitBeanPostProcessor> limits) {
			return new LimitOrderPostProcessor(limits);
		}

		@Bean
		static TestDeclarations limiterDeclarations() {
			return new TestDeclarations();
		}

	}

	/** Proxies all beans by their classes, as Spring Boot does by default. */
	@Configuration(proxyBeanMethods = false)
	static class ClassProxies {

		@Bean(AutoProxyUtils.DEFAULT_PROXY_CONFIG_BEAN_NAME)
		static org.springframework.aop.framework.ProxyConfig defaultProxyConfig() {
			org.springframework.aop.framework.ProxyConfig config = new org.springframework.aop.framework.ProxyConfig();
			config.setProxyTargetClass(true);
			return config;
		}

	}

}
