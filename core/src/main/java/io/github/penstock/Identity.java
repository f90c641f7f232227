package io.github.penstock;

import org.jspecify.annotations.Nullable;

/**
 * What a limiter is known by, and what it has in common with the supplies of its keys.
 *
 * @param name the name
 * @param key whose supply it is, {@code null} if it is everybody's
 * @param time the time that it lives in
 * @param counters what counts for it
 */
record Identity(String name, @Nullable Object key, TimeSource time, LimiterCounters counters) {

	Identity(String name, TimeSource time) {
		this(name, null, time, new LimiterCounters());
	}

	Identity of(Object key) {
		return new Identity(this.name, key, this.time, this.counters);
	}

}
