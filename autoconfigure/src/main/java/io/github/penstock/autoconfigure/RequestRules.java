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

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.properties.RequestSection;
import io.github.penstock.requests.RequestKey;
import io.github.penstock.requests.RequestLimits;
import io.github.penstock.requests.RequestRule;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoint;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Makes the rules of {@code penstock.requests}, when all that is said of their limiters
 * is known, and before the application takes requests.
 */
final class RequestRules implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(RequestRules.class);

	private static final boolean ACTUATOR_PRESENT = ClassUtils.isPresent(
			"org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints", RequestRules.class.getClassLoader());

	private final ConfiguredProperties properties;

	private final ConfiguredLimiters limiters;

	private final ListableBeanFactory beans;

	private final Environment environment;

	private final Supplier<PathPatternParser> parser;

	private final BooleanSupplier authenticates;

	private final RequestLimits limits = RequestLimits.lazy(this::make);

	/**
	 * Create the rules of an application.
	 * @param parser parses paths as the handlers' paths are
	 * @param authenticates whether there is anything that finds out who calls
	 */
	RequestRules(ConfiguredProperties properties, ConfiguredLimiters limiters, ListableBeanFactory beans,
			Environment environment, Supplier<PathPatternParser> parser, BooleanSupplier authenticates) {
		this.properties = properties;
		this.limiters = limiters;
		this.beans = beans;
		this.environment = environment;
		this.parser = parser;
		this.authenticates = authenticates;
	}

	RequestLimits limits() {
		return this.limits;
	}

	/** Whether a rule has to know who calls. */
	boolean needPrincipal() {
		return this.properties.values().enabled() && RequestSection.mentionsPrincipal(this.properties.requests());
	}

	private List<RequestRule> make() {
		if (!this.properties.values().enabled()) {
			return List.of();
		}
		boolean keysShown = this.properties.values().keys().show() == PenstockProperties.Keys.Show.CLEAR;
		return RequestSection.make(this.properties.requests(), this.limiters,
				new RequestSection.Web(this.parser.get(), unlimited(), this::key, keysShown));
	}

	/** The paths of the actuator, where it has a port of its own as well. */
	private List<String> unlimited() {
		List<String> paths = new ArrayList<>();
		if (ACTUATOR_PRESENT) {
			paths.addAll(Actuator.paths(this.beans));
		}
		String base = this.environment.getProperty("management.server.base-path", "");
		return base.isEmpty() ? paths : paths.stream().flatMap((path) -> List.of(path, base + path).stream()).toList();
	}

	private RequestKey key(String name) {
		String[] known = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, RequestKey.class);
		if (this.beans.containsBean(name) && this.beans.getBean(name) instanceof RequestKey key) {
			return key;
		}
		throw new IllegalArgumentException((this.beans.containsBean(name) ? "bean '" + name + "' is no RequestKey"
				: "there is no bean '" + name + "'") + " (RequestKey beans: "
				+ ((known.length > 0) ? String.join(", ", known) : "none") + ")");
	}

	@Override
	public void afterSingletonsInstantiated() {
		List<RequestRule> rules = this.limits.rules();
		for (RequestRule rule : rules) {
			checkPrincipal(rule);
			rules.stream()
				.filter((other) -> other.makesUnreachable(rule))
				.findFirst()
				.ifPresent((other) -> warnOfUnreachable(rule, other));
		}
	}

	private void checkPrincipal(RequestRule rule) {
		if (!rule.needsPrincipal() || this.authenticates.getAsBoolean()) {
			return;
		}
		String place = this.properties.requests().entry(rule.name());
		if (rule.isPrincipalAlone()) {
			throw new InvalidLimitDeclarationException(place,
					"its key is the principal, and there is no Spring Security filter chain in this application"
							+ " that finds out who calls",
					"Add one, name another source such as ip or header:X-Api-Key, or write a RequestKey bean and name"
							+ " it as '@bean'");
		}
		logger.warn(place + " has the principal among the sources of its key, and there is no Spring Security filter"
				+ " chain in this application that finds out who calls: the other sources count alone");
	}

	private void warnOfUnreachable(RequestRule rule, RequestRule other) {
		logger.warn(this.properties.requests().entry(rule.name()) + " never refuses anything: "
				+ this.properties.requests().entry(other.name())
				+ " limits all of its requests at least as much. Remove one of them, or correct its paths or numbers");
	}

	/** Where the endpoints are. Loaded only where there are some. */
	private static final class Actuator {

		static List<String> paths(ListableBeanFactory beans) {
			PathMappedEndpoints endpoints = beans.getBeanProvider(PathMappedEndpoints.class).getIfAvailable();
			if (endpoints == null) {
				return List.of();
			}
			String base = endpoints.getBasePath();
			boolean below = base != null && !base.isEmpty() && !base.equals("/");
			List<String> paths = new ArrayList<>();
			if (below) {
				paths.add(base);
			}
			for (PathMappedEndpoint endpoint : endpoints) {
				if (!below) {
					paths.add(endpoint.getRootPath());
				}
				paths.addAll(endpoint.getAdditionalPaths(WebServerNamespace.SERVER));
			}
			return paths.stream().map((path) -> path.startsWith("/") ? path : "/" + path).toList();
		}

	}

}
