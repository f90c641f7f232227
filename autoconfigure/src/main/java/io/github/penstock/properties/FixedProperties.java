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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Finds what a new configuration changes that only a start can bring about: all but the
 * numbers of limiters that there are.
 */
final class FixedProperties {

	private final List<String> changed = new ArrayList<>();

	private FixedProperties() {
	}

	/**
	 * The properties that are different, as people write them.
	 * @param bulkheads the entries of bulkheads that there are
	 * @param rateLimits the entries of rate limits that there are
	 */
	static List<String> changed(PenstockProperties before, PenstockProperties after, Set<String> bulkheads,
			Set<String> rateLimits) {
		FixedProperties fixed = new FixedProperties();
		fixed.compare("penstock.enabled", before.enabled(), after.enabled());
		fixed.compare("penstock.aop", before.aop(), after.aop());
		fixed.compare("penstock.web", before.web(), after.web());
		fixed.compare("penstock.holders", before.holders(), after.holders());
		fixed.compare("penstock.keys", before.keys(), after.keys());
		fixed.compare("penstock.shared", fixed(before.shared()), fixed(after.shared()));
		fixed.compare(LimiterDefaults.BULKHEAD, fixed(before.defaults().bulkhead()),
				fixed(after.defaults().bulkhead()));
		fixed.compare(LimiterDefaults.RATE_LIMIT, before.defaults().rateLimit().shared(),
				after.defaults().rateLimit().shared());
		fixed.compare("penstock.bulkheads", with(bulkheads, before.bulkheads(), PenstockProperties.Bulkhead.EMPTY),
				with(bulkheads, after.bulkheads(), PenstockProperties.Bulkhead.EMPTY), FixedProperties::fixed);
		fixed.compare("penstock.rate-limits", with(rateLimits, before.rateLimits(), PenstockProperties.RateLimit.EMPTY),
				with(rateLimits, after.rateLimits(), PenstockProperties.RateLimit.EMPTY),
				PenstockProperties.RateLimit::shared);
		fixed.compare("penstock.data-sources", before.dataSources(), after.dataSources(),
				(dataSource) -> List.of(String.valueOf(dataSource.bulkhead()), String.valueOf(dataSource.leakAfter())));
		fixed.compare("penstock.http-clients", before.httpClients(), after.httpClients(),
				(client) -> List.of(String.valueOf(client.hosts()), String.valueOf(client.bulkhead()),
						String.valueOf(client.rateLimit()), client.release(), String.valueOf(client.bodyTimeout()),
						String.valueOf(client.maxPause()), String.valueOf(client.defaultPause()),
						client.ownBulkhead() != null, client.ownRateLimit() != null, String.valueOf(client.shared())));
		fixed.compare("penstock.requests", before.requests(), after.requests(),
				(rule) -> List.of(String.valueOf(rule.paths()), String.valueOf(rule.methods()),
						String.valueOf(rule.key()), String.valueOf(rule.plan()), String.valueOf(rule.bulkhead()),
						String.valueOf(rule.rateLimit()), String.valueOf(rule.chargeStatuses()), rule.headers(),
						rule.ownBulkhead() != null, rule.ownRateLimit() != null, String.valueOf(rule.shared()),
						isOwn(rule) ? "" : rule.timeoutOrDefault()));
		return fixed.changed;
	}

	/** All but what holds in an outage, which the limiters follow. */
	private static List<String> fixed(PenstockProperties.Shared shared) {
		return List.of(String.valueOf(shared.namespace()), shared.budget().toString(), shared.lease().toString());
	}

	private static List<String> fixed(PenstockProperties.Bulkhead bulkhead) {
		return List.of(String.valueOf(bulkhead.unhealthyAfter()), String.valueOf(bulkhead.shared()));
	}

	/** Whether its timeout is that of limiters of its own, which follow. */
	private static boolean isOwn(PenstockProperties.Request rule) {
		return rule.ownBulkhead() != null || rule.ownRateLimit() != null;
	}

	/**
	 * A limiter that there is may get its first entry, and lose its last, at any time.
	 */
	private static <P> Map<String, P> with(Set<String> limiters, Map<String, P> entries, P empty) {
		Map<String, P> all = new TreeMap<>(entries);
		limiters.forEach((name) -> all.putIfAbsent(name, empty));
		return all;
	}

	/** What is fixed of each entry, and which entries there are. */
	private <P> void compare(String section, Map<String, P> before, Map<String, P> after,
			Function<P, @Nullable Object> fixed) {
		TreeSet<String> names = new TreeSet<>(before.keySet());
		names.addAll(after.keySet());
		for (String name : names) {
			P first = before.get(name);
			P second = after.get(name);
			compare(section + "." + name, (first != null) ? List.of(Objects.toString(fixed.apply(first))) : null,
					(second != null) ? List.of(Objects.toString(fixed.apply(second))) : null);
		}
	}

	private void compare(String name, @Nullable Object before, @Nullable Object after) {
		if (!Objects.equals(before, after)) {
			this.changed.add(name);
		}
	}

}
