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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

/**
 * What an entry of a section is limited by: by numbers of its own, which make limiters
 * that have its name, or by limiters that it names.
 *
 * @param section the section
 * @param name the entry
 * @param bulkhead the bulkhead that it names
 * @param rateLimit the rate limit that it names
 * @param ownBulkhead the numbers of its own bulkhead
 * @param ownRateLimit the numbers of its own rate limit
 */
record LimiterChoice(NamedProperties<?> section, String name, @Nullable String bulkhead, @Nullable String rateLimit,
		PenstockProperties.@Nullable Bulkhead ownBulkhead, PenstockProperties.@Nullable RateLimit ownRateLimit) {

	/** The bulkhead, {@code null} for none. */
	@Nullable String bulkheadName() {
		return (this.ownBulkhead != null) ? this.name : this.bulkhead;
	}

	/** The rate limit, {@code null} for none. */
	@Nullable String rateLimitName() {
		return (this.ownRateLimit != null) ? this.name : this.rateLimit;
	}

	/** Whether it has no numbers of its own. */
	boolean isNamedOnly() {
		return this.ownBulkhead == null && this.ownRateLimit == null;
	}

	/** Check that there is a limit, and that each is said once. */
	void check() {
		Map<String, @Nullable Object> max = new LinkedHashMap<>();
		Map<String, @Nullable Object> rate = new LinkedHashMap<>();
		if (this.ownBulkhead != null) {
			max.put("max", this.ownBulkhead.max());
		}
		if (this.ownRateLimit != null) {
			rate.put("rps", this.ownRateLimit.rps());
			rate.put("limit", this.ownRateLimit.limit());
			rate.put("per", this.ownRateLimit.per());
			rate.put("burst", this.ownRateLimit.burst());
			rate.put("sliding", this.ownRateLimit.sliding());
		}
		checkOne("bulkhead", this.bulkhead, max, "penstock.bulkheads.");
		checkOne("rate-limit", this.rateLimit, rate, "penstock.rate-limits.");
		if (bulkheadName() == null && rateLimitName() == null) {
			throw new InvalidLimitDeclarationException(this.section.entry(this.name), "it has no limit",
					"Add max or rps, or the names of limiters as bulkhead or rate-limit");
		}
		checkWhole(this.ownRateLimit);
	}

	/** Nothing else completes the numbers of an entry. */
	private void checkWhole(PenstockProperties.@Nullable RateLimit rate) {
		if (rate == null || rate.rps() != null || (rate.limit() != null && rate.per() != null)) {
			return;
		}
		String given = (rate.limit() != null) ? "limit"
				: (rate.per() != null) ? "per" : (rate.burst() != null) ? "burst" : "sliding";
		throw new InvalidLimitDeclarationException(this.section.place(this.name, given),
				"it has a " + given + " and no "
						+ ((rate.limit() != null) ? "per" : (rate.per() != null) ? "limit" : "rate"),
				"Write limit and per, as in limit: 100, per: 1m, or rps");
	}

	private void checkOne(String property, @Nullable String limiter, Map<String, @Nullable Object> numbers,
			String limiters) {
		if (limiter == null) {
			return;
		}
		if (!LimiterRegistry.isValidName(limiter)) {
			throw InvalidNames.exception(this.section.place(this.name, property), limiter);
		}
		List<String> both = numbers.keySet().stream().filter((number) -> numbers.get(number) != null).toList();
		if (!both.isEmpty()) {
			throw new InvalidLimitDeclarationException(this.section.place(this.name, both.get(0)),
					"it has " + String.join(", ", both) + " of its own as well as " + property + " '" + limiter + "'",
					"Keep " + property + ", whose numbers stand in " + limiters + limiter + ", or the numbers here");
		}
	}

	/** Check that a value is not given that the limiters have which are named. */
	void checkUnused(String property, @Nullable Object value) {
		if (value != null) {
			throw new InvalidLimitDeclarationException(this.section.place(this.name, property),
					"it would do nothing, for the limiters that '" + this.name + "' names have their own",
					"Set it where those are configured, or remove it");
		}
	}

	/** Tell the limiters who uses them. */
	void use(ConfiguredLimiters limiters) {
		String bulkhead = bulkheadName();
		if (bulkhead != null) {
			limiters.useBulkhead(bulkhead, this.section.entry(this.name));
		}
		String rateLimit = rateLimitName();
		if (rateLimit != null) {
			limiters.useRateLimit(rateLimit, this.section.entry(this.name));
		}
	}

}
