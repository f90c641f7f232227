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

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The keys of those libraries that people come from, and what they are called here. What
 * has the same name there and here is not among them.
 */
final class ForeignKeys {

	private static final String RESILIENCE4J = "Resilience4j";

	private static final String BUCKET4J = "the Bucket4j starter";

	private static final String SENTINEL = "Sentinel";

	private static final String SPRING = "Spring";

	private static final String GATEWAY = "Spring Cloud Gateway";

	private static final Map<String, String> PAGES = Map.of(RESILIENCE4J, "migrating-from-resilience4j.md", BUCKET4J,
			"migrating-from-bucket4j.md", SENTINEL, "migrating-from-sentinel.md", SPRING, "migrating-from-spring.md",
			GATEWAY, "migrating-from-bucket4j.md");

	private static final Map<String, Class<?>> SECTIONS = Map.of("bulkheads", PenstockProperties.Bulkhead.class,
			"rate-limits", PenstockProperties.RateLimit.class, "http-clients", PenstockProperties.HttpClient.class,
			"requests", PenstockProperties.Request.class, "data-sources", PenstockProperties.DataSource.class);

	/** What stands between a section and the names in it. */
	private static final Set<String> NAMED_BELOW = Set.of("instances", "backends", "limiters", "configs");

	/** Lists of what has names here. */
	private static final Set<String> LISTS = Set.of("filters", "bandwidths", "ratelimits", "methods");

	private static final Map<String, Foreign> KEYS = new HashMap<>();

