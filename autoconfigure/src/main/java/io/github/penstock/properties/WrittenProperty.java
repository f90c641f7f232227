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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.penstock.VisibleText;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.CompositePropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property below {@code penstock} as a property source has it.
 *
 * @param name what its name stands for
 * @param written its value as it was written
 * @param value its value, placeholders resolved if {@link #resolve} was called
 * @param place its name as it was written, and where
 * @param rank how many property sources are stronger than its own
 * @param kind the kind of its property source
 * @param fromVariable whether it is an environment variable
 */
record WrittenProperty(PropertyName name, Object written, Object value, String place, int rank,
		LimiterOrigin.Source kind, boolean fromVariable) {

	private static final Pattern ELEMENT = Pattern.compile("\\[([^\\]]*)\\]|[^.\\[\\]]+");

	/** All of them, the strongest first. */
	static List<WrittenProperty> in(ConfigurableEnvironment environment) {
		List<EnumerablePropertySource<?>> sources = new ArrayList<>();
		addSources(environment.getPropertySources(), sources);
		List<WrittenProperty> properties = new ArrayList<>();
		for (int rank = 0; rank < sources.size(); rank++) {
			for (String name : sources.get(rank).getPropertyNames()) {
				WrittenProperty property = new Reader(sources.get(rank), rank).read(name);
				if (property != null) {
					properties.add(property);
				}
			}
		}
		return properties;
	}

	private static void addSources(Iterable<PropertySource<?>> all, List<EnumerablePropertySource<?>> sources) {
		for (PropertySource<?> source : all) {
			if (source instanceof CompositePropertySource composite) {
				addSources(composite.getPropertySources(), sources);
			}
			else if (source instanceof EnumerablePropertySource<?> enumerable) {
				sources.add(enumerable);
			}
		}
	}

	PropertyName.Known known() {
		return (PropertyName.Known) this.name;
	}

	/** Whether there is anything to bind; an empty section is fine. */
	boolean checkValue() {
		boolean empty = isBlank();
		if (this.name instanceof PropertyName.Section section) {
			if (empty && !section.named()) {
				return false;
			}
			throw new InvalidLimitDeclarationException(this.place,
					(empty) ? "there is nothing in it"
							: "its value '" + this.value + "' is wrong: it is a section, which has properties below it",
					"Set a property below '" + section.name() + "', or remove it");
		}
		if (empty) {
			throw new InvalidLimitDeclarationException(this.place, "it has no value", "Give it one, or remove it");
		}
		return true;
	}

	private boolean isBlank() {
		return this.value.toString().isBlank();
	}

	/** With the value that its placeholders stand for. */
	WrittenProperty resolve(PlaceholdersResolver resolver) {
		Object resolved;
		try {
			resolved = Objects.requireNonNullElse(resolver.resolvePlaceholders(this.value), "");
		}
		catch (RuntimeException ex) {
			throw new InvalidLimitDeclarationException(this.place,
					"its placeholder cannot be resolved: " + ex.getMessage(), "Correct the placeholder");
		}
		WrittenProperty property = new WrittenProperty(this.name, this.written, resolved, this.place, this.rank,
				this.kind, this.fromVariable);
		if (property.isBlank()) {
			throw new InvalidLimitDeclarationException(this.place,
					"'" + VisibleText.of(this.written) + "' resolves to nothing",
					"Define what the placeholder names, give it a default as in ${name:default}, or remove it");
		}
		return property;
	}

	/** The value as it was written, in quotes, and what that stands for. */
	String quoted() {
		return "'" + VisibleText.of(this.written) + "'"
				+ (this.written.equals(this.value) ? "" : " (which is '" + VisibleText.of(this.value) + "')");
	}

	InvalidLimitDeclarationException notA(Class<?> type) {
		String expected = expected(type);
		return new InvalidLimitDeclarationException(this.place, quoted() + " is not " + expected,
				"Write " + expected + example(type));
	}

	InvalidLimitDeclarationException notPercent() {
		return new InvalidLimitDeclarationException(this.place, quoted() + " is not a whole number of percent",
				"Write a number from 0 to 100, such as 25%");
	}

	private static String expected(Class<?> type) {
		if (type.isEnum()) {
			return "one of " + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
		}
		if (type == Integer.class) {
			return "a whole number of at most " + Integer.MAX_VALUE;
		}
		if (type == Long.class) {
			return "a whole number of at most " + Long.MAX_VALUE;
		}
		if (type == BigDecimal.class) {
			return "a finite number";
		}
		return (type == Duration.class) ? "a duration" : "true or false";
	}

	private static String example(Class<?> type) {
		if (type == Duration.class) {
			return ", such as 30s, 500ms or PT2S";
		}
		return (Number.class.isAssignableFrom(type)) ? ", such as 10" : "";
	}

	/**
	 * Reads a property source.
	 *
	 * @param source the source
	 * @param rank how many are stronger
	 */
	private record Reader(EnumerablePropertySource<?> source, int rank) {

		@Nullable WrittenProperty read(String written) {
			String name = written;
			if (this.source instanceof PropertySourceInfo info && info.getPrefix() != null) {
				String prefix = info.getPrefix();
				if (!name.regionMatches(true, 0, prefix, 0, prefix.length())) {
					return null;
				}
				name = name.substring(prefix.length()).replaceFirst("^[._-]", "");
			}
			if (!name.regionMatches(true, 0, KnownProperties.PREFIX, 0, KnownProperties.PREFIX.length())) {
				return null;
			}
			String rest = name.substring(KnownProperties.PREFIX.length());
			if (rest.isEmpty() && name.equals(KnownProperties.PREFIX)) {
				return property(written, new PropertyName.Section(name, false), false);
			}
			if (rest.startsWith(".") || rest.startsWith("[")) {
				return property(written, KnownProperties.resolve(elements(rest)), false);
			}
			if (rest.startsWith("_") && this.source instanceof SystemEnvironmentPropertySource) {
				List<String> words = Arrays.asList(rest.substring(1).split("_"));
				return property(written, KnownProperties.resolveWords(words), true);
			}
			return null;
		}

		private @Nullable WrittenProperty property(String written, PropertyName name, boolean fromVariable) {
			Object value = this.source.getProperty(written);
			if (value == null) {
				return null;
			}
			Object text = (value instanceof CharSequence) ? value.toString() : value;
			Origin origin = OriginLookup.getOrigin(this.source, written);
			String place = VisibleText.of(written) + " ("
					+ VisibleText.of((origin != null) ? origin : this.source.getName()) + ")";
			return new WrittenProperty(name, text, text, place, this.rank, SourceKinds.of(this.source, origin),
					fromVariable);
		}

		private static List<String> elements(String name) {
			List<String> elements = new ArrayList<>();
			Matcher matcher = ELEMENT.matcher(name);
			while (matcher.find()) {
				elements.add((matcher.group(1) != null) ? matcher.group(1) : matcher.group());
			}
			return elements;
		}

	}

}
