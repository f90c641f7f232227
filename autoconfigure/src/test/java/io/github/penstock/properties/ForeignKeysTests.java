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

import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ForeignKeys}.
 */
class ForeignKeysTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@BeforeEach
	void setUp() {
		this.environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	@ParameterizedTest
	@CsvSource({ "bulkheads.inventory.max-concurrent-calls,bulkheads.inventory.max",
			"bulkheads.inventory.maxConcurrentCalls,bulkheads.inventory.max",
			"bulkheads.inventory.max_concurrent_calls,bulkheads.inventory.max",
			"bulkheads.instances.inventory.max-concurrent-calls,bulkheads.inventory.max",
			"bulkheads.instances.OrderService.place.maxWaitDuration,bulkheads.OrderService.place.timeout",
			"bulkheads.configs.default.max-concurrent-calls,defaults.bulkhead.max",
			"rateLimits.configs.default.limit-for-period,defaults.rate-limit.limit",
			"bulkhead.instances.inventory.max-wait-duration,bulkheads.inventory.timeout",
			"ratelimiter.instances.api.limit-for-period,rate-limits.api.limit",
			"rate-limits.api.limit-refresh-period,rate-limits.api.per",
			"rate-limits.api.timeoutDuration,rate-limits.api.timeout",
			"defaults.bulkhead.max-concurrent-calls,defaults.bulkhead.max",
			"defaults.rate-limit.timeout-duration,defaults.rate-limit.timeout",
			"thread-pool-bulkhead.instances.export.queue-capacity,bulkheads.export.max-waiting",
			"bulkheads.inventory.limit-for-period,rate-limits.inventory.limit",
			"http-clients.supplier.max-concurrent-calls,http-clients.supplier.max",
			"http-clients.supplier.limit-for-period,http-clients.supplier.limit",
			"requests.filters[0].url,requests.<name>.paths", "filters[0].cache-key,requests.<name>.key",
			"requests.api.url,requests.api.paths", "rate-limits.api.bandwidths[0].capacity,rate-limits.api.limit",
			"requests.filters[0].rate-limits[0].bandwidths[0].time,requests.<name>.per",
			"rate-limits.api.capacity,rate-limits.api.limit", "requests.api.refill-capacity,requests.api.limit",
			"rate-limits.api.refillSpeed,rate-limits.api.sliding", "rate-limits.api.replenishRate,rate-limits.api.rps",
			"rate-limits.api.count,rate-limits.api.rps", "rate-limits.api.maxQueueingTimeMs,rate-limits.api.timeout",
			"bulkheads.inventory.limit,bulkheads.inventory.max",
			"bulkheads.inventory.concurrency-limit,bulkheads.inventory.max", "concurrency-limit,bulkheads.<name>.max",
			"data-sources.db.concurrency-limit,data-sources.db.max",
			"bulkheads.inventory.policy,bulkheads.inventory.timeout" })
	void keyOfAnotherLibraryFailsWithOurs(String written, String ours) {
		assertThat(mend("penstock." + written)).contains("here it is 'penstock." + ours + "'", "; see migrating-from-");
	}

	@ParameterizedTest
	@CsvSource({ "PENSTOCK_BULKHEADS_INVENTORY_MAX_CONCURRENT_CALLS,bulkheads.inventory.max",
			"PENSTOCK_BULKHEADS_INVENTORY_MAXCONCURRENTCALLS,bulkheads.inventory.max",
			"PENSTOCK_BULKHEADS_INSTANCES_INVENTORY_MAXCONCURRENTCALLS,bulkheads.inventory.max",
			"PENSTOCK_RATE_LIMITS_SUPPLIER_API_LIMIT_FOR_PERIOD,rate-limits.supplier.api.limit",
			"PENSTOCK_RATELIMITS_API_TIMEOUTDURATION,rate-limits.api.timeout",
			"PENSTOCK_RATELIMITS_CONFIGS_DEFAULT_LIMIT_REFRESH_PERIOD,defaults.rate-limit.per",
			"PENSTOCK_REQUESTS_FILTERS_0_URL,requests.<name>.paths" })
	void variableOfAnotherLibraryFailsWithOurs(String variable, String ours) {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", Map.of(variable, "1")));
		assertThat(mend()).contains("here it is 'penstock." + ours + "'");
	}

	@ParameterizedTest
	@CsvSource({ "bulkheads.instances.inventory.max,limiters stand directly in their section",
			"rate-limits.limiters.api.rps,limiters stand directly in their section",
			"bulkheads.instances.inventory.maxx,limiters stand directly in their section",
			"bulkheads.configs.default.max,'penstock.defaults.bulkhead'",
			"rate-limits.api.base-config,'penstock.defaults.rate-limit'",
			"rate-limits.api.bandwidths[0].limit,several rules or annotations",
			"requests.filters[0].paths,rules have names",
			"circuitbreaker.instances.a.failure-rate-threshold,stays Resilience4j's",
			"time-limiter.configs.default.timeout-duration,TimeLimiter",
			"rate-limits.api.limit-for-period,twice as many calls may begin", "rate-limits.api.grade,grade 1 (QPS)",
			"bulkheads.a.fairCallHandlingEnabled,leave it out", "rate-limits.api.initial-capacity,a bucket is full" })
	void keyThatIsOtherwiseHereFailsWithWhatToDo(String written, String what) {
		assertThat(mend("penstock." + written)).contains(what, "; see migrating-from-");
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.bulkheads.instances.max", "penstock.bulkheads[instances.a].max",
			"penstock.rate-limits.configs.rps", "penstock.rate-limits.time.rps", "penstock.bulkheads.A.instances.b.max",
			"penstock.rate-limits.filters.count.rps" })
	void nameThatMayBeThatOfALimiterIsOne(String property) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "1")));
		assertThat(PropertiesReader.read(this.environment)).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.rate-limits.time.brust", "penstock.http-clients.a.url", "penstock.aop.policy",
			"penstock.web.metrics", "penstock.bulkheads.capacity.maxx" })
	void wordThatMeansSomethingElseThereIsNotExplained(String property) {
		assertThat(mend(property)).doesNotContain("is a key of");
	}

	@Test
	void explanationHasTheWholeSentence() {
		assertThat(mend("penstock.bulkheads.inventory.max-wait-duration")).isEqualTo(
				"'max-wait-duration' is a key of Resilience4j: here it is 'penstock.bulkheads.inventory.timeout' "
						+ "(it is 0 there if it is left out, and 30s here); see migrating-from-resilience4j.md");
	}

	private String mend(String property) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, "1")));
		return mend();
	}

	private String mend() {
		StringBuilder mend = new StringBuilder();
		assertThatExceptionOfType(UnknownPropertiesException.class)
			.isThrownBy(() -> PropertiesReader.read(this.environment))
			.satisfies((ex) -> mend.append(ex.properties().get(0).mend()));
		return mend.toString();
	}

}
