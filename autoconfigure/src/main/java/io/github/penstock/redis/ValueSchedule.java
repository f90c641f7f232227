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

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Which values a limiter has, and which it will have from each of some times on, when
 * changes for a time end. A change overwrites them from now on to its own end, so that
 * what comes back then is what there would be without it. Immutable.
 *
 * @param values those in force
 * @param steps those of later, the next first
 */
record ValueSchedule(Map<String, String> values, List<Step> steps) {

	static final ValueSchedule CONFIGURED = new ValueSchedule(Map.of(), List.of());

	/**
	 * Have all values changed by what was done to some of them.
	 * @param names those that are meant, whether they differ or not
	 * @param before all values of before, as they are to come back
	 * @param after all values from now on
	 * @param end when it ends, by {@link System#nanoTime}, or {@code null} for never
	 */
	ValueSchedule changed(Collection<String> names, Map<String, String> before, Map<String, String> after,
			@Nullable Long end) {
		Predicate<String> meant = meant(names);
		List<Step> changed = new ArrayList<>();
		Map<String, String> atEnd = before;
		for (Step step : this.steps) {
			if (end != null && step.at - end > 0) {
				break;
			}
			atEnd = step.values;
			if (end == null || step.at - end < 0) {
				changed.add(new Step(step.at, overwritten(step.values, after, meant)));
			}
		}
		if (end != null) {
			changed.add(new Step(end, atEnd));
			this.steps.stream().filter((step) -> step.at - end > 0).forEach(changed::add);
		}
		return new ValueSchedule(after, changed);
	}

	/**
	 * Have only the values that are meant changed: all others are those of here, which
	 * somebody else may have changed since.
	 * @param names those that are meant, whether they differ or not
	 * @param by what they are from now on
	 * @param end when it ends, by {@link System#nanoTime}, or {@code null} for never
	 * @param configured the values that are configured here
	 */
	ValueSchedule changedOnTop(Collection<String> names, Map<String, String> by, @Nullable Long end,
			Map<String, String> configured) {
		Map<String, String> known = ChangedValues.resolved(this.values, configured);
		return changed(names, ChangedValues.before(known, configured), overwritten(known, by, meant(names)), end);
	}

	private static Predicate<String> meant(Collection<String> names) {
		return (name) -> names.stream().anyMatch((changed) -> ChangedValues.isOf(name, changed));
	}

	private static Map<String, String> overwritten(Map<String, String> values, Map<String, String> by,
			Predicate<String> meant) {
		Map<String, String> overwritten = new LinkedHashMap<>(values);
		overwritten.keySet().removeIf(meant);
		by.forEach((name, value) -> {
			if (meant.test(name)) {
				overwritten.put(name, value);
			}
		});
		return overwritten;
	}

	/**
	 * When a value changes for the last time, {@code null} if it does not.
	 * @param configured the values that are configured here
	 */
	@Nullable Long end(String name, Map<String, String> configured) {
		Long end = null;
		Map<String, String> before = named(name, this.values, configured);
		for (Step step : this.steps) {
			Map<String, String> then = named(name, step.values, configured);
			if (!then.equals(before)) {
				end = step.at;
			}
			before = then;
		}
		return end;
	}

	private static Map<String, String> named(String name, Map<String, String> values, Map<String, String> configured) {
		Map<String, String> named = ChangedValues.resolved(values, configured);
		named.keySet().removeIf((value) -> !ChangedValues.isOf(value, name));
		return named;
	}

	/** What is left of it after some time. */
	ValueSchedule at(long nanos) {
		ValueSchedule left = this;
		while (!left.steps.isEmpty() && left.steps.get(0).at - nanos <= 0) {
			left = left.next();
		}
		return left;
	}

	private ValueSchedule next() {
		return new ValueSchedule(this.steps.get(0).values, this.steps.subList(1, this.steps.size()));
	}

	/** Whether it is what another one is later, when nothing else is changed. */
	boolean follows(ValueSchedule other) {
		for (ValueSchedule later = other; !later.steps.isEmpty();) {
			later = later.next();
			if (isLike(later)) {
				return true;
			}
		}
		return false;
	}

	/** Whether it is the same but for the times, which each instance reads by itself. */
	boolean isLike(ValueSchedule other) {
		return this.values.equals(other.values) && this.steps.stream()
			.map(Step::values)
			.toList()
			.equals(other.steps.stream().map(Step::values).toList());
	}

	/** Write it down as of a time. */
	String write(long nanos) {
		StringBuilder text = new StringBuilder(ChangedValues.write(this.values));
		for (Step step : this.steps) {
			text.append("\n+")
				.append(Math.max(0, TimeUnit.NANOSECONDS.toMillis(step.at - nanos)))
				.append(' ')
				.append(ChangedValues.write(step.values));
		}
		return text.toString();
	}

	/** Read what was written down as of a time. */
	static ValueSchedule read(String text, long nanos) {
		String[] lines = text.split("\n");
		List<Step> steps = new ArrayList<>();
		for (int at = 1; at < lines.length; at++) {
			int space = lines[at].indexOf(' ');
			long millis = Long.parseLong(lines[at].substring(1, space));
			steps.add(new Step(nanos + TimeUnit.MILLISECONDS.toNanos(millis),
					ChangedValues.read(lines[at].substring(space + 1))));
		}
		return new ValueSchedule(ChangedValues.read(lines[0]), steps);
	}

	/**
	 * A change that comes by itself.
	 *
	 * @param at when, by {@link System#nanoTime}
	 * @param values all values from then on
	 */
	record Step(long at, Map<String, String> values) {
	}

}
