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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterSpec;
import io.github.penstock.Sharing;
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

	/** What may not fit together, each of which makes sense by itself. */
	private static final Set<String> AT_ODDS = Set.of("rate", "limit", "per", "burst", "sliding", "shared");

	private final String limiter;

	private final List<D> declared;

	private final NamedProperties<?> properties;

	private final String name;

	/** What is said of all limiters of the kind, {@code null} if it does not count. */
	private final @Nullable D defaults;

	private final Map<String, LimiterOrigin.Source> sources = new LinkedHashMap<>();

	private final Map<String, String> places = new LinkedHashMap<>();

	/**
	 * Begin a merge.
	 * @param limiter the limiter, for messages
	 * @param declared what the places say
	 * @param properties the properties of the limiters
	 * @param name the limiter's name among them
	 * @param defaults what is said of all limiters of the kind, {@code null} if it does
	 * not count
	 */
	Merge(String limiter, List<D> declared, NamedProperties<?> properties, String name, @Nullable D defaults) {
		this.limiter = limiter;
		this.declared = declared;
		this.properties = properties;
		this.name = name;
		this.defaults = defaults;
	}

	<T> @Nullable T pick(String property, @Nullable T configured, Function<D, @Nullable T> value) {
		T said = pickSaid(property, configured, value);
		if (said != null || this.defaults == null) {
			return said;
		}
		T byDefault = value.apply(this.defaults);
		return (byDefault != null) ? noteConfiguredDefault(property, byDefault, property) : null;
	}

	/** Pick what is said of this limiter, whatever is said of all. */
	<T> @Nullable T pickSaid(String property, @Nullable T configured, Function<D, @Nullable T> value) {
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

	<T> T pick(String property, @Nullable T configured, Function<D, @Nullable T> value, T fallback) {
		T picked = pick(property, configured, value);
		return (picked != null) ? picked : note(property, fallback, LimiterOrigin.Source.DEFAULT, "the default");
	}

	/** Pick a value that is said of all limiters, of whatever kind, as well. */
	private <T> T pickOfAll(String property, @Nullable T configured, Function<D, @Nullable T> value, boolean said,
			T ofAll) {
		T picked = pick(property, configured, value);
		return (picked != null) ? picked
				: note(property, ofAll, (said) ? LimiterOrigin.Source.CONFIGURED_DEFAULT : LimiterOrigin.Source.DEFAULT,
						"penstock.defaults." + property);
	}

	/**
	 * Pick the timeout: a caller's patience, in which places may differ. Then the one
	 * that nobody has a say in is left for those who say none.
	 */
	Duration pickTimeout(@Nullable Duration configured, PenstockProperties.Defaults ofAll) {
		boolean same = !doTimeoutsDiffer();
		D code = firstFromCode();
		return pickOfAll("timeout", configured,
				(place) -> (same || place == this.defaults || place == code) ? place.timeout() : null,
				ofAll.timeout() != null, ofAll.timeoutOrDefault());
	}

	private boolean doTimeoutsDiffer() {
		Duration first = null;
		for (D place : this.declared) {
			Duration here = place.timeout();
			if (first != null && here != null && !here.equals(first)) {
				return true;
			}
			first = (first != null) ? first : here;
		}
		return false;
	}

	private @Nullable D firstFromCode() {
		for (D place : this.declared) {
			if (place.source() == LimiterOrigin.Source.CODE) {
				return place;
			}
		}
		return null;
	}

	/** Pick how many calls may wait. */
	int pickMaxWaiting(@Nullable Integer configured) {
		return pick("max-waiting", configured, Declared::maxWaiting, ConcurrencyLimiterSpec.UNBOUNDED);
	}

	/** Pick how many keys may be known. */
	int pickMaxKeys(@Nullable Integer configured) {
		return pick("max-keys", configured, Declared::maxKeys, LimiterSpec.DEFAULT_MAX_KEYS);
	}

	/** Pick the share of the calls for which the limit holds. */
	int pickEnforce(@Nullable String configured, PenstockProperties.Defaults ofAll) {
		return pickOfAll("enforce", PenstockProperties.percent(configured), Declared::enforce, ofAll.enforce() != null,
				ofAll.enforceOrDefault());
	}

	/** The same with the bound of holds of all limiters that are shared. */
	Sharing withDefaultMaxHold(Sharing sharing, @Nullable Duration maxHold) {
		return (maxHold != null && this.defaults != null)
				? sharing.withMaxHold(noteConfiguredDefault("max-hold", maxHold, "max-hold")) : sharing;
	}

	/** The same with a bound of holds, which only shared limiters have. */
	Sharing withMaxHold(@Nullable Sharing sharing, Duration maxHold) {
		if (sharing == null) {
			throw new InvalidLimitDeclarationException(propertyPlace("max-hold"),
					this.limiter + " is not shared, and its permits are held for as long as calls run",
					"Add shared: true, or leave max-hold out");
		}
		pick("max-hold", maxHold, (place) -> null);
		return sharing.withMaxHold(maxHold);
	}

	/**
	 * Pick how the limiter is shared.
	 * @param ofKind what is said of all of its kind that are shared
	 * @param ofAll what is said of all that are shared
	 * @return how, {@code null} if it is not
	 */
	@Nullable Sharing pickSharing(@Nullable Boolean shared, Sharing.@Nullable OnOutage onOutage,
			Sharing.@Nullable OnOutage ofKind, Sharing.OnOutage ofAll) {
		Boolean isShared = pick("shared", shared, (place) -> (place.sharing() != null) ? true : null);
		if (!Boolean.TRUE.equals(isShared)) {
			this.sources.remove("shared");
			if (onOutage != null) {
				throw new InvalidLimitDeclarationException(propertyPlace("on-outage"),
						this.limiter + " is not shared, and stays as it is in an outage",
						"Add shared: true, or leave on-outage out");
			}
			return null;
		}
		Sharing.OnOutage said = pickSaid("on-outage", onOutage, (place) -> {
			Sharing sharing = place.sharing();
			return (sharing != null) ? sharing.onOutage() : null;
		});
		if (said == null) {
			said = (ofKind != null && this.defaults != null) ? noteConfiguredDefault("on-outage", ofKind, "on-outage")
					: note("on-outage", ofAll, LimiterOrigin.Source.DEFAULT, "penstock.shared.on-outage");
		}
		return new Sharing(said, null);
	}

	/**
	 * Note a value that the configuration says.
	 * @param value the value
	 * @param property the property that says it
	 */
	void noteConfigured(String value, String property) {
		note(value, value, kind(property), propertyPlace(property));
	}

	/**
	 * Note a value that is said of all limiters of the kind.
	 * @param as the property that says it
	 */
	<T> T noteConfiguredDefault(String property, T value, String as) {
		return note(property, value, LimiterOrigin.Source.CONFIGURED_DEFAULT, defaultPlace(as));
	}

	private String defaultPlace(String property) {
		WrittenProperty written = writtenDefault(property);
		return (written != null) ? written.place() : NamedProperties.readable(defaultName(property));
	}

	private @Nullable WrittenProperty writtenDefault(String property) {
		return this.properties.whole(defaultName(property));
	}

	private String defaultName(String property) {
		return Objects.requireNonNull(this.defaults).where() + "." + property;
	}

	/** Whether a value is not that of this limiter, but of all of its kind. */
	boolean isConfiguredDefault(String property) {
		return this.sources
			.get((property.startsWith("plans[")) ? "plans" : property) == LimiterOrigin.Source.CONFIGURED_DEFAULT;
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
			.filter((property) -> writtenAnywhere(property) != null)
			.findFirst()
			.orElse(plan + dashed);
	}

	/** How a value is said, of this limiter or of all of its kind. */
	@Nullable WrittenProperty writtenAnywhere(String property) {
		return (isConfiguredDefault(property) && this.defaults != null) ? writtenDefault(property) : written(property);
	}

	/**
	 * Where a value stands that makes no sense, and where those stand that it may not fit
	 * to: what is said of all limiters makes sense by itself.
	 */
	String faultPlace(String property) {
		if (isConfiguredDefault(property)) {
			return place(property) + " and " + subject();
		}
		String others = this.sources.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() == LimiterOrigin.Source.CONFIGURED_DEFAULT)
			.map(Map.Entry::getKey)
			.filter((other) -> AT_ODDS.contains(other) && AT_ODDS.contains(property))
			.map((other) -> " and " + place(other))
			.collect(Collectors.joining());
		return place(property) + others;
	}

	/** Where the limiter itself is written of. */
	private String subject() {
		return (this.declared.isEmpty()) ? this.properties.entry(this.name) : places();
	}

	/** What the name of a property of a plan begins with. */
	static String plan(String name) {
		return "plans[" + name + "].";
	}

	/** The first place of which something is true, {@code null} if there is none. */
	@Nullable String placeWhere(Predicate<D> condition) {
		for (D place : this.declared) {
			if (condition.test(place)) {
				return place.where();
			}
		}
		return null;
	}

	/** Whether something is said of all limiters of the kind. */
	boolean isDefault(Predicate<D> condition) {
		return this.defaults != null && condition.test(this.defaults);
	}

	/** Whether any place says something. */
	boolean says(Predicate<D> condition) {
		return this.declared.stream().anyMatch(condition);
	}

	/** Whether it is said of this limiter. */
	boolean isSaid(String property) {
		LimiterOrigin.Source source = this.sources.get(property);
		return source != null && source.compareTo(LimiterOrigin.Source.CONFIGURED_DEFAULT) < 0;
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
		if (property.startsWith("plans[") && isConfiguredDefault(property)) {
			return defaultPlace(property);
		}
		return this.places.getOrDefault(property, propertyPlace(property));
	}

	/** Where all of this is said. */
	String places() {
		Set<String> all = new LinkedHashSet<>();
		for (D place : this.declared) {
			all.add(place.where());
		}
		return String.join(" and ", all);
	}

	LimiterOrigin origin() {
		Set<String> usedBy = new LinkedHashSet<>();
		for (D place : this.declared) {
			if (place.source() != LimiterOrigin.Source.CODE) {
				usedBy.add(place.where());
			}
		}
		return new LimiterOrigin(this.sources, List.copyOf(usedBy));
	}

}
