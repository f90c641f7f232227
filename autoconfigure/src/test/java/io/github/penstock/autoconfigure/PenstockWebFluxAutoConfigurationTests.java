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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.core.Ordered;

import static org.assertj.core.api.Assertions.assertThat;

class PenstockWebFluxAutoConfigurationTests {

	private final AutoConfigurations configurations = AutoConfigurations.of(PenstockWebFluxAutoConfiguration.class);

	private final ReactiveWebApplicationContextRunner contextRunner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(this.configurations);

	@Test
	void handlerWhenReactiveApplicationComesBeforeSpringBoots() {
		this.contextRunner
			.run((context) -> assertThat(context.getBean(RefusalWebExceptionHandler.class).getOrder()).isEqualTo(-1));
	}

	@Test
	void handlerWhenApplicationHasItsOwnComesLast() {
		this.contextRunner.withBean(ErrorWebExceptionHandler.class, () -> (exchange, ex) -> Mono.error(ex))
			.run((context) -> assertThat(context.getBean(RefusalWebExceptionHandler.class).getOrder())
				.isEqualTo(Ordered.LOWEST_PRECEDENCE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.enabled=false", "penstock.web.enabled=false" })
	void handlerWhenSwitchedOffIsNotThere(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalWebExceptionHandler.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.reactive", "org.springframework.boot.webflux",
			"org.springframework.web", "reactor" })
	void handlerWhenLibraryIsMissingIsNotThere(String missing) {
		new ApplicationContextRunner().withConfiguration(this.configurations)
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("penstockRefusalWebExceptionHandler"));
	}

	@Test
	void handlerWhenNoReactiveApplicationIsNotThere() {
		new ApplicationContextRunner().withConfiguration(this.configurations)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalWebExceptionHandler.class));
		new WebApplicationContextRunner().withConfiguration(this.configurations)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalWebExceptionHandler.class));
	}

	@Test
	void handlerWhenServletsAreMissingIsThere() {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("jakarta.servlet", "org.springframework.web.servlet"))
			.run((context) -> assertThat(context).hasSingleBean(RefusalWebExceptionHandler.class));
	}

}
