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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Some values can be written in two ways. The strongest property source that writes such
 * a value decides on the way, as it would on the value of one property: what weaker ones
 * write in the other way is replaced. What one source writes in both ways is left, to be
 * refused where it is read.
 */
final class ExclusiveProperties {

	private static final Choice RATE = new Choice(new Way(Set.of("rps"), Set.of()),
			new Way(Set.of("limit", "per"), Set.of()));

	private static final Choice RATE_OF_CLIENT = new Choice(new Way(Set.of("rate-limit"), Set.of()),
			new Way(Set.of("rps", "limit", "per"), Set.of("burst", "sliding")));

	private static final Choice BULKHEAD_OF_CLIENT = new Choice(new Way(Set.of("bulkhead"), Set.of()),
			new Way(Set.of("max"), Set.of()));

	private static final Choice BULKHEAD_OF_DATA_SOURCE = new Choice(new Way(Set.of("bulkhead"), Set.of()),
			new Way(Set.of("max"), Set.of("timeout", "max-waiting", "enforce")));

	private static final Map<String, List<Choice>> SECTIONS = Map.of("penstock.rate-limits", List.of(RATE),
			LimiterDefaults.RATE_LIMIT, List.of(RATE), "penstock.http-clients",
			List.of(RATE_OF_CLIENT, RATE, BULKHEAD_OF_CLIENT), "penstock.requests",
			List.of(RATE_OF_CLIENT, RATE, BULKHEAD_OF_CLIENT), "penstock.data-sources",
			List.of(BULKHEAD_OF_DATA_SOURCE));

	private ExclusiveProperties() {
	}

	/**
	 * Find what is replaced.
	 * @param properties the strongest of each, by its canonical name
	 * @return the canonical names of what does not count
	 */
	static List<String> replaced(Map<String, WrittenProperty> properties) {
		Map<String, Map<String, WrittenProperty>> entries = new LinkedHashMap<>();
		for (Map.Entry<String, WrittenProperty> each : properties.entrySet()) {
			PropertyName.Known known = each.getValue().known();
			if (SECTIONS.containsKey(known.section())) {
				String name = known.property();
				String entry = each.getKey().substring(0, each.getKey().length() - name.length());
				entries.computeIfAbsent(entry, (key) -> new LinkedHashMap<>()).put(name, each.getValue());
			}
		}
		List<String> replaced = new ArrayList<>();
		for (Map.Entry<String, Map<String, WrittenProperty>> entry : entries.entrySet()) {
			Map<String, WrittenProperty> written = entry.getValue();
			String section = written.values().iterator().next().known().section();
			for (Choice choice : SECTIONS.getOrDefault(section, List.of())) {
				for (String name : choice.replaced(written)) {
					written.remove(name);
					replaced.add(entry.getKey() + name);
				}
			}
		}
		return replaced;
	}

	/**
	 * A way to write the value.
	 *
	 * @param properties the properties that write it
	 * @param others the properties that mean something in this way only
	 */
	private record Way(Set<String> properties, Set<String> others) {

		/** The rank of the strongest source that writes the value in this way. */
		int rank(Map<String, WrittenProperty> written) {
			return written.entrySet()
				.stream()
				.filter((entry) -> this.properties.contains(entry.getKey()))
				.mapToInt((entry) -> entry.getValue().rank())
				.min()
				.orElse(Integer.MAX_VALUE);
		}

		List<String> weakerThan(int rank, Map<String, WrittenProperty> written) {
			return written.entrySet()
				.stream()
				.filter((entry) -> this.properties.contains(entry.getKey()) || this.others.contains(entry.getKey()))
				.filter((entry) -> entry.getValue().rank() > rank)
				.map(Map.Entry::getKey)
				.toList();
		}

	}

	/**
	 * Two ways to write one value.
	 *
	 * @param one the one
	 * @param other the other
	 */
	private record Choice(Way one, Way other) {

		List<String> replaced(Map<String, WrittenProperty> written) {
			int one = this.one.rank(written);
			int other = this.other.rank(written);
			if (one == other) {
				return List.of();
			}
			return (one < other) ? this.other.weakerThan(one, written) : this.one.weakerThan(other, written);
		}

	}

}
