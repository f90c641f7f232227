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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.context.reactive.StandardReactiveWebEnvironment;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.SimpleThreadScope;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.web.context.support.StandardServletEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnusedSections}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnusedSectionsTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(PenstockAutoConfiguration.class,
			PenstockDataSourceAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class,
			PenstockRequestAutoConfiguration.class);

	private static final String[] DATA_SOURCES = { "penstock.data-sources.db.max=1",
			"penstock.data-sources.more.max=1" };

	private static final String[] REQUESTS = { "penstock.requests.api.paths=/a", "penstock.requests.api.rps=1" };

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void dataSourcesWithoutSpringJdbcFailAtTheStart(boolean lazy) {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.jdbc"))
			.withInitializer((context) -> {
				if (lazy) {
					context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
				}
			})
			.withPropertyValues(DATA_SOURCES)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("penstock.data-sources.db")
				.hasMessageContaining("spring-jdbc is not on the class path"));
	}

	@Test
	void switchedOffDataSourcesNeedNoSpringJdbc() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.jdbc"))
			.withPropertyValues(DATA_SOURCES)
			.withPropertyValues("penstock.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void switchedOffHttpClientsAreNotSpokenOf(CapturedOutput output) {
		this.contextRunner
			.withClassLoader(new FilteredClassLoader("org.springframework.boot.restclient",
					"org.springframework.boot.webclient"))
			.withPropertyValues("penstock.http-clients.c.hosts=localhost", "penstock.http-clients.c.max=1",
					"penstock.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("WARN");
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.restclient", "org.springframework.boot.webclient" })
	void oneOfBothKindsOfHttpClientsIsEnough(String missing, CapturedOutput output) {
		this.contextRunner.withClassLoader(new FilteredClassLoader(missing))
			.withPropertyValues("penstock.http-clients.c.hosts=localhost", "penstock.http-clients.c.max=1")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("limits nothing by itself");
	}

	@Test
	void requestsThatDoNotComeInAreSpokenOfEvenIfSwitchedOff(CapturedOutput output) {
		this.contextRunner.withPropertyValues(REQUESTS)
			.withPropertyValues("penstock.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("penstock.requests.api would limit nothing");
	}

	@Test
	void requestsAreSpokenOfWithoutAnyLibraryOfTheWeb(CapturedOutput output) {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.springframework.web"))
			.withPropertyValues(REQUESTS)
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("penstock.requests.api would limit nothing");
	}

	@Test
	void requestsOfWebApplicationsComeIn(CapturedOutput output) {
		run(new WebApplicationContextRunner());
		run(new ReactiveWebApplicationContextRunner());
		run(new ApplicationContextRunner().withInitializer(environment(new StandardServletEnvironment())));
		run(new ApplicationContextRunner().withInitializer(environment(new StandardReactiveWebEnvironment())));
		run(new ApplicationContextRunner()
			.withInitializer((context) -> context.getBeanFactory().registerScope("session", new SimpleThreadScope())));
		assertThat(output).doesNotContain("would limit nothing");
	}

	private static void run(AbstractApplicationContextRunner<?, ?, ?> runner) {
		runner.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class))
			.withPropertyValues(REQUESTS)
			.run((context) -> assertThat(context.getStartupFailure()).isNull());
	}

	private static ApplicationContextInitializer<ConfigurableApplicationContext> environment(
			ConfigurableEnvironment environment) {
		return (context) -> {
			context.getEnvironment().getPropertySources().forEach(environment.getPropertySources()::addLast);
			context.setEnvironment(environment);
		};
	}

}
