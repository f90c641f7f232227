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

package io.github.penstock.properties;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.PercentText;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

/**
 * Reads {@link PenstockProperties}. Boot's own binding takes {@code OrderService} for the
 * name in {@code penstock.bulkheads.OrderService.place.max}, and ignores what it cannot
 * bind; so the names are brought into a canonical form first.
 */
public final class PropertiesReader {

	private static final Log logger = LogFactory.getLog(PropertiesReader.class);

	private final ConfigurableEnvironment environment;

	private final List<UnknownPropertiesException.UnknownProperty> unknown = new ArrayList<>();

	private final Map<String, WrittenProperty> properties = new LinkedHashMap<>();

	private final Map<String, String> inexact = new TreeMap<>();

	/** The rank of the source of each list. */
	private final Map<String, Integer> lists = new LinkedHashMap<>();

	private PropertiesReader(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/**
	 * Read what there is below {@code penstock}.
	 * @param environment where it stands
	 * @return the properties
	 * @throws UnknownPropertiesException if there are keys that mean nothing
	 * @throws InvalidLimitDeclarationException if a name or a value makes no sense
	 */
	public static ConfiguredProperties read(ConfigurableEnvironment environment) {
		return new PropertiesReader(environment).read();
	}

	/**
	 * Find out whether a property is written for any name in a section, without reading
	 * its value.
	 * @param environment where it would stand
	 * @param section the section, such as {@code penstock.bulkheads}
	 * @param property the property
	 * @return the first name that has it, as it is written, {@code null} if none has
	 */
	public static @Nullable String findName(ConfigurableEnvironment environment, String section, String property) {
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String name : enumerable.getPropertyNames()) {
					String uniform = PropertyName.uniform(name);
					if (uniform.startsWith(PropertyName.uniform(section))
							&& uniform.endsWith(PropertyName.uniform(property))) {
						return name;
					}
				}
			}
		}
		return null;
	}

	private ConfiguredProperties read() {
		List<WrittenProperty> written = new ArrayList<>();
		for (WrittenProperty property : WrittenProperty.in(this.environment)) {
			if (isKnown(property)) {
				written.add(property);
			}
		}
		if (!this.unknown.isEmpty()) {
			throw new UnknownPropertiesException(this.unknown);
		}
		if (written.isEmpty()) {
			return new ConfiguredProperties(PenstockProperties.DEFAULT, Set.of(), Map.of());
		}
		Set<PropertyName.Known> exact = new LinkedHashSet<>();
		for (WrittenProperty property : written) {
			if (!property.fromVariable() && property.known().limiter() != null) {
				exact.add(property.known());
			}
		}
		for (WrittenProperty property : written) {
			add(property, exact);
		}
		Map<String, WrittenProperty> all = new TreeMap<>(this.properties);
		this.properties.keySet().removeAll(ExclusiveProperties.replaced(this.properties));
		PropertySourcesPlaceholdersResolver resolver = new PropertySourcesPlaceholdersResolver(this.environment);
		for (Map.Entry<String, WrittenProperty> entry : this.properties.entrySet()) {
			entry.setValue(resolve(entry.getValue(), resolver));
		}
		all.putAll(this.properties);
		return new ConfiguredProperties(bind(), new TreeSet<>(this.inexact.values()), all);
	}

	private boolean isKnown(WrittenProperty property) {
		if (property.name() instanceof PropertyName.Unknown nothing) {
			if (property.fromVariable() && !nothing.inSection()) {
				// It may belong to somebody else: Kubernetes makes PENSTOCK_SERVICE_HOST
				// for a service of that name.
				logger.warn("Environment variable " + property.place() + " is not a property of Penstock and ignored");
				return false;
			}
			this.unknown.add(UnknownPropertiesException.UnknownProperty.of(property.place(), nothing));
			return false;
		}
		return property.checkValue();
	}

	private void add(WrittenProperty property, Set<PropertyName.Known> exact) {
		PropertyName.Known known = property.known();
		String limiter = known.limiter();
		if (limiter == null || !property.fromVariable()) {
			put(known, property);
			return;
		}
		String uniform = PropertyName.uniform(limiter);
		List<String> names = exact.stream()
			.filter((other) -> other.section().equals(known.section()))
			.map((other) -> String.valueOf(other.limiter()))
			.filter((name) -> PropertyName.uniform(name).equals(uniform))
			.distinct()
			.toList();
		for (String name : names) {
			put(known.with(name, plan(known, name, exact)), property);
		}
		if (names.isEmpty()) {
			String name = this.inexact.computeIfAbsent(known.section() + "[" + uniform + "]",
					(key) -> known.section() + "[" + limiter + "]");
			put(known.with(name.substring(known.section().length() + 1, name.length() - 1), known.plan()), property);
		}
	}

	/** A variable means the plan that somebody else spells exactly, if there is one. */
	private static @Nullable String plan(PropertyName.Known known, String limiter, Set<PropertyName.Known> exact) {
		String plan = known.plan();
		if (plan == null) {
			return null;
		}
		return exact.stream()
			.filter((other) -> other.section().equals(known.section()) && limiter.equals(other.limiter()))
			.map(PropertyName.Known::plan)
			.filter((other) -> other != null && PropertyName.uniform(other).equals(PropertyName.uniform(plan)))
			.findFirst()
			.orElse(plan);
	}

	/** The stronger source wins: by a whole list, as in all of Spring Boot. */
	private void put(PropertyName.Known name, WrittenProperty property) {
		if (!name.isList()
				|| property.rank() == this.lists.computeIfAbsent(name.list().canonical(), (list) -> property.rank())) {
			this.properties.putIfAbsent(name.canonical(), property);
		}
	}

	private PenstockProperties bind() {
		Map<String, Object> values = new LinkedHashMap<>();
		for (Map.Entry<String, WrittenProperty> entry : this.properties.entrySet()) {
			checkValue(entry.getValue());
			values.put(entry.getKey(), entry.getValue().value());
		}
		try {
			return new WrittenSections(values).bind();
		}
		catch (BindException ex) {
			throw explain(ex);
		}
	}

	private static WrittenProperty resolve(WrittenProperty property, PlaceholdersResolver resolver) {
		checkName(property);
		WrittenProperty resolved = property.resolve(resolver);
		if (resolved.known().type() == Duration.class) {
			DurationRules.check(resolved.place(), resolved.known().property(), resolved.value().toString(),
					resolved.quoted());
		}
		return resolved;
	}

	private static void checkName(WrittenProperty property) {
		String limiter = property.known().limiter();
		if (limiter != null && !LimiterRegistry.isValidName(limiter)) {
			throw (LimiterDefaults.isPlans(property.known().section())) ? InvalidNames.ofPlan(property.place(), limiter)
					: InvalidNames.exception(property.place(), limiter);
		}
		String plan = property.known().plan();
		if (plan != null && !LimiterRegistry.isValidName(plan)) {
			throw InvalidNames.ofPlan(property.place(), plan);
		}
	}

	/** Conversions take more for a number than people do. */
	private static void checkValue(WrittenProperty property) {
		Class<?> type = property.known().type();
		String text = property.value().toString().trim();
		// What is left of a placeholder, or empty, is told of elsewhere.
		if (!text.isEmpty() && !text.contains("${") && !PlainValue.isOne(type, text)) {
			throw property.notA(type);
		}
		if (property.known().property().equals("enforce") && PercentText.read(text) == null) {
			throw property.notPercent();
		}
	}

	private RuntimeException explain(BindException failure) {
		for (Map.Entry<String, WrittenProperty> entry : this.properties.entrySet()) {
			if (ConfigurationPropertyName.of(entry.getKey()).equals(failure.getName())) {
				return entry.getValue().notA(entry.getValue().known().type());
			}
		}
		return new InvalidLimitDeclarationException(failure.getName().toString(), String.valueOf(failure.getMessage()),
				"Correct the value");
	}

}
