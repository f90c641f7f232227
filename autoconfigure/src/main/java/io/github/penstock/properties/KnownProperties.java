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

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.penstock.naming.NearestName;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.core.ResolvableType;

/**
 * Finds out what a name below {@code penstock} stands for, by the records that it would
 * be bound to. The name of a limiter may have any number of elements: the last element is
 * the property, what is before it is the name.
 */
final class KnownProperties {

	static final String PREFIX = "penstock";

	private final List<String> elements;

	private final boolean words;

	private KnownProperties(List<String> elements, boolean words) {
		this.elements = elements;
		this.words = words;
	}

	/** By the elements after {@code penstock}. */
	static PropertyName resolve(List<String> elements) {
		PropertyName name = new KnownProperties(elements, false).resolve(PenstockProperties.class, PREFIX, 0);
		if (name instanceof PropertyName.Known) {
			String foreign = ForeignKeys.explainName(elements);
			return (foreign != null) ? new PropertyName.Unknown(List.of(), null, true).withForeign(foreign) : name;
		}
		return explained(name, elements, false);
	}

	/** By the words of an environment variable, which do not tell a dash from a dot. */
	static PropertyName resolveWords(List<String> words) {
		return explained(new KnownProperties(words, true).resolve(PenstockProperties.class, PREFIX, 0), words, true);
	}

	private static PropertyName explained(PropertyName name, List<String> elements, boolean words) {
		return (name instanceof PropertyName.Unknown unknown)
				? unknown.withForeign(ForeignKeys.explain(elements, words)) : name;
	}

	private PropertyName resolve(Class<?> type, String path, int from) {
		int longest = (this.words) ? this.elements.size() : Math.min(from + 1, this.elements.size());
		PropertyName unknown = null;
		for (int to = from + 1; to <= longest; to++) {
			RecordComponent component = component(type, from, to);
			PropertyName name = (component != null) ? resolve(component, path, to) : null;
			if (name != null && !(name instanceof PropertyName.Unknown)) {
				return name;
			}
			// MAX_WAITING begins with the name of another property.
			unknown = (unknown != null) ? unknown : name;
		}
		return (unknown != null) ? unknown : unknown(type, path, from);
	}

	private PropertyName resolve(RecordComponent component, String path, int to) {
		String child = path + "." + dashed(component);
		boolean last = to == this.elements.size();
		if (component.getType().isRecord()) {
			return (last) ? new PropertyName.Section(child, false) : resolve(component.getType(), child, to);
		}
		if (component.getType() == Map.class) {
			Class<?> type = ResolvableType.forType(component.getGenericType()).getGeneric(1).toClass();
			return (last) ? new PropertyName.Section(child, false) : resolveNamed(type, child, to);
		}
		return (last) ? new PropertyName.Known(path, null, dashed(component), component.getType())
				: new PropertyName.Unknown(List.of(), child, true);
	}

	private PropertyName resolveNamed(Class<?> type, String path, int from) {
		int last = this.elements.size() - 1;
		if (last == from) {
			return new PropertyName.Section(path + "." + this.elements.get(from), true);
		}
		PropertyName inner = resolveInner(type, path, from, last);
		if (inner != null) {
			return inner;
		}
		boolean index = last - 1 > from && isIndex(this.elements.get(last));
		PropertyName known = resolveNamed(type, path, from, last, "");
		if (known == null && index) {
			known = resolveNamed(type, path, from, last - 1, "[" + this.elements.get(last) + "]");
		}
		return (known != null) ? known : unknownNamed(type, path, from, (index) ? last - 1 : last);
	}

	/**
	 * By a property of a section within that of a limiter: its plans, whose names may
	 * have any number of elements as well.
	 */
	private @Nullable PropertyName resolveInner(Class<?> type, String path, int from, int last) {
		for (int at = last; at > from; at--) {
			RecordComponent section = component(type, at, at + 1);
			if (section != null && section.getType() == Map.class) {
				return resolveInner(type, section, path, from, at);
			}
		}
		return null;
	}

