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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;

import static org.assertj.core.api.Assertions.assertThat;

class PenstockWebMvcAutoConfigurationTests {

	private final AutoConfigurations configurations = AutoConfigurations.of(PenstockWebMvcAutoConfiguration.class);

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(this.configurations);

	@Test
	void beansWhenServletApplicationAreThere() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(RefusalHandlerExceptionResolver.class);
			assertThat(context.getBean(FilterRegistrationBean.class).getFilter()).isInstanceOf(RefusalFilter.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.enabled=false", "penstock.web.enabled=false" })
	void beansWhenSwitchedOffAreNotThere(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalHandlerExceptionResolver.class)
				.doesNotHaveBean(FilterRegistrationBean.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web.servlet", "org.springframework.web", "jakarta.servlet" })
	void beansWhenLibraryIsMissingAreNotThere(String missing) {
		new ApplicationContextRunner().withConfiguration(this.configurations)
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FilterRegistrationBean.class));
	}

	@Test
	void beansWhenServletApplicationWithoutSpringMvcAreNotThere() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.web.servlet"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(FilterRegistrationBean.class));
	}

	@Test
	void beansWhenNoServletApplicationAreNotThere() {
		new ApplicationContextRunner().withConfiguration(this.configurations)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalHandlerExceptionResolver.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(this.configurations)
			.run((context) -> assertThat(context).doesNotHaveBean(RefusalHandlerExceptionResolver.class));
	}

	@Test
	void beansWhenWebFluxIsMissingAreThere() {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("org.springframework.web.reactive", "reactor", "io.netty"))
			.run((context) -> assertThat(context).hasSingleBean(RefusalHandlerExceptionResolver.class));
	}

}