	static {
		String window = "a window begins anew there after each period, so that twice as many calls may begin around its"
				+ " edge; here 'limit' tokens come back evenly in each 'per', 'burst' calls may begin at once,"
				+ " and with 'sliding: true' never more than 'limit' begin in any 'per'";
		put(RESILIENCE4J, "bulkheads", "max", null, "max-concurrent-calls", "max-concurrent-call");
		put(RESILIENCE4J, "bulkheads", "timeout", "it is 0 there if it is left out, and 30s here", "max-wait-duration",
				"max-wait-time");
		put(RESILIENCE4J, "rate-limits", "limit", window, "limit-for-period");
		put(RESILIENCE4J, "rate-limits", "per", window, "limit-refresh-period", "limit-refresh-period-in-nanos",
				"limit-refresh-period-in-millis");
		put(RESILIENCE4J, "rate-limits", "timeout",
				"how long a call may wait for its turn, 5s there if it is left out, and 30s here;"
						+ " how long a call itself may take is still for Resilience4j's TimeLimiter",
				"timeout-duration", "timeout-duration-in-millis");
		put(RESILIENCE4J, "bulkheads", "max", "no threads belong to a bulkhead here", "max-thread-pool-size");
		put(RESILIENCE4J, "bulkheads", "max-waiting", "no threads belong to a bulkhead here", "queue-capacity");
		put(RESILIENCE4J, null, null, "leave it out: no threads belong to a bulkhead here", "core-thread-pool-size",
				"keep-alive-duration", "context-propagators");
		put(RESILIENCE4J, null, null,
				"values for many limiters stand once in 'penstock.defaults.bulkhead' and 'penstock.defaults.rate-limit'",
				"base-config", "configs");
		put(RESILIENCE4J, null, null, "limiters stand directly in their section: leave that element out", "instances",
				"backends", "limiters");
		put(RESILIENCE4J, null, null, "leave it out: refusals are application events and meters in any case",
				"event-consumer-buffer-size", "subscribe-for-events");
		put(RESILIENCE4J, "bulkheads", "unhealthy-after", "bulkheads only: how long it may be full",
				"register-health-indicator", "allow-health-indicator-to-fail");
		put(RESILIENCE4J, null, null, "leave it out: refusals have no stack trace", "writable-stack-trace-enabled");
		put(RESILIENCE4J, null, null, "leave it out: first come, first served always", "fair-call-handling-enabled",
				"fair-call-handling-strategy-enabled");
		put(RESILIENCE4J, null, null, "limits have one place: 'penstock.aop.order'", "bulkhead-aspect-order",
				"rate-limiter-aspect-order");
		put(RESILIENCE4J, "bulkheads", null, "no threads belong to a bulkhead here", "thread-pool-bulkhead");
		put(RESILIENCE4J, null, null, "it stays Resilience4j's, below 'resilience4j', and works beside the limits",
				"circuitbreaker", "retry", "timelimiter");

		put(BUCKET4J, "requests", null, "rules have names and no numbers", "filters");
		put(BUCKET4J, null, null, "methods have annotations, @RateLimited, and limits their names", "methods");
		put(BUCKET4J, null, null,
				"leave it out: all rules that a request matches hold, and a limit holds for the calls that name it",
				"strategy");
		put(BUCKET4J, "rate-limits", null,
				"several limits on one request or method are several rules or annotations, all or nothing",
				"bandwidths");
		put(BUCKET4J, "rate-limits", "limit",
				"with 'per'; where 'refill-capacity' is another number, that one is 'limit'"
						+ " and the capacity is 'burst'",
				"capacity");
		put(BUCKET4J, "rate-limits", "limit", "the capacity is 'burst' then", "refill-capacity", "refill-tokens");
		put(BUCKET4J, "rate-limits", "per", "one value with its unit, such as 1m", "time", "unit", "refill-period",
				"refill-duration");
		put(BUCKET4J, "rate-limits", "sliding",
				"tokens come back evenly here, as with 'greedy'; who refills at intervals to have no more than 'limit'"
						+ " in a period writes 'sliding: true'",
				"refill-speed", "fixed-refill-interval", "fixed-refill-interval-unit");
		put(BUCKET4J, null, null, "leave it out: a bucket is full when it begins", "initial-capacity");
		put(BUCKET4J, null, null, "leave it out, or write 'shared: true' for one limit of all instances, in Redis",
				"cache-name", "cache-to-use");
		put(BUCKET4J, null, null, "leave it out: rules stand where the application needs them, servlet or WebFlux",
				"filter-method", "filter-order");
		put(BUCKET4J, "requests", "paths", "path patterns such as /api/**, no regular expressions", "url",
				"url-pattern");
		put(BUCKET4J, "requests", "key", "principal, ip, header:name and the like, or @bean, but no expression",
				"cache-key", "expression", "filter-key-type");
		put(BUCKET4J, "requests", "paths", "with 'methods': patterns that begin with ! are not limited; no expressions",
				"execute-condition", "skip-condition", "execute-predicates", "skip-predicates");
		put(BUCKET4J, "requests", "charge-statuses", "the statuses that take a token", "post-execute-condition");
		put(BUCKET4J, null, null, "a request costs one token; a call costs what 'cost' of its @RateLimited says",
				"num-tokens");
		put(BUCKET4J, null, null, "leave it out: a change of the limit leaves what was taken as taken",
				"tokens-inheritance-strategy");
		put(BUCKET4J, null, null,
				"leave it out: a refusal is a 429 with Retry-After and Problem Details, which an @ExceptionHandler may change",
				"http-response-body", "http-content-type", "http-status-code", "http-response-headers");
		put(BUCKET4J, "requests", "headers", "the other way round: 'true' shows the limits on all responses",
				"hide-http-response-headers");
		put(BUCKET4J, null, null, "leave it out: the meters are there in any case", "metrics", "default-metric-tags",
				"default-method-metric-tags");
		put(BUCKET4J, null, null, "leave it out: limits change by the endpoint 'limiters' and by the page",
				"filter-config-caching-enabled", "filter-config-cache-name");

		put(GATEWAY, "rate-limits", "rps", null, "replenish-rate");
		put(GATEWAY, "rate-limits", "burst", null, "burst-capacity");
		put(GATEWAY, null, null, "a request costs one token; a call costs what 'cost' of its @RateLimited says",
				"requested-tokens");

		put(SENTINEL, null, null, "grade 1 (QPS) is a rate limit with 'rps', grade 0 (threads) a bulkhead with 'max'",
				"grade");
		put(SENTINEL, "rate-limits", "rps", "of grade 1 (QPS); of grade 0 (threads) it is 'max' of a bulkhead",
				"count");
		put(SENTINEL, null, null,
				"0 (reject) is 'timeout: 0', 2 (queueing) is a 'timeout' with 'burst: 1'; 1 (warm up) has no counterpart",
				"control-behavior");
		put(SENTINEL, "rate-limits", "timeout", "with 'burst: 1' to spread the calls", "max-queueing-time-ms",
				"max-queueing-timeout-ms");
		put(SENTINEL, null, null, "leave it out: there is no warm-up", "warm-up-period-sec", "warm-up-cold-factor");
		put(SENTINEL, "requests", "key", "whose limit it is; numbers for some keys are 'plans' of a limiter",
				"limit-app", "param-idx", "param-flow-item-list");
		put(SENTINEL, "rate-limits", "per", null, "duration-in-sec", "interval-sec");
		put(SENTINEL, null, null, "leave it out: a limit holds for the calls that name it, whoever calls",
				"ref-resource");
		put(SENTINEL, null, null, "the name of the limiter is the key of its section", "resource");
		put(SENTINEL, "rate-limits", "shared", "'true' for one limit of all instances, in Redis", "cluster-mode",
				"cluster-config");

		put(SPRING, "bulkheads", "max", "nobody waits for ever: 'timeout' is 30s if it is left out",
				"concurrency-limit", "limit-string", "throttle-limit", "limit");
		put(SPRING, "bulkheads", "timeout", "REJECT is 'timeout: 0', BLOCK a longer one", "policy", "throttle-policy",
				"reject-tasks-when-limit-reached");
	}

