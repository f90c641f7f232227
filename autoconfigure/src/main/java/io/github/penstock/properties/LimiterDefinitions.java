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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.naming.NearestName;
import org.jspecify.annotations.Nullable;

/**
 * The definitions of the limiters of one kind: makes them out of what the configuration
 * and any number of places say, at the moment when each one is needed. Thread-safe.
 *
 * @param <P> the properties of a limiter
 * @param <D> what a place says of a limiter
 * @param <S> the spec
 * @param <L> the limiter
 */
abstract class LimiterDefinitions<P, D extends Declared, S, L> {

	private final String kind;

	private final SerialTasks tasks;

	/** Whether a limiter is that of a parent context, which this knows nothing of. */
	private final Predicate<String> inherited;

	private NamedProperties<P> properties;

	private PenstockProperties values;

	private final Map<String, List<D>> declared = new TreeMap<>();

	private final Set<String> defined = new TreeSet<>();

	private final Map<String, Entry<S>> made = new TreeMap<>();

	/** What is configured for annotations that this context does not have. */
	private final Set<String> alone = new TreeSet<>();

	/** The limiters whose timeout the configuration says. */
	private final Set<String> timeouts = ConcurrentHashMap.newKeySet();

	LimiterDefinitions(String kind, ConfiguredProperties properties, SerialTasks tasks, Predicate<String> inherited) {
		this.kind = kind;
		this.tasks = tasks;
		this.inherited = inherited;
		this.properties = section(properties);
		this.values = properties.values();
	}

	abstract NamedProperties<P> section(ConfiguredProperties properties);

	/** What the configuration says of all limiters of this kind. */
	abstract D defaults(PenstockProperties values);

	/** Merge the values; {@code null} if one is missing that must be given. */
	abstract @Nullable S merge(String name, @Nullable P configured, PenstockProperties values, Merge<D> merge);

	/** Tell which one, when a merge came to nothing. */
	abstract Missing missing(Merge<D> merge);

	abstract @Nullable L find(LimiterRegistry registry, String name);

	abstract void define(LimiterRegistry registry, String name, Supplier<S> spec);

	abstract void configure(L limiter, S spec);

	/** What code has said that registered a limiter. */
	abstract D fromCode(L limiter, String where);

	/** The values by property, as people write them. */
	abstract Map<String, String> values(S spec);

	/** Take note of what a place says, be the limiter at work already or not. */
	void declare(Supplier<LimiterRegistry> registry, String name, D place) {
		note(registry, name, place);
		this.tasks.run();
	}

	private synchronized void note(Supplier<LimiterRegistry> registry, String name, D place) {
		if (!LimiterRegistry.isValidName(name)) {
			throw InvalidNames.exception(place.where(), name);
		}
		List<D> places = new ArrayList<>(this.declared.getOrDefault(name, List.of()));
		if (places.contains(place)) {
			return;
		}
		places.add(place);
		Entry<S> before = this.made.get(name);
		if (before != null) {
			Entry<S> entry = merged(name, places);
			L limiter = find(registry.get(), name);
			keep(name, entry);
			if (limiter != null && !entry.spec().equals(before.spec())) {
				this.tasks.add(() -> bringUpToDate(name, limiter));
			}
		}
		this.declared.put(name, places);
	}

	private void keep(String name, Entry<S> entry) {
		this.made.put(name, entry);
		LimiterOrigin.Source source = entry.origin().sources().get("timeout");
		if (source != null && source.isConfiguration()) {
			this.timeouts.add(name);
		}
		else {
			this.timeouts.remove(name);
		}
	}

	/** Whether the configuration says the timeout of a limiter. Takes no lock. */
	boolean isTimeoutConfigured(String name) {
		return this.timeouts.contains(name);
	}

	/** Tells listeners: to be called without a lock, and by one thread at a time. */
	private void bringUpToDate(String name, L limiter) {
		Entry<S> entry;
		synchronized (this) {
			entry = Objects.requireNonNull(this.made.get(name));
		}
		configure(limiter, entry.spec());
	}

	/**
	 * What a new configuration makes of the limiters that there are.
	 * @return the step that makes it so, which cannot fail; nothing is changed before
	 * @throws InvalidLimitDeclarationException if it makes no sense
	 */
	synchronized Runnable refresh(ConfiguredProperties properties, LimiterRegistry registry) {
		NamedProperties<P> before = this.properties;
		PenstockProperties valuesBefore = this.values;
		Map<String, Entry<S>> refreshed = new TreeMap<>();
		try {
			this.properties = section(properties);
			this.values = properties.values();
			for (String name : Stream.concat(this.made.keySet().stream(), this.defined.stream()).distinct().toList()) {
				List<D> places = this.declared.getOrDefault(name, List.of());
				checkNotInCode(name, places);
				refreshed.put(name, merged(name, places));
			}
		}
		finally {
			this.properties = before;
			this.values = valuesBefore;
		}
		return () -> take(properties, refreshed, registry);
	}

