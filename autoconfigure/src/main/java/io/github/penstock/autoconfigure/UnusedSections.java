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

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.NamedProperties;
import io.github.penstock.properties.PenstockProperties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * Tells of sections of the configuration for which this application has nothing that they
 * could limit.
 */
final class UnusedSections {

	private static final Log logger = LogFactory.getLog(UnusedSections.class);

	static final String SPRING_JDBC = "org.springframework.jdbc.datasource.DelegatingDataSource";

	private static final List<String> CLIENTS = List.of(OnHttpClients.REST_CLIENT, OnHttpClients.WEB_CLIENT);

	/** By these contexts and environments, Spring Boot knows a web application. */
	private static final List<String> WEB = List.of("org.springframework.web.context.WebApplicationContext",
			"org.springframework.web.context.ConfigurableWebEnvironment",
			"org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext",
			"org.springframework.boot.web.context.reactive.ConfigurableReactiveWebEnvironment");

	private final ConfiguredProperties properties;

	private final ConfigurableApplicationContext context;

	UnusedSections(ConfiguredProperties properties, ConfigurableApplicationContext context) {
		this.properties = properties;
		this.context = context;
	}

	static Stream<String> lookedFor() {
		return Stream.of(List.of(SPRING_JDBC), CLIENTS, WEB).flatMap(List::stream);
	}

	/**
	 * Log what limits nothing.
	 * @throws InvalidLimitDeclarationException if data sources would have no limits
	 */
	void report() {
		if (this.properties.values().enabled()) {
			checkDataSources(this.properties.dataSources());
			warnOfHttpClients(this.properties.httpClients());
		}
		warnOfRequests(this.properties.requests());
	}

	private void checkDataSources(NamedProperties<PenstockProperties.DataSource> dataSources) {
		if (!dataSources.values().isEmpty() && !isPresent(SPRING_JDBC)) {
			throw new InvalidLimitDeclarationException(
					dataSources.entry(dataSources.values().keySet().iterator().next()),
					"spring-jdbc is not on the class path, so that nothing would be limited",
					"Add org.springframework.boot:spring-boot-starter-jdbc, or remove the property");
		}
	}

	private void warnOfHttpClients(NamedProperties<PenstockProperties.HttpClient> clients) {
		if (!clients.values().isEmpty() && CLIENTS.stream().noneMatch(this::isPresent)) {
			logger.warn("penstock.http-clients limits nothing by itself, for neither spring-boot-restclient nor"
					+ " spring-boot-webclient is on the class path: add one of them, or put an"
					+ " HttpLimitInterceptor or an HttpLimitFilter into a client by hand (" + entries(clients) + ")");
		}
	}

	/** As in a test of a part of an application. */
	private void warnOfRequests(NamedProperties<PenstockProperties.Request> requests) {
		if (!requests.values().isEmpty() && !isWebApplication()) {
			logger.warn(entries(requests) + " would limit nothing: this is no web application");
		}
	}

	private static String entries(NamedProperties<?> section) {
		return section.values().keySet().stream().map(section::entry).collect(Collectors.joining(", "));
	}

	private boolean isWebApplication() {
		return this.context.getBeanFactory().getRegisteredScope("session") != null
				|| WEB.stream().filter(this::isPresent).anyMatch(this::isOf);
	}

	private boolean isOf(String type) {
		Class<?> resolved = ClassUtils.resolveClassName(type, this.context.getClassLoader());
		return resolved.isInstance(this.context) || resolved.isInstance(this.context.getEnvironment());
	}

	private boolean isPresent(String type) {
		return ClassUtils.isPresent(type, this.context.getClassLoader());
	}

}
