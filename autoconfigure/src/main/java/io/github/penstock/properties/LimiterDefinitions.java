package io.github.penstock.properties;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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

	private PenstockProperties.Defaults defaults;

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
		this.defaults = properties.values().defaults();
	}

	abstract NamedProperties<P> section(ConfiguredProperties properties);

	/** Merge the values; {@code null} if one is missing that must be given. */
	abstract @Nullable S merge(String name, @Nullable P configured, PenstockProperties.Defaults defaults,
			Merge<D> merge);

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
		PenstockProperties.Defaults defaultsBefore = this.defaults;
		Map<String, Entry<S>> refreshed = new TreeMap<>();
		try {
			this.properties = section(properties);
			this.defaults = properties.values().defaults();
			for (String name : Stream.concat(this.made.keySet().stream(), this.defined.stream()).distinct().toList()) {
				List<D> places = this.declared.getOrDefault(name, List.of());
				checkNotInCode(name, places);
				refreshed.put(name, merged(name, places));
			}
		}
		finally {
			this.properties = before;
			this.defaults = defaultsBefore;
		}
		return () -> take(properties, refreshed, registry);
	}

	private void checkNotInCode(String name, List<D> places) {
		boolean code = places.stream().anyMatch((place) -> place.source() == LimiterOrigin.Source.CODE);
		if (code && this.properties.find(name) != null) {
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
		this.defaults = properties.values().defaults();
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
		names().forEach((name) -> limiter(registry, name));
	}

	/**
	 * Where there is no annotation at all, leave the properties alone that need one.
	 * @return the properties
	 */
	synchronized List<String> leaveAlone() {
		boolean annotated = this.declared.values()
			.stream()
			.flatMap(List::stream)
			.anyMatch((place) -> place.source() == LimiterOrigin.Source.ANNOTATION);
		if (!annotated) {
			names().stream()
				.filter((name) -> !this.declared.containsKey(name) && spec(name, newMerge(name, List.of())) == null)
				.forEach(this.alone::add);
		}
		return this.alone.stream().map(this.properties::entry).toList();
	}

	private Set<String> names() {
		Set<String> names = new TreeSet<>(this.declared.keySet());
		names.addAll(this.properties.exactNames());
		Set<String> exact = Set.copyOf(names);
		this.properties.inexact()
			.stream()
			.filter((name) -> exact.stream().noneMatch((other) -> name.equals(this.properties.key(other))))
			.forEach(names::add);
		names.removeIf((name) -> this.inherited.test(name) || this.alone.contains(name));
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
		return names().stream()
			.filter((name) -> this.properties.find(name) != null && origin(name).usedBy().isEmpty())
			.map((name) -> this.properties.section() + "." + name)
			.toList();
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
		return this.made.entrySet().stream().map((entry) -> describe(entry.getKey(), entry.getValue())).toList();
	}

	private String describe(String name, Entry<S> entry) {
		return title(name) + ": "
				+ values(entry.spec()).entrySet()
					.stream()
					.map((value) -> value.getKey() + "=" + value.getValue() + " ("
							+ entry.origin().sources().get(value.getKey()) + ")")
					.collect(Collectors.joining(", "));
	}

	private String title(String name) {
		return this.kind + " '" + name + "'";
	}

	private Merge<D> newMerge(String name, List<D> places) {
		return new Merge<>(title(name), places, this.properties, name);
	}

	private @Nullable S spec(String name, Merge<D> merge) {
		try {
			return merge(name, this.properties.find(name), this.defaults, merge);
		}
		catch (InvalidLimitException ex) {
			String property = merge.property(ex.property());
			WrittenProperty written = merge.written(property);
			throw new InvalidLimitDeclarationException(merge.place(property),
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
