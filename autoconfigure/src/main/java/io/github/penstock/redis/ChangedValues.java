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

package io.github.penstock.redis;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterSpec;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The values of a limiter as instances tell each other of them: texts by names. None at
 * all are those that are configured. What only a configuration says, as plans, each
 * instance has from its own.
 */
final class ChangedValues {

	/** The value that each instance has configured. */
	private static final String CONFIGURED = "~";

	private ChangedValues() {
	}

	static Map<String, String> of(LimiterSpec spec) {
		Map<String, String> values = new LinkedHashMap<>();
		if (spec instanceof ConcurrencyLimiterSpec permits) {
			values.put("max", String.valueOf(permits.max()));
		}
		else if (spec instanceof RateLimiterSpec rate) {
			values.put("limit", rate.limit().toPlainString());
			values.put("per", String.valueOf(rate.per()));
			if (rate.burst() != null) {
				values.put("burst", String.valueOf(rate.burst()));
			}
		}
		values.put("timeout", String.valueOf(spec.timeout()));
		values.put("maxWaiting", String.valueOf(spec.maxWaiting()));
		values.put("enforce", String.valueOf(spec.enforce()));
		values.put("maxKeys", String.valueOf(spec.maxKeys()));
		return values;
	}

	/** Those that are to come back later: a configured one as it is configured then. */
	static Map<String, String> before(Map<String, String> known, Map<String, String> own) {
		Map<String, String> values = new LinkedHashMap<>(known);
		values.replaceAll((name, value) -> value.equals(own.get(name)) ? CONFIGURED : value);
		if (!values.containsKey("burst") && !own.containsKey("burst")) {
			values.put("burst", CONFIGURED);
		}
		return values;
	}

	/** The names by which values are known here, of those that a change is about. */
	static boolean isOf(String name, String changed) {
		return name.equals(changed) || changed.equals("rate") && (name.equals("limit") || name.equals("per"));
	}

	static String write(Map<String, String> values) {
		StringBuilder text = new StringBuilder();
		values.forEach((name, value) -> text.append(text.isEmpty() ? "" : " ").append(name).append('=').append(value));
		return text.toString();
	}

	static Map<String, String> read(String text) {
		Map<String, String> values = new LinkedHashMap<>();
		for (String value : text.split(" ")) {
			int at = value.indexOf('=');
			if (at > 0) {
				values.put(value.substring(0, at), value.substring(at + 1));
			}
		}
		return values;
	}

	static LimiterSpec spec(Limiter limiter) {
		return (limiter instanceof ConcurrencyLimiter bulkhead) ? bulkhead.spec() : ((RateLimiter) limiter).spec();
	}

	static LimiterSpec configured(Limiter limiter) {
		return (limiter instanceof ConcurrencyLimiter bulkhead) ? bulkhead.configured()
				: ((RateLimiter) limiter).configured();
	}

	static boolean areInForce(Map<String, String> values, Limiter limiter) {
		Map<String, String> own = of(configured(limiter));
		return resolved(values, own).equals(of(spec(limiter)));
	}

	/**
	 * Put values in force. What they do not say stays as it is, and what is not known, as
	 * of a later version, is left out.
	 */
	static void adopt(Map<String, String> values, Limiter limiter) {
		Map<String, String> all = resolved(values, of(configured(limiter)));
		if (values.isEmpty()) {
			limiter.reset();
		}
		else if (limiter instanceof ConcurrencyLimiter bulkhead) {
			bulkhead.change((spec) -> permits(all, spec));
		}
		else if (limiter instanceof RateLimiter rateLimit) {
			rateLimit.change((spec) -> rate(all, spec));
		}
	}

	/** As they are here. */
	static Map<String, String> resolved(Map<String, String> values, Map<String, String> configured) {
		if (values.isEmpty()) {
			return new LinkedHashMap<>(configured);
		}
		Map<String, String> resolved = new LinkedHashMap<>();
		values.forEach((name, value) -> {
			String known = value.equals(CONFIGURED) ? configured.get(name) : value;
			if (known != null) {
				resolved.put(name, known);
			}
		});
		return resolved;
	}

	private static ConcurrencyLimiterSpec permits(Map<String, String> values, ConcurrencyLimiterSpec spec) {
		ConcurrencyLimiterSpec read = spec.withTimeout(duration(values.get("timeout"), spec.timeout()))
			.withMaxWaiting(number(values.get("maxWaiting"), spec.maxWaiting()))
			.withEnforce(number(values.get("enforce"), spec.enforce()))
			.withMaxKeys(number(values.get("maxKeys"), spec.maxKeys()));
		return read.withMax(number(values.get("max"), spec.max()));
	}

	private static RateLimiterSpec rate(Map<String, String> values, RateLimiterSpec spec) {
		String limit = values.get("limit");
		String burst = values.get("burst");
		return new RateLimiterSpec((limit != null) ? new BigDecimal(limit) : spec.limit(),
				duration(values.get("per"), spec.per()), (burst != null) ? Long.valueOf(burst) : null,
				duration(values.get("timeout"), spec.timeout()), number(values.get("maxWaiting"), spec.maxWaiting()),
				spec.sliding(), number(values.get("enforce"), spec.enforce()),
				number(values.get("maxKeys"), spec.maxKeys()), spec.plans(), spec.sharing());
	}

	private static Duration duration(@Nullable String text, Duration otherwise) {
		return (text != null) ? Duration.parse(text) : otherwise;
	}

	private static int number(@Nullable String text, int otherwise) {
		return Objects.requireNonNullElse((text != null) ? Integer.valueOf(text) : null, otherwise);
	}

}
