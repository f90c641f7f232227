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

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterSpec;
import io.github.penstock.RateLimiter;
import io.github.penstock.VisibleText;
import org.jspecify.annotations.Nullable;

/**
 * A limiter whose values are known by their names: {@code max}, {@code rate},
 * {@code burst}, {@code timeout}, {@code maxWaiting}, {@code sliding}, {@code enforce},
 * {@code maxKeys}, {@code plans}. A value is {@code null} where the limiter works it out
 * itself.
 *
 * @param <S> the spec
 */
abstract class AdjustableLimiter<S extends LimiterSpec> {

	static final String UNBOUNDED = "unbounded";

	private static final String WHOLE = "a whole number of at most " + Integer.MAX_VALUE + ", such as 10";

	/** What the current thread is making the values of a limiter. */
	private static final ThreadLocal<@Nullable Object> OWN = new ThreadLocal<>();

	private final Limiter limiter;

	AdjustableLimiter(Limiter limiter) {
		this.limiter = limiter;
	}

	static AdjustableLimiter<?> of(Limiter limiter) {
		return (limiter instanceof ConcurrencyLimiter bulkhead) ? new AdjustableBulkhead(bulkhead)
				: new AdjustableRateLimit((RateLimiter) limiter);
	}

	abstract S spec();

	abstract S configured();

	abstract S change(UnaryOperator<S> change);

	abstract Map<String, @Nullable Object> values(S spec);

	abstract S spec(Map<String, @Nullable Object> values);

	/**
	 * The values that a request asks for, where it completes those of before.
	 * @throws InvalidChangeException if a value cannot be read
	 */
	abstract Map<String, @Nullable Object> parse(Map<String, String> request, Map<String, @Nullable Object> before);

	final Limiter limiter() {
		return this.limiter;
	}

	final LimiterKind kind() {
		return LimiterKind.of(this.limiter);
	}

	final String name() {
		return this.limiter.name();
	}

	final Map<String, @Nullable Object> values() {
		return values(spec());
	}

	@SuppressWarnings("unchecked")
	final Map<String, @Nullable Object> valuesOf(LimiterSpec spec) {
		// A limiter tells of its own values only.
		return values((S) spec);
	}

	final Map<String, @Nullable Object> configuredValues() {
		return values(configured());
	}

	/** Changes whenever a value does, and is the same again when the values are. */
	final String version() {
		return version(spec());
	}

	private String version(S spec) {
		CRC32 checksum = new CRC32();
		checksum.update(values(spec).toString().getBytes(StandardCharsets.UTF_8));
		return Long.toHexString((1L << Integer.SIZE) | checksum.getValue()).substring(1);
	}

	/**
	 * Change values at once, or none.
	 * @param version the version that they must have, {@code null} for any
	 * @param change makes the values to change of those in force
	 * @return the values of before and after
	 */
	final Changed change(@Nullable String version, UnaryOperator<Map<String, @Nullable Object>> change) {
		Map<String, @Nullable Object> before = new LinkedHashMap<>();
		Map<String, @Nullable Object> wanted = new LinkedHashMap<>();
		Object outer = OWN.get();
		try {
			S after = change((current) -> {
				if (version != null && !version.equals(version(current))) {
					throw new LostUpdateException(this.toString(), version, version(current));
				}
				before.clear();
				before.putAll(values(current));
				wanted.clear();
				wanted.putAll(change.apply(Collections.unmodifiableMap(before)));
				Map<String, @Nullable Object> all = new LinkedHashMap<>(before);
				all.putAll(wanted);
				S changed = spec(all);
				OWN.set(changed);
				return changed;
			});
			return new Changed(before, values(after), wanted.keySet().stream().toList());
		}
		finally {
			OWN.set(outer);
		}
	}

	/** Whether this thread makes these the values right now, here. */
	static boolean isOwn(Object spec) {
		return OWN.get() == spec;
	}

	final Changed reset() {
		return change(null, (before) -> configuredValues());
	}

	@Override
	public final String toString() {
		return kind() + " '" + name() + "'";
	}

	/** Put the values that limiters of each kind have. */
	static void putShared(Map<String, @Nullable Object> values, LimiterSpec spec, Map<String, ?> plans) {
		values.put("enforce", spec.enforce());
		values.put("maxKeys", spec.maxKeys());
		values.put("plans", new TreeMap<>(plans));
	}

	/** Only a configuration changes them. */
	@SuppressWarnings("unchecked")
	static <P> Map<String, P> plans(Map<String, @Nullable Object> values) {
		return get(values, "plans", Map.class);
	}

	static int percent(String text) {
		Integer percent = PercentText.read(text);
		if (percent == null) {
			throw notANumber("enforce", text, "a whole number from 0 to 100, such as 25%");
		}
		return percent;
	}

	static int waiting(String text) {
		if (text.equals(UNBOUNDED)) {
			return ConcurrencyLimiterSpec.UNBOUNDED;
		}
		Integer number = NumberText.integer(text);
		if (number == null) {
			throw notANumber("maxWaiting", text, WHOLE + ", or unbounded");
		}
		return number;
	}

	static int integer(String key, String text) {
		Integer number = NumberText.integer(text);
		if (number == null) {
			throw notANumber(key, text, WHOLE);
		}
		return number;
	}

	static InvalidChangeException notANumber(String key, String text, String expected) {
		return new InvalidChangeException("'" + key + "' is no number that fits: '" + VisibleText.of(text, 40)
				+ "'. Write " + expected + ", in the digits 0 to 9.");
	}

	static <T> T get(Map<String, @Nullable Object> values, String key, Class<T> type) {
		return Objects.requireNonNull(type.cast(values.get(key)));
	}

	/**
	 * What a change has done.
	 *
	 * @param before all values of before
	 * @param after all values from now on
	 * @param names those that it was about
	 */
	record Changed(Map<String, @Nullable Object> before, Map<String, @Nullable Object> after,
			java.util.List<String> names) {
	}

}
