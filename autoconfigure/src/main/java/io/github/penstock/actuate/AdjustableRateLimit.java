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

package io.github.penstock.actuate;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * A rate limit, whose values are {@code rate}, {@code burst}, {@code timeout},
 * {@code maxWaiting}, {@code sliding} and those that each kind has. The rate is written
 * as {@code rps}, or {@code limit} and {@code per}.
 */
final class AdjustableRateLimit extends AdjustableLimiter<RateLimiterSpec> {

	private static final String DEFAULT_BURST = "default";

	private final RateLimiter rateLimit;

	AdjustableRateLimit(RateLimiter rateLimit) {
		super(rateLimit);
		this.rateLimit = rateLimit;
	}

	@Override
	RateLimiterSpec spec() {
		return this.rateLimit.spec();
	}

	@Override
	RateLimiterSpec configured() {
		return this.rateLimit.configured();
	}

	@Override
	RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change) {
		return this.rateLimit.change(change);
	}

	@Override
	Map<String, @Nullable Object> values(RateLimiterSpec spec) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("rate", new Rate(spec.limit(), spec.per()));
		values.put("burst", spec.burst());
		values.put("timeout", spec.timeout());
		values.put("maxWaiting", spec.maxWaiting());
		values.put("sliding", spec.sliding());
		putShared(values, spec, spec.plans());
		return values;
	}

	@Override
	RateLimiterSpec spec(Map<String, @Nullable Object> values) {
		Rate rate = get(values, "rate", Rate.class);
		return new RateLimiterSpec(rate.limit(), rate.per(), (Long) values.get("burst"),
				get(values, "timeout", Duration.class), get(values, "maxWaiting", Integer.class),
				get(values, "sliding", Boolean.class), get(values, "enforce", Integer.class),
				get(values, "maxKeys", Integer.class), plans(values))
			.withSharing(spec().sharing());
	}

	@Override
	Map<String, @Nullable Object> parse(Map<String, String> request, Map<String, @Nullable Object> before) {
		Map<String, @Nullable Object> parsed = new LinkedHashMap<>();
		request.forEach((key, text) -> {
			switch (key) {
				case "rps", "limit", "per" -> parsed.put("rate", rate(request, get(before, "rate", Rate.class)));
				case "burst" -> parsed.put(key, burst(text));
				case "timeout" -> parsed.put(key, DurationText.parse(key, text));
				case "maxWaiting" -> parsed.put(key, waiting(text));
				case "sliding" -> parsed.put(key, sliding(text));
				case "enforce" -> parsed.put(key, percent(text));
				case "maxKeys" -> parsed.put(key, integer(key, text));
				default -> throw new InvalidChangeException("A rate limit has no '" + key
						+ "': it has rps, or limit and per, burst, timeout, maxWaiting, sliding, enforce and maxKeys.");
			}
		});
		Object sliding = parsed.getOrDefault("sliding", before.get("sliding"));
		if (request.containsKey("rps") && Boolean.TRUE.equals(sliding)) {
			throw new InvalidChangeException(
					"A sliding window has no rps: write limit and per, or sliding false as well.");
		}
		return parsed;
	}

	private static Rate rate(Map<String, String> request, Rate before) {
		String rps = request.get("rps");
		String limit = request.get("limit");
		String per = request.get("per");
		if (rps != null) {
			if (limit != null || per != null) {
				throw new InvalidChangeException("It says the rate twice: rps, and limit or per.");
			}
			return new Rate(number("rps", rps), Duration.ofSeconds(1));
		}
		return new Rate((limit != null) ? number("limit", limit) : before.limit(),
				(per != null) ? DurationText.parsePeriod("per", per) : before.per());
	}

	private static BigDecimal number(String key, String text) {
		BigDecimal number = NumberText.decimal(text);
		if (number == null) {
			throw notANumber(key, text, "a number, such as 10 or 0.5");
		}
		return number;
	}

	private static boolean sliding(String text) {
		return switch (text) {
			case "true" -> true;
			case "false" -> false;
			default ->
				throw new InvalidChangeException("'sliding' is true or false: '" + VisibleText.of(text, 40) + "'.");
		};
	}

	private static @Nullable Long burst(String text) {
		if (text.equals(DEFAULT_BURST)) {
			return null;
		}
		Long number = NumberText.whole(text);
		if (number == null) {
			throw notANumber("burst", text, "a whole number, such as 10, or default");
		}
		return number;
	}

}