	private void checkNotInCode(String name, List<D> places) {
		if (isAny(places, LimiterOrigin.Source.CODE) && this.properties.find(name) != null) {
			throw inCodeAsWell(name);
		}
	}

	private InvalidLimitDeclarationException inCodeAsWell(String name) {
		return new InvalidLimitDeclarationException(this.properties.section() + "." + name,
				title(name) + " is registered in code as well", "Keep one of the two");
	}

	private synchronized void take(ConfiguredProperties properties, Map<String, Entry<S>> refreshed,
			LimiterRegistry registry) {
		this.properties = section(properties);
		this.values = properties.values();
		refreshed.forEach((name, entry) -> {
			Entry<S> before = this.made.get(name);
			if (before == null) {
				return;
			}
			keep(name, entry);
			L limiter = find(registry, name);
			if (limiter != null && !entry.spec().equals(before.spec())) {
				this.tasks.add(() -> bringUpToDate(name, limiter));
			}
		});
	}

	/** Define what the configuration defines, to be made when it is needed. */
	synchronized void defineConfigured(LimiterRegistry registry) {
		for (String name : this.properties.exactNames()) {
			if (this.inherited.test(name)) {
				continue;
			}
			if (find(registry, name) != null) {
				throw inCodeAsWell(name);
			}
			if (spec(name, newMerge(name, List.of())) != null) {
				defineMade(registry, name);
			}
		}
	}

	private void defineMade(LimiterRegistry registry, String name) {
		this.defined.add(name);
		define(registry, name, () -> make(name));
	}

	/** Called by the registry, when somebody looks for the limiter first. */
	private synchronized S make(String name) {
		Entry<S> entry = merged(name, this.declared.getOrDefault(name, List.of()));
		keep(name, entry);
		return entry.spec();
	}

	private Entry<S> merged(String name, List<D> places) {
		Merge<D> merge = newMerge(name, places);
		S spec = spec(name, merge);
		if (spec == null) {
			throw missing(name, merge);
		}
		return new Entry<>(spec, merge.origin());
	}

	/** The limiter, made if nobody has looked for it before. */
	synchronized L limiter(LimiterRegistry registry, String name) {
		L limiter = find(registry, name);
		if (limiter == null) {
			defineMade(registry, name);
			limiter = find(registry, name);
		}
		else if (!this.defined.contains(name) && !this.made.containsKey(name)) {
			adopt(name, limiter);
		}
		return Objects.requireNonNull(limiter);
	}

	/** Code has registered it: what that says, annotations may not contradict. */
	private void adopt(String name, L limiter) {
		List<D> places = new ArrayList<>(this.declared.getOrDefault(name, List.of()));
		places.add(0, fromCode(limiter, "the code that registered it"));
		this.declared.put(name, places);
		make(name);
	}

	/** Make all that is left: no more places are to be expected. */
	synchronized void complete(LimiterRegistry registry) {
		for (String name : names()) {
			limiter(registry, name);
		}
	}

	/**
	 * Where there is no annotation at all, leave the properties alone that need one.
	 * @return the properties
	 */
	synchronized List<String> leaveAlone() {
		if (!isAnythingAnnotated()) {
			for (String name : names()) {
				if (!this.declared.containsKey(name) && spec(name, newMerge(name, List.of())) == null) {
					this.alone.add(name);
				}
			}
		}
		List<String> entries = new ArrayList<>();
		for (String name : this.alone) {
			entries.add(this.properties.entry(name));
		}
		return entries;
	}

	private boolean isAnythingAnnotated() {
		for (List<D> places : this.declared.values()) {
			if (isAny(places, LimiterOrigin.Source.ANNOTATION)) {
				return true;
			}
		}
		return false;
	}

	private Set<String> names() {
		Set<String> names = new TreeSet<>(this.properties.inexact());
		Set<String> exact = new TreeSet<>(this.declared.keySet());
		exact.addAll(this.properties.exactNames());
		for (String name : exact) {
			// What a variable spells in its way is no limiter of its own.
			String key = this.properties.key(name);
			if (key != null) {
				names.remove(key);
			}
		}
		names.addAll(exact);
		names.removeAll(this.alone);
		names.removeIf(this.inherited);
		return names;
	}

	/** Whether there is such a limiter, or will be. */
	synchronized boolean knows(LimiterRegistry registry, String name) {
		return this.declared.containsKey(name) || this.properties.exactNames().contains(name)
				|| find(registry, name) != null;
	}