	private final List<String> elements;

	private final boolean words;

	/** The section, {@code null} if it is none that has names below it. */
	private @Nullable String section;

	/** Where the names begin. */
	private int names = 1;

	private ForeignKeys(List<String> elements, boolean words) {
		this.elements = elements;
		this.words = words;
		findSection();
	}

	private static void put(String library, @Nullable String section, @Nullable String property, @Nullable String note,
			String... keys) {
		for (String key : keys) {
			KEYS.put(PropertyName.uniform(key), new Foreign(key, library, section, property, note));
		}
	}

	/** The keys that a page explains. */
	static Set<String> keysOn(String page) {
		return KEYS.values()
			.stream()
			.filter((foreign) -> page.equals(PAGES.get(foreign.library())))
			.map(Foreign::key)
			.collect(Collectors.toSet());
	}

	/**
	 * Explain a name that means nothing here.
	 * @param elements its elements after {@code penstock}
	 * @param words whether they are the words of an environment variable
	 * @return what it is called here, {@code null} if it is no key of another library
	 */
	static @Nullable String explain(List<String> elements, boolean words) {
		return new ForeignKeys(elements, words).explain();
	}

	/**
	 * Explain a name that would mean something else here, as the first element would be
	 * taken for a part of the limiter's name.
	 * @param elements its elements after {@code penstock}
	 * @return what it is called here, {@code null} if it is meant as it is written
	 */
	static @Nullable String explainName(List<String> elements) {
		ForeignKeys keys = new ForeignKeys(elements, false);
		return keys.explainAt(keys.around(2));
	}

	/**
	 * Find what other libraries have around names.
	 * @param atLeast how many elements follow what would be a name by itself
	 */
	private int around(int atLeast) {
		int last = this.elements.size() - 1;
		if (this.section != null && last >= this.names + atLeast && NAMED_BELOW.contains(uniform(this.names))) {
			return this.names;
		}
		for (int at = this.names; this.section != null && at < last - 1; at++) {
			if (LISTS.contains(uniform(at)) && isIndex(this.elements.get(at + 1))) {
				return at;
			}
		}
		return -1;
	}

	private void findSection() {
		for (int to = 1; to <= Math.min((this.words) ? 2 : 1, this.elements.size()); to++) {
			String first = PropertyName.uniform(String.join("", this.elements.subList(0, to)));
			for (String candidate : SECTIONS.keySet()) {
				if (PropertyName.uniform(candidate).equals(first)) {
					this.section = candidate;
					this.names = to;
				}
			}
		}
	}

