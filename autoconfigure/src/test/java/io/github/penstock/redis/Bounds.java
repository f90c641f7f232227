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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.penstock.redis.Instance.Event;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must hold of the events of all instances together.
 */
final class Bounds {

	private Bounds() {
	}

	/**
	 * Until each moment there were no more grants than a bucket has that was full at the
	 * beginning. An instance writes a grant down after it came, so that none is seen
	 * before its time.
	 * @param since before the first call
	 * @param fullBuckets how often the bucket was full: once, and once more for each time
	 * that Redis has forgotten it
	 */
	static void assertGrantsWithin(InstanceSetup setup, List<InstanceProcess> instances, long since, int fullBuckets) {
		List<Long> grants = instances.stream()
			.flatMap((instance) -> instance.events(Event.GRANT).stream())
			.map(Event::micros)
			.sorted()
			.toList();
		for (int at = 0; at < grants.size(); at++) {
			double most = (double) setup.burst() * fullBuckets + setup.rate() * (grants.get(at) - since) / 1e6;
			assertThat((double) at + 1).as("Grants within %d us", grants.get(at) - since).isLessThanOrEqualTo(most);
		}
	}

	/** At no moment there were more holders than permits. */
	static void assertHoldersWithin(int max, List<Hold> holds) {
		List<long[]> steps = holds.stream()
			.flatMap((hold) -> Stream.of(new long[] { hold.from(), 1 }, new long[] { hold.to(), -1 }))
			// Of the same microsecond nobody knows the order: whoever leaves has left.
			.sorted(Comparator.<long[]>comparingLong((step) -> step[0]).thenComparingLong((step) -> step[1]))
			.toList();
		long inside = 0;
		for (long[] step : steps) {
			inside += step[1];
			assertThat(inside).as("Holders at %d", step[0]).isLessThanOrEqualTo(max);
		}
	}

	/**
	 * The holds of one instance as far as they are known to have been valid.
	 * @param endMicros when those ended that have no end
	 */
	static List<Hold> holds(InstanceProcess instance, long endMicros) {
		Map<Long, Long> begun = new HashMap<>();
		List<Hold> holds = new ArrayList<>();
		for (Event event : instance.events()) {
			if (event.kind().equals(Event.BEGIN)) {
				begun.put(event.number(), event.micros());
			}
			else if (event.kind().equals(Event.END)) {
				holds.add(new Hold(begun.remove(event.number()), event.micros()));
			}
			else if (event.kind().equals(Event.END_LOST)) {
				begun.remove(event.number());
			}
		}
		begun.values().forEach((from) -> holds.add(new Hold(from, Math.max(from, endMicros))));
		return holds;
	}

	/**
	 * A time in which a permit was held.
	 *
	 * @param from the clock in microseconds, after it was taken
	 * @param to the clock, before it was given back
	 */
	record Hold(long from, long to) {
	}

}
