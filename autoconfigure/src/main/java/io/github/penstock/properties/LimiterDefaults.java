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
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterSpec;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The section {@code penstock.defaults}: what counts for all limiters, or for all of a
 * kind, of which it is not said by themselves.
 */
final class LimiterDefaults {

	/** What all bulkheads have. */
	static final String BULKHEAD = "penstock.defaults.bulkhead";

	/** What all rate limits have. */
	static final String RATE_LIMIT = "penstock.defaults.rate-limit";

	private static final String ALL = "penstock.defaults";

	private static final String PLANS = ".plans";

	private final ConfiguredProperties properties;

	private LimiterDefaults(ConfiguredProperties properties) {
		this.properties = properties;
	}

	/** Whether the names in a section are those of plans that many limiters have. */
	static boolean isPlans(String section) {
		return section.startsWith(ALL) && section.endsWith(PLANS);
	}

	/** What is said of all bulkheads, as a place that says it. */
	static DeclaredBulkhead bulkhead(PenstockProperties values) {
		PenstockProperties.Bulkhead all = values.defaults().bulkhead();
		return new DeclaredBulkhead(all.max(), all.timeout(), all.maxWaiting(),
				PenstockProperties.percent(all.enforce()), all.maxKeys(), BulkheadDefinitions.plans(all.plans()),
				(Boolean.TRUE.equals(all.shared())) ? Sharing.DEFAULT : null, BULKHEAD,
				LimiterOrigin.Source.CONFIGURED_DEFAULT);
	}

	/**
	 * What is said of all rate limits, as a place that says it.
	 * @param places where each property stands
	 */
	static DeclaredRateLimit rateLimit(PenstockProperties values, UnaryOperator<String> places) {
		PenstockProperties.RateLimit all = values.defaults().rateLimit();
		boolean rps = all.rps() != null;
		BigDecimal limit = (all.limit() != null) ? BigDecimal.valueOf(all.limit()) : null;
		return new DeclaredRateLimit((rps) ? all.rps() : limit, (rps) ? DeclaredRateLimit.SECOND : all.per(), rps,
				all.burst(), all.timeout(), all.maxWaiting(), all.sliding(), PenstockProperties.percent(all.enforce()),
				all.maxKeys(),
				RateLimitDefinitions.plans(all.plans(),
						(Boolean.TRUE.equals(all.sliding())) ? places.apply("sliding") : null, places),
				(Boolean.TRUE.equals(all.shared())) ? Sharing.DEFAULT : null, RATE_LIMIT,
				LimiterOrigin.Source.CONFIGURED_DEFAULT);
	}

	/**
	 * Check what makes no sense for any limiter.
	 * @throws InvalidLimitDeclarationException if there is such a value; it names that
	 */
	static void check(ConfiguredProperties properties) {
		LimiterDefaults defaults = new LimiterDefaults(properties);
		PenstockProperties.Defaults all = properties.values().defaults();
		if (all == PenstockProperties.Defaults.DEFAULT) {
			return;
		}
		String section = ALL;
		try {
			ConcurrencyLimiterSpec.of(0).withTimeout(all.timeoutOrDefault()).withEnforce(all.enforceOrDefault());
			section = BULKHEAD;
			trial(bulkhead(properties.values()), all.bulkhead().maxHold());
			section = RATE_LIMIT;
			defaults.checkRate(all.rateLimit());
			trial(rateLimit(properties.values(), (property) -> defaults.place(RATE_LIMIT, property)));
		}
		catch (InvalidLimitException ex) {
			throw defaults.invalid(section, ex);
		}
	}

	private static ConcurrencyLimiterSpec trial(DeclaredBulkhead all, @Nullable Duration maxHold) {
		return new ConcurrencyLimiterSpec(orElse(all.max(), 0), orElse(all.timeout(), Duration.ZERO),
				orElse(all.maxWaiting(), 0), orElse(all.enforce(), LimiterSpec.ENFORCED),
				orElse(all.maxKeys(), LimiterSpec.DEFAULT_MAX_KEYS), orElse(all.plans(), Map.of()),
				Sharing.DEFAULT.withMaxHold(maxHold));
	}

	private static RateLimiterSpec trial(DeclaredRateLimit all) {
		RateLimiterSpec trial = all.trial();
		return new RateLimiterSpec(trial.limit(), trial.per(), trial.burst(), trial.timeout(), trial.maxWaiting(),
				Boolean.TRUE.equals(all.sliding()), orElse(all.enforce(), LimiterSpec.ENFORCED),
				orElse(all.maxKeys(), LimiterSpec.DEFAULT_MAX_KEYS), orElse(all.plans(), Map.of()), all.sharing());
	}

	private static <T> T orElse(@Nullable T value, T other) {
		return Objects.requireNonNullElse(value, other);
	}

	private void checkRate(PenstockProperties.RateLimit all) {
		boolean sliding = Boolean.TRUE.equals(all.sliding());
		if (all.rps() != null && (all.limit() != null || all.per() != null)) {
			throw DeclaredRateLimit.twice(place(RATE_LIMIT, "rps"),
					place(RATE_LIMIT, (all.limit() != null) ? "limit" : "per"));
		}
		if (all.rps() != null && sliding) {
			throw DeclaredRateLimit.slidingAndRps(place(RATE_LIMIT, "rps"), place(RATE_LIMIT, "sliding"));
		}
		if (all.burst() != null && sliding) {
			throw DeclaredRateLimit.slidingAndBurst(place(RATE_LIMIT, "burst"), place(RATE_LIMIT, "sliding"));
		}
	}

	private InvalidLimitDeclarationException invalid(String section, InvalidLimitException ex) {
		String property = property(section, ex.property());
		WrittenProperty written = this.properties.written().get(section + "." + property);
		return new InvalidLimitDeclarationException(place(section, property),
				Declared.problem(ex, (written != null) ? written.quoted() : null),
				"Correct the " + property.substring(property.lastIndexOf('.') + 1) + " there");
	}

	/** The property that says what a spec has found wrong. */
	private String property(String section, String ofSpec) {
		int dot = ofSpec.lastIndexOf('.');
		String plan = (dot > 0) ? Merge.plan(ofSpec.substring("plans.".length(), dot)) : "";
		String dashed = DataObjectPropertyName.toDashedForm(ofSpec.substring(dot + 1));
		return Stream.of(dashed, "rps", "limit", "per", "burst")
			.map(plan::concat)
			.filter((property) -> this.properties.written().containsKey(section + "." + property))
			.findFirst()
			.orElse(plan + dashed);
	}

	private String place(String section, String property) {
		String canonical = section + "." + property;
		WrittenProperty written = this.properties.written().get(canonical);
		return (written != null) ? written.place() : NamedProperties.readable(canonical);
	}

}
