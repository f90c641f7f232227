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

import io.github.penstock.web.RefusalWebExceptionHandler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.DispatcherHandler;

/**
 * Auto-configuration for refusals as HTTP responses in WebFlux. Before Spring Boot's own,
 * because among handlers of one order the one that is defined first comes first.
 */
@AutoConfiguration(beforeName = "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration")
@ConditionalOnClass({ DispatcherHandler.class, ErrorWebExceptionHandler.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBooleanProperty(name = { "penstock.enabled", "penstock.web.enabled" }, matchIfMissing = true)
public final class PenstockWebFluxAutoConfiguration {

	private PenstockWebFluxAutoConfiguration() {
	}

	/** The order of Spring Boot's handler, which takes every exception. */
	private static final int BEFORE_SPRING_BOOT = -1;

	@Bean
	@ConditionalOnMissingBean(ErrorWebExceptionHandler.class)
	static RefusalWebExceptionHandler penstockRefusalWebExceptionHandler() {
		return new RefusalWebExceptionHandler(BEFORE_SPRING_BOOT);
	}

	/**
	 * The application has a handler in place of Spring Boot's, in whatever order.
	 * @return a handler for what the application's own lets pass
	 */
	@Bean
	@ConditionalOnBean(ErrorWebExceptionHandler.class)
	static RefusalWebExceptionHandler penstockLastRefusalWebExceptionHandler() {
		return new RefusalWebExceptionHandler(Ordered.LOWEST_PRECEDENCE);
	}

}
