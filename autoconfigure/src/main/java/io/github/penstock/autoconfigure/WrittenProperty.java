package io.github.penstock.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.penstock.VisibleText;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property below {@code penstock} as a property source has it.
 *
 * @param name what its name stands for
 * @param value its value, placeholders unresolved
 * @param place its name as it was written, and where
 * @param source the name of its property source
 * @param fromVariable whether it is an environment variable
 */
record WrittenProperty(PropertyName name, Object value, String place, String source, boolean fromVariable) {

	private static final Pattern ELEMENT = Pattern.compile("\\[([^\\]]*)\\]|[^.\\[\\]]+");

	/** All of them, the strongest first. */
	static List<WrittenProperty> in(ConfigurableEnvironment environment) {
		List<WrittenProperty> properties = new ArrayList<>();
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable) {
				for (String name : enumerable.getPropertyNames()) {
					WrittenProperty property = of(enumerable, name);
					if (property != null) {
						properties.add(property);
					}
				}
			}
		}
		return properties;
	}

	private static @Nullable WrittenProperty of(EnumerablePropertySource<?> source, String written) {
		String name = written;
		if (source instanceof PropertySourceInfo info && info.getPrefix() != null) {
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
			return of(source, written, new PropertyName.Section(name), false);
		}
		if (rest.startsWith(".") || rest.startsWith("[")) {
			return of(source, written, KnownProperties.resolve(elements(rest)), false);
		}
		if (rest.startsWith("_") && source instanceof SystemEnvironmentPropertySource) {
			return of(source, written, KnownProperties.resolveWords(Arrays.asList(rest.substring(1).split("_"))), true);
		}
		return null;
	}

	private static @Nullable WrittenProperty of(EnumerablePropertySource<?> source, String written, PropertyName name,
			boolean fromVariable) {
		Object value = source.getProperty(written);
		Origin origin = OriginLookup.getOrigin(source, written);
		String place = VisibleText.of(written) + " (" + VisibleText.of((origin != null) ? origin : source.getName())
				+ ")";
		return (value != null) ? new WrittenProperty(name, value, place, source.getName(), fromVariable) : null;
	}

	private static List<String> elements(String name) {
		List<String> elements = new ArrayList<>();
		Matcher matcher = ELEMENT.matcher(name);
		while (matcher.find()) {
			elements.add((matcher.group(1) != null) ? matcher.group(1) : matcher.group());
		}
		return elements;
	}

	PropertyName.Known known() {
		return (PropertyName.Known) this.name;
	}

	/** Whether there is anything to bind; an empty section is fine. */
	boolean checkValue() {
		boolean empty = this.value.toString().isBlank();
		if (this.name instanceof PropertyName.Section section) {
			if (empty) {
				return false;
			}
			throw new InvalidLimitDeclarationException(this.place, "it has a value, but is not a property",
					"Set a property below '" + section.name() + "'");
		}
		if (empty) {
			throw new InvalidLimitDeclarationException(this.place, "it has no value", "Give it one, or remove it");
		}
		return true;
	}

	InvalidLimitDeclarationException notA(Class<?> type) {
		String expected = expected(type);
		return new InvalidLimitDeclarationException(this.place,
				"'" + VisibleText.of(this.value) + "' is not " + expected, "Write " + expected + example(type));
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

}
