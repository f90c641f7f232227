package io.github.penstock.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A bulkhead, whose values are {@code max}, {@code timeout}, {@code maxWaiting} and those
 * that each kind has.
 */
final class AdjustableBulkhead extends AdjustableLimiter<ConcurrencyLimiterSpec> {

	private final ConcurrencyLimiter bulkhead;

	AdjustableBulkhead(ConcurrencyLimiter bulkhead) {
		super(bulkhead);
		this.bulkhead = bulkhead;
	}

	@Override
	ConcurrencyLimiterSpec spec() {
		return this.bulkhead.spec();
	}

	@Override
	ConcurrencyLimiterSpec configured() {
		return this.bulkhead.configured();
	}

	@Override
	ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change) {
		return this.bulkhead.change(change);
	}

	@Override
	Map<String, @Nullable Object> values(ConcurrencyLimiterSpec spec) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("max", spec.max());
		values.put("timeout", spec.timeout());
		values.put("maxWaiting", spec.maxWaiting());
		putShared(values, spec, spec.plans());
		return values;
	}

	@Override
	ConcurrencyLimiterSpec spec(Map<String, @Nullable Object> values) {
		return new ConcurrencyLimiterSpec(get(values, "max", Integer.class), get(values, "timeout", Duration.class),
				get(values, "maxWaiting", Integer.class), get(values, "enforce", Integer.class),
				get(values, "maxKeys", Integer.class), plans(values));
	}

	@Override
	Map<String, @Nullable Object> parse(Map<String, String> request, Map<String, @Nullable Object> before) {
		Map<String, @Nullable Object> parsed = new LinkedHashMap<>();
		request.forEach((key, text) -> {
			switch (key) {
				case "max" -> parsed.put(key, integer(key, text));
				case "timeout" -> parsed.put(key, DurationText.parse(key, text));
				case "maxWaiting" -> parsed.put(key, waiting(text));
				case "enforce" -> parsed.put(key, percent(text));
				case "maxKeys" -> parsed.put(key, integer(key, text));
				default -> throw new InvalidChangeException(
						"A bulkhead has no '" + key + "': it has max, timeout, maxWaiting, enforce and maxKeys.");
			}
		});
		return parsed;
	}

}
