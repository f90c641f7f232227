package io.github.penstock.properties;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * Merges what the configuration and any number of places say of one limiter, value by
 * value, and keeps who said it. The order of the places makes no difference.
 *
 * @param <D> what a place says
 */
final class Merge<D extends Declared> {

	private static final String PLANS = "plans.";

	private final String limiter;

	private final List<D> declared;

	private final NamedProperties<?> properties;

	private final String name;

	private final Map<String, LimiterOrigin.Source> sources = new LinkedHashMap<>();

	private final Map<String, String> places = new LinkedHashMap<>();

	/**
	 * Begin a merge.
	 * @param limiter the limiter, for messages
	 * @param declared what the places say
	 * @param properties the properties of the limiters
	 * @param name the limiter's name among them
	 */
	Merge(String limiter, List<D> declared, NamedProperties<?> properties, String name) {
		this.limiter = limiter;
		this.declared = declared;
		this.properties = properties;
		this.name = name;
	}

	<T> @Nullable T pick(String property, @Nullable T configured, Function<D, @Nullable T> value) {
		if (configured != null) {
			return note(property, configured, kind(property), propertyPlace(property));
		}
		D first = null;
		T said = null;
		for (D place : this.declared) {
			T here = value.apply(place);
			if (first == null || said == null) {
				first = place;
				said = here;
			}
			else if (here != null && !here.equals(said)) {
				throw disagree(property, first, said, place, here);
			}
		}
		return (first != null && said != null) ? note(property, said, first.source(), first.where()) : null;
	}

	<T> T pick(String property, @Nullable T configured, Function<D, @Nullable T> value, T fallback,
			String fallbackPlace) {
		T picked = pick(property, configured, value);
		return (picked != null) ? picked : note(property, fallback, LimiterOrigin.Source.DEFAULT, fallbackPlace);
	}

	/**
	 * Pick the timeout: a caller's patience, in which places may differ. Then the one
	 * that nobody has a say in is left for those who say none.
	 */
	Duration pickTimeout(@Nullable Duration configured, Function<D, @Nullable Duration> value, Duration fallback) {
		Optional<D> code = this.declared.stream()
			.filter((place) -> place.source() == LimiterOrigin.Source.CODE)
			.findFirst();
		boolean differ = this.declared.stream().map(value).filter(Objects::nonNull).distinct().count() > 1;
		Function<D, @Nullable Duration> said = (differ)
				? (place) -> (code.isPresent() && code.get() == place) ? value.apply(place) : null : value;
		return pick("timeout", configured, said, fallback, "penstock.defaults.timeout");
	}

	/** Pick the share of the calls for which the limit holds. */
	int pickEnforce(@Nullable String configured, Function<D, @Nullable Integer> value,
			PenstockProperties.Defaults defaults) {
		return pick("enforce", PenstockProperties.percent(configured), value, defaults.enforceOrDefault(),
				"penstock.defaults.enforce");
	}

	/**
	 * Note a value that the configuration says.
	 * @param value the value
	 * @param property the property that says it
	 */
	void noteConfigured(String value, String property) {
		note(value, value, kind(property), propertyPlace(property));
	}

	private LimiterOrigin.Source kind(String property) {
		WrittenProperty written = written(property);
		return (written != null) ? written.kind() : LimiterOrigin.Source.YAML;
	}

	/** How the configuration says a value, {@code null} if it does not. */
	@Nullable WrittenProperty written(String property) {
		return this.properties.written(this.name, property);
	}

	private String propertyPlace(String property) {
		return this.properties.place(this.name, property);
	}

	/** Note a value that nobody says. */
	void noteDefault(String property) {
		note(property, property, LimiterOrigin.Source.DEFAULT, "the default");
	}

	/** Take two values for one, whose source is the stronger one of theirs. */
	void join(String property, String first, String second) {
		LimiterOrigin.Source firstSource = this.sources.remove(first);
		LimiterOrigin.Source secondSource = this.sources.remove(second);
		if (firstSource != null && secondSource != null) {
			boolean stronger = firstSource.compareTo(secondSource) <= 0;
			note(property, property, (stronger) ? firstSource : secondSource, place((stronger) ? first : second));
		}
	}

	/** The name of a property that says what a spec has found wrong. */
	String property(String ofSpec) {
		String dashed = DataObjectPropertyName.toDashedForm(ofSpec.substring(ofSpec.lastIndexOf('.') + 1));
		if (!ofSpec.startsWith(PLANS)) {
			return dashed;
		}
		String plan = plan(ofSpec.substring(PLANS.length(), ofSpec.lastIndexOf('.')));
		return Stream.of(dashed, "rps", "limit", "per", "burst")
			.map(plan::concat)
			.filter((property) -> written(property) != null)
			.findFirst()
			.orElse(plan + dashed);
	}

	/** What the name of a property of a plan begins with. */
	static String plan(String name) {
		return "plans[" + name + "].";
	}

	/** The first place of which something is true, {@code null} if there is none. */
	@Nullable String placeWhere(Predicate<D> condition) {
		return this.declared.stream().filter(condition).map(Declared::where).findFirst().orElse(null);
	}

	/** Whether somebody says it. */
	boolean has(String property) {
		return this.sources.containsKey(property);
	}

	private <T> T note(String property, T value, LimiterOrigin.Source source, String place) {
		this.sources.put(property, source);
		this.places.put(property, place);
		return value;
	}

	private InvalidLimitDeclarationException disagree(String property, D first, Object said, D second,
			Object contradicted) {
		return new InvalidLimitDeclarationException(first.where() + " and " + second.where(),
				"they disagree on the " + property + " of " + this.limiter + ": '" + Declared.text(said) + "' and '"
						+ Declared.text(contradicted) + "'",
				"Say it in one place only, or settle it in the configuration with '" + propertyPlace(property) + "'");
	}

	/** Where a value stands. */
	String place(String property) {
		return this.places.getOrDefault(property, propertyPlace(property));
	}

	/** Where all of this is said. */
	String places() {
		return String.join(" and ", this.declared.stream().map(Declared::where).distinct().toList());
	}

	LimiterOrigin origin() {
		List<String> usedBy = this.declared.stream()
			.filter((place) -> place.source() != LimiterOrigin.Source.CODE)
			.map(Declared::where)
			.distinct()
			.toList();
		return new LimiterOrigin(this.sources, usedBy);
	}

}
