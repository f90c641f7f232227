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

import io.github.penstock.web.RefusalFilter;
import io.github.penstock.web.RefusalHandlerExceptionResolver;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configuration for refusals as HTTP responses in Spring MVC.
 */
@AutoConfiguration
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = { "penstock.enabled", "penstock.web.enabled" }, matchIfMissing = true)
public final class PenstockWebMvcAutoConfiguration {

	private PenstockWebMvcAutoConfiguration() {
	}

	@Bean
	static RefusalHandlerExceptionResolver penstockRefusalHandlerExceptionResolver() {
		return new RefusalHandlerExceptionResolver();
	}

	@Bean
	static FilterRegistrationBean<RefusalFilter> penstockRefusalFilter() {
		return new OutermostFilterRegistrationBean(new RefusalFilter());
	}

	/** Outside of all others, so that a filter that handles exceptions has them first. */
	private static final class OutermostFilterRegistrationBean extends FilterRegistrationBean<RefusalFilter>
			implements PriorityOrdered {

		OutermostFilterRegistrationBean(RefusalFilter filter) {
			super(filter);
			setOrder(Ordered.HIGHEST_PRECEDENCE);
		}

	}

}