	/**
	 * Check that a child context, which has the properties of its parent as well, does
	 * not say something else of a limiter of the parent's.
	 */
	synchronized void checkSame(String name, NamedProperties<P> child) {
		if (Objects.equals(this.properties.find(name), child.find(name))) {
			return;
		}
		throw new InvalidLimitDeclarationException(child.differences(name, this.properties),
				title(name) + " is that of the parent context, and has other values there",
				"Say them in the parent context, or give the limiter of the child another name");
	}

	/** The limiters that the configuration defines and nothing uses, as properties. */
	synchronized List<String> unused() {
		List<String> unused = new ArrayList<>();
		for (String name : names()) {
			if (this.properties.find(name) != null && origin(name).usedBy().isEmpty()) {
				unused.add(this.properties.entry(name));
			}
		}
		return unused;
	}

	/** The properties' own names of the limiters that there are. */
	synchronized Set<String> entries() {
		return this.made.keySet()
			.stream()
			.map((name) -> Objects.requireNonNullElse(this.properties.key(name), name))
			.collect(Collectors.toSet());
	}

	synchronized LimiterOrigin origin(String name) {
		Entry<S> entry = this.made.get(name);
		return (entry != null) ? entry.origin() : LimiterOrigin.UNKNOWN;
	}

	/** The limiters with their values and where each one comes from. */
	synchronized List<String> describe() {
		List<String> all = new ArrayList<>();
		for (Map.Entry<String, Entry<S>> entry : this.made.entrySet()) {
			all.add(describe(entry.getKey(), entry.getValue()));
		}
		return all;
	}

	private String describe(String name, Entry<S> entry) {
		StringJoiner values = new StringJoiner(", ", title(name) + ": ", "");
		for (Map.Entry<String, String> value : values(entry.spec()).entrySet()) {
			values.add(value.getKey() + "=" + value.getValue() + " (" + entry.origin().sources().get(value.getKey())
					+ ")");
		}
		return values.toString();
	}

	private String title(String name) {
		return this.kind + " '" + name + "'";
	}

	private Merge<D> newMerge(String name, List<D> places) {
		boolean configured = this.properties.find(name) != null;
		return new Merge<>(title(name), places, this.properties, name,
				(hasDefaults(configured, places)) ? defaults(this.values) : null);
	}

	/**
	 * Code says all of its limiters. A name that is only used, as by an HTTP client, may
	 * be misspelt: defaults make no limiter of it.
	 */
	private static boolean hasDefaults(boolean configured, List<? extends Declared> places) {
		return !isAny(places, LimiterOrigin.Source.CODE)
				&& (configured || isAny(places, LimiterOrigin.Source.ANNOTATION));
	}

	private static boolean isAny(List<? extends Declared> places, LimiterOrigin.Source source) {
		for (Declared place : places) {
			if (place.source() == source) {
				return true;
			}
		}
		return false;
	}

	private @Nullable S spec(String name, Merge<D> merge) {
		try {
			return merge(name, this.properties.find(name), this.values, merge);
		}
		catch (InvalidLimitException ex) {
			String property = merge.property(ex.property());
			WrittenProperty written = merge.writtenAnywhere(property);
			throw new InvalidLimitDeclarationException(merge.faultPlace(property),
					Declared.problem(ex, (written != null) ? written.quoted() : null), "Correct the "
							+ property.substring(property.lastIndexOf('.') + 1) + " of " + title(name) + " there");
		}
	}

	private InvalidLimitDeclarationException missing(String name, Merge<D> merge) {
		Set<String> known = new TreeSet<>(this.declared.keySet());
		known.addAll(this.properties.exactNames());
		known.remove(name);
		String nearest = NearestName.of(name, known);
		String meant = (nearest != null) ? "If '" + nearest + "' is meant, correct the name. Otherwise add it"
				: "Add it";
		String others = (known.isEmpty()) ? "" : " (known: " + String.join(", ", known) + ")";
		String places = merge.places();
		Missing missing = missing(merge);
		return new InvalidLimitDeclarationException(
				(places.isEmpty()) ? this.properties.section() + "." + name : places,
				title(name) + " has no " + missing.value() + ": neither the configuration nor an annotation says it"
						+ others,
				meant + " to the configuration:" + this.properties.yaml(name, missing.example())
						+ "or to the annotation");
	}

	/**
	 * A value that must be given and is not.
	 *
	 * @param value what it is called
	 * @param example a line that would give it
	 */
	record Missing(String value, String example) {
	}

	/**
	 * A limiter as it was made.
	 *
	 * @param spec its values
	 * @param origin where they come from
	 * @param <S> the spec
	 */
	private record Entry<S>(S spec, LimiterOrigin origin) {
	}

}
