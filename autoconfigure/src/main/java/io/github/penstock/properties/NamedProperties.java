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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * The properties of the limiters of one kind by name. An environment variable cannot
 * spell a name exactly: what only such variables name is found by any name that is equal
 * but for case, dots, dashes and underscores. Immutable.
 *
 * @param <P> the type of the properties
 */
public final class NamedProperties<P> {

	private static final String PLANS = "plans";

	private final String section;

	private final Map<String, P> values;

	private final Set<String> inexact;

	private final Map<String, WrittenProperty> written;

	/**
	 * Create the properties.
	 * @param section the section, such as {@code penstock.bulkheads}
	 * @param values the properties
	 * @param inexact the names that only environment variables have
	 * @param written how each property was written, by its canonical name
	 */
	NamedProperties(String section, Map<String, P> values, Set<String> inexact, Map<String, WrittenProperty> written) {
		this.section = section;
		this.values = values;
		this.inexact = inexact;
		this.written = written;
	}

	String section() {
		return this.section;
	}

	/**
	 * Return the properties.
	 * @return the properties, by the names that they have here
	 */
	public Map<String, P> values() {
		return this.values;
	}

	Set<String> inexact() {
		return this.inexact;
	}

	/**
	 * Add the limiters that another section defines by numbers of its own.
	 * @param other the section
	 * @param own gives the numbers of an entry, {@code null} if it has none
	 * @param <Q> the type of the other section's properties
	 * @return all of them, each with the place where it stands
	 */
	<Q> NamedProperties<P> with(NamedProperties<Q> other, Function<Q, @Nullable P> own) {
		Map<String, P> values = new TreeMap<>(this.values);
		Set<String> inexact = new TreeSet<>(this.inexact);
		Map<String, WrittenProperty> written = new TreeMap<>(this.written);
		other.values.forEach((name, properties) -> {
			P limiter = own.apply(properties);
			if (limiter == null) {
				return;
			}
			if (values.putIfAbsent(name, limiter) != null) {
				throw new InvalidLimitDeclarationException(this.section + "." + name + " and " + other.entry(name),
						"they define the same limiter", "Keep its numbers in one of them");
			}
			if (other.inexact.contains(name)) {
				inexact.add(name);
			}
			String prefix = other.section + "[" + name + "]";
			other.written.forEach((property, place) -> {
				if (property.startsWith(prefix)) {
					written.put(this.section + property.substring(other.section.length()), place);
				}
			});
		});
		return new NamedProperties<>(this.section, values, inexact, written);
	}

	/**
	 * Return the whole name of an entry.
	 * @param name the entry's own name
	 * @return the name, as people write it
	 */
	public String entry(String name) {
		return this.section + "." + name;
	}

	/**
	 * Return the name that the properties of a limiter have here.
	 * @param limiter the name of the limiter
	 * @return the name, {@code null} if it has no properties
	 */
	public @Nullable String key(String limiter) {
		if (this.values.containsKey(limiter)) {
			return limiter;
		}
		String uniform = PropertyName.uniform(limiter);
		for (String name : this.inexact) {
			if (PropertyName.uniform(name).equals(uniform)) {
				return name;
			}
		}
		return null;
	}

	/**
	 * Find the properties of a limiter.
	 * @param limiter the name of the limiter
	 * @return its properties, {@code null} if it has none
	 */
	public @Nullable P find(String limiter) {
		String key = key(limiter);
		return (key != null) ? this.values.get(key) : null;
	}

	/** Where a property of a limiter stands, or would have to stand. */
	String place(String limiter, String property) {
		WrittenProperty written = written(limiter, property);
		return (written != null) ? written.place() : this.section + "." + limiter + "." + readable(property);
	}

	/** A canonical name, as people write it. */
	static String readable(String canonical) {
		return canonical.replace('[', '.').replace("]", "");
	}

	/** How a property of a limiter was written, {@code null} if it was not. */
	@Nullable WrittenProperty written(String limiter, String property) {
		String canonical = this.section + "[" + key(limiter) + "]." + property;
		return whole(canonical);
	}

	/** How any property was written, {@code null} if it was not. */
	@Nullable WrittenProperty whole(String canonical) {
		return (canonical.endsWith("." + PLANS)) ? strongestBelow(canonical + "[") : this.written.get(canonical);
	}

	private @Nullable WrittenProperty strongestBelow(String prefix) {
		return this.written.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(prefix))
			.map(Map.Entry::getValue)
			.min(Comparator.comparingInt(WrittenProperty::rank))
			.orElse(null);
	}

	/**
	 * Where an entry says something else than another configuration does, and where that
	 * does.
	 */
	String differences(String limiter, NamedProperties<P> other) {
		String prefix = this.section + "[" + limiter + "].";
		List<String> places = new ArrayList<>();
		this.written.forEach((canonical, here) -> {
			WrittenProperty there = other.written.get(canonical);
			if (canonical.startsWith(prefix) && (there == null || !here.value().equals(there.value()))) {
				places.add(here.place() + ((there != null) ? " and " + there.place() : ""));
			}
		});
		return (places.isEmpty()) ? entry(limiter) : String.join(" and ", places);
	}

	/** The lines to add, for people to copy. */
	String yaml(String limiter, String values) {
		String[] section = this.section.split("\\.");
		return "\n\n" + section[0] + ":\n  " + section[1] + ":\n    " + limiter + ":\n      " + values + "\n\n";
	}

	Set<String> exactNames() {
		Set<String> names = new TreeSet<>(this.values.keySet());
		names.removeAll(this.inexact);
		return names;
	}

}