	private @Nullable PropertyName resolveInner(Class<?> type, RecordComponent section, String path, int from, int at) {
		int last = this.elements.size() - 1;
		String limiter = name(from, at);
		String inner = path + "." + limiter + "." + dashed(section);
		if (at == last) {
			return new PropertyName.Section(inner, false);
		}
		if (at == last - 1) {
			// A limiter may be called after a method 'plans'.
			return (component(type, last, last + 1) != null) ? null
					: new PropertyName.Section(inner + "." + name(last, last + 1), true);
		}
		Class<?> innerType = ResolvableType.forType(section.getGenericType()).getGeneric(1).toClass();
		RecordComponent component = component(innerType, last, last + 1);
		if (component != null) {
			return new PropertyName.Known(path, limiter, name(at + 1, last), dashed(component), component.getType());
		}
		if (this.words && resolveNamed(type, path, from, last, "") != null) {
			return null;
		}
		return new PropertyName.Unknown(names(innerType), suggestion(innerType, last, last + 1), true);
	}

	/** A name that may have any number of elements. */
	private String name(int from, int to) {
		String name = String.join(".", this.elements.subList(from, to));
		return (this.words) ? name.toLowerCase(Locale.ROOT) : name;
	}

	private PropertyName unknownNamed(Class<?> type, String path, int from, int last) {
		PropertyName.Known one = resolveNamed(type, path, from, last, "");
		if (one != null) {
			return new PropertyName.Unknown(List.of(), one.path(), true);
		}
		int at = last;
		if (this.words) {
			int fewest = Integer.MAX_VALUE;
			for (int first = last; first > from; first--) {
				int edits = NearestName.edits(String.join("-", this.elements.subList(first, last + 1)), names(type));
				if (edits < fewest) {
					fewest = edits;
					at = first;
				}
			}
		}
		String suggestion = suggestion(type, at, last + 1);
		String name = String.join((this.words) ? "_" : ".", this.elements.subList(from, this.elements.size()));
		return new PropertyName.Unknown(names(type), suggestion, (suggestion != null) ? null : name, true);
	}

	/** By a property that ends with the given element, and an index if it is a list. */
	private PropertyName.@Nullable Known resolveNamed(Class<?> type, String path, int from, int last, String index) {
		for (int property = (this.words) ? from + 1 : Math.max(last, from + 1); property <= last; property++) {
			RecordComponent component = component(type, property, last + 1);
			if (component != null && (index.isEmpty() || component.getType() == List.class)) {
				return new PropertyName.Known(path, name(from, property), dashed(component) + index,
						component.getType());
			}
		}
		return null;
	}

	private static boolean isIndex(String element) {
		return element.length() < 6 && element.chars().allMatch((c) -> c >= '0' && c <= '9');
	}

	private PropertyName unknown(Class<?> type, String path, int at) {
		return new PropertyName.Unknown(names(type), suggestion(type, at, at + 1), !path.equals(PREFIX));
	}

	/** The property that there would be with the nearest name there, and further ones. */
	private @Nullable String suggestion(Class<?> type, int from, int to) {
		String written = String.join("-", this.elements.subList(from, to));
		String nearest = NearestName.of(written, names(type));
		if (nearest == null || PropertyName.uniform(nearest).equals(PropertyName.uniform(written))) {
			return null;
		}
		List<String> corrected = new ArrayList<>(this.elements.subList(0, from));
		corrected.add(nearest);
		corrected.addAll(this.elements.subList(to, this.elements.size()));
		PropertyName meant = new KnownProperties(corrected, this.words).resolve(PenstockProperties.class, PREFIX, 0);
		if (meant instanceof PropertyName.Unknown unknown) {
			return unknown.suggestion();
		}
		return (meant instanceof PropertyName.Known known) ? known.path() : null;
	}

	private static List<String> names(Class<?> type) {
		return Arrays.stream(type.getRecordComponents()).map(KnownProperties::dashed).toList();
	}

	private @Nullable RecordComponent component(Class<?> type, int from, int to) {
		String wanted = PropertyName.uniform(String.join("-", this.elements.subList(from, to)));
		for (RecordComponent component : type.getRecordComponents()) {
			if (PropertyName.uniform(component.getName()).equals(wanted)) {
				return component;
			}
		}
		return null;
	}

	private static String dashed(RecordComponent component) {
		return dashed(component.getName());
	}

	/** Whether there is such an element directly below {@code penstock}. */
	static boolean isProperty(String element) {
		return new KnownProperties(List.of(element), false).component(PenstockProperties.class, 0, 1) != null;
	}

	/** A name in Java, as it is written in the configuration. */
	static String dashed(String name) {
		return DataObjectPropertyName.toDashedForm(name);
	}

}
