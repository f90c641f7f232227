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

import io.github.penstock.InvalidLimitException;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.RateLimitDeclaration;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of a rate limit.
 *
 * @param limit the tokens in each period
 * @param per the period, one second for a rate that was given as {@code rps}
 * @param rps whether the rate was given as {@code rps}
 * @param burst the capacity of the bucket
 * @param timeout how long a call may wait
 * @param maxWaiting the bound of the line
 * @param sliding whether the window is sliding
 * @param enforce the share of the calls for which the limit holds
 * @param maxKeys how many keys may be known
 * @param plans the plans
 * @param sharing how it is shared
 * @param where the place
 * @param source what kind of place that is
 */
record DeclaredRateLimit(@Nullable BigDecimal limit, @Nullable Duration per, boolean rps, @Nullable Long burst,
		@Nullable Duration timeout, @Nullable Integer maxWaiting, @Nullable Boolean sliding, @Nullable Integer enforce,
		@Nullable Integer maxKeys, @Nullable Map<String, RateLimiterSpec.Plan> plans, @Nullable Sharing sharing,
		String where, LimiterOrigin.Source source) implements Declared {

	static final Duration SECOND = Duration.ofSeconds(1);

	static DeclaredRateLimit of(RateLimitDeclaration declaration) {
		String where = declaration.where();
		Duration timeout = Declared.duration(where, "timeout", declaration.timeout());
		Duration per = Declared.duration(where, "per", declaration.per());
		BigDecimal limit = (declaration.limit() != null) ? BigDecimal.valueOf(declaration.limit()).stripTrailingZeros()
				: null;
		boolean rps = declaration.rps() != null;
		if (rps) {
			checkOneRate(where, limit, per);
			if (declaration.sliding() != null) {
				throw slidingAndRps(where, null);
			}
			limit = perSecond(where, declaration.rps());
			per = SECOND;
		}
		DeclaredRateLimit declared = new DeclaredRateLimit(limit, per, rps, declaration.burst(), timeout,
				declaration.maxWaiting(), declaration.sliding(), null, null, null, null, where,
				LimiterOrigin.Source.ANNOTATION);
		try {
			declared.trial();
		}
		catch (InvalidLimitException ex) {
			throw Declared.invalid(where, ex, written(declaration, ex.property()));
		}
		return declared;
	}

	private static @Nullable String written(RateLimitDeclaration declaration, String property) {
		return switch (property) {
			case "timeout" -> Declared.quoted(declaration.timeout());
			case "per" -> Declared.quoted(declaration.per());
			default -> null;
		};
	}

	static DeclaredRateLimit of(RateLimiterSpec spec, String where) {
		return new DeclaredRateLimit(spec.limit(), spec.per(), false, spec.burst(), spec.timeout(), spec.maxWaiting(),
				spec.sliding(), spec.enforce(), spec.maxKeys(), spec.plans(), spec.sharing(), where,
				LimiterOrigin.Source.CODE);
	}

	private static void checkOneRate(String where, @Nullable Object limit, @Nullable Duration per) {
		if (limit != null || per != null) {
			throw twice(where, (limit != null) ? "limit" : "per");
		}
	}

	/** Where the rate is said by rps, and what says it as well. */
	static InvalidLimitDeclarationException twice(String where, String other) {
		return new InvalidLimitDeclarationException(where, "it says the rate twice: rps, and " + other,
				"Keep either rps, or limit and per");
	}

	/**
	 * Where the rate is said by rps, and what says that it is sliding, if not the same.
	 */
	static InvalidLimitDeclarationException slidingAndRps(String where, @Nullable String other) {
		return new InvalidLimitDeclarationException(where,
				"it has rps, and " + ((other != null) ? other + " has " : "")
						+ "sliding, which means at most 'limit' calls in any 'per'",
				"Write limit and per instead of rps, or leave sliding out (sliding: false in the configuration)");
	}

	/** Where a burst is said, and what says that the window is sliding. */
	static InvalidLimitDeclarationException slidingAndBurst(String where, @Nullable String other) {
		return new InvalidLimitDeclarationException(where,
				"it has a burst, and " + ((other != null) ? other + " has " : "")
						+ "sliding, under which at most 'limit' calls begin in any 'per' and no burst on top",
				"Leave burst out, or sliding (sliding: false in the configuration)");
	}

	private static @Nullable BigDecimal perSecond(String where, @Nullable Double rps) {
		try {
			if (rps == null) {
				return null;
			}
			// Its size is checked with all other values; no decimal is infinite.
			return (Double.isFinite(rps)) ? BigDecimal.valueOf(rps).stripTrailingZeros()
					: RateLimiterSpec.of(rps).limit();
		}
		catch (InvalidLimitException ex) {
			throw Declared.invalid(where, ex, null);
		}
	}

	/** What is given, in an otherwise valid spec. */
	RateLimiterSpec trial() {
		if (Boolean.TRUE.equals(this.sliding) && this.burst != null) {
			throw slidingAndBurst(this.where, null);
		}
		boolean rate = this.limit != null && this.per != null;
		boolean badLimit = this.limit != null && this.limit.signum() <= 0;
		boolean goodBurst = !rate && this.burst != null && this.burst > 0;
		return new RateLimiterSpec((this.limit != null && (rate || badLimit)) ? this.limit : BigDecimal.ONE,
				(this.per != null && (rate || this.per.isNegative() || this.per.isZero())) ? this.per : SECOND,
				(goodBurst) ? Long.valueOf(1) : this.burst, (this.timeout != null) ? this.timeout : Duration.ZERO,
				(this.maxWaiting != null) ? this.maxWaiting : 0, rate && Boolean.TRUE.equals(this.sliding));
	}

}