	private @Nullable String explain() {
		if (this.section == null && !isDefaults() && KnownProperties.isProperty(this.elements.get(0))) {
			return null;
		}
		int end = this.elements.size();
		while (end > 1 && isIndex(this.elements.get(end - 1))) {
			end--;
		}
		int first = (this.section != null) ? this.names : 0;
		for (int begin = (this.words) ? first : Math.max(first, end - 1); begin < end; begin++) {
			Foreign foreign = KEYS.get(PropertyName.uniform(String.join("", this.elements.subList(begin, end))));
			if (foreign != null && fits(foreign)) {
				return explain(foreign, begin);
			}
		}
		int around = around(1);
		return explainAt((around < 0 && this.section == null) ? 0 : around);
	}

	private @Nullable String explainAt(int at) {
		Foreign foreign = (at >= 0) ? KEYS.get(uniform(at)) : null;
		return (foreign != null) ? explain(foreign, at) : null;
	}

	/** Few letters mean something else among requests to others and connections. */
	private boolean fits(Foreign foreign) {
		return (!"http-clients".equals(this.section) && !"data-sources".equals(this.section))
				|| foreign.library().equals(RESILIENCE4J) || isHere(foreign.property());
	}

	private boolean isHere(@Nullable String property) {
		return property != null && this.section != null && names(SECTIONS.get(this.section)).contains(property);
	}

	private String explain(Foreign foreign, int at) {
		StringBuilder text = new StringBuilder("'" + foreign.key() + "' is a key of " + foreign.library() + ": ");
		String target = target(foreign, at);
		if (target != null) {
			text.append("here it is '").append(target).append("'");
		}
		if (foreign.note() != null) {
			text.append((target != null) ? " (" : "").append(foreign.note()).append((target != null) ? ")" : "");
		}
		return text.append("; see ").append(PAGES.get(foreign.library())).toString();
	}

	private @Nullable String target(Foreign foreign, int at) {
		if (foreign.section() == null) {
			return null;
		}
		String property = foreign.property();
		if (isDefaults()) {
			return (property != null)
					? "penstock.defaults." + this.elements.get(1).toLowerCase(Locale.ROOT) + "." + property : null;
		}
		String section = (this.section != null && isHere(property)) ? this.section : foreign.section();
		List<String> names = names(at);
		if (property != null && names.contains("configs")) {
			return "penstock.defaults." + (section.equals("rate-limits") ? "rate-limit" : "bulkhead") + "." + property;
		}
		String name = (names.isEmpty()) ? "<name>" : String.join(".", names);
		return "penstock." + section + "." + name + ((property != null) ? "." + property : "");
	}

	private boolean isDefaults() {
		return this.elements.size() > 2 && uniform(0).equals("defaults");
	}

	/** The name of the limiter, without what other libraries have around it. */
	private List<String> names(int to) {
		List<String> names = new ArrayList<>();
		for (int i = this.names; i < to; i++) {
			String element = this.elements.get(i);
			if (uniform(i).equals("configs") && i == this.names) {
				return List.of("configs");
			}
			boolean structure = isIndex(element) || LISTS.contains(uniform(i)) || NAMED_BELOW.contains(uniform(i));
			if (!structure) {
				names.add((this.words) ? element.toLowerCase(Locale.ROOT) : element);
			}
		}
		return names;
	}

	private static List<String> names(@Nullable Class<?> type) {
		return (type != null) ? Stream.of(type.getRecordComponents())
			.map(RecordComponent::getName)
			.map(KnownProperties::dashed)
			.toList() : List.of();
	}

	private String uniform(int at) {
		return PropertyName.uniform(this.elements.get(at));
	}

	private static boolean isIndex(String element) {
		return !element.isEmpty() && element.chars().allMatch((c) -> c >= '0' && c <= '9');
	}

	/**
	 * A key of another library.
	 *
	 * @param key the key
	 * @param library whose it is
	 * @param section where it belongs here
	 * @param property what it is called here, {@code null} for an entry of the section
	 * @param note what means something else, or what to do where it is called nothing
	 */
	private record Foreign(String key, String library, @Nullable String section, @Nullable String property,
			@Nullable String note) {
	}

}
