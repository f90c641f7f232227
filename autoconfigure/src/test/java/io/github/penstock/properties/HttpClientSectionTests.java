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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.aop.BulkheadDeclaration;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.Release;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpClientSection}, and for how its properties are read.
 */
class HttpClientSectionTests {

	private static final String PREFIX = "penstock.http-clients.supplier.";

	private final StandardEnvironment environment = new StandardEnvironment();

	private final LimiterRegistry registry = new LimiterRegistry();

	@Test
	void makeWhenItHasNumbersOfItsOwnRegistersLimitersUnderItsName() {
		given(Map.of(PREFIX + "hosts", "a.test, *.b.test:81", PREFIX + "max", "3", PREFIX + "rps", "10",
				PREFIX + "timeout", "2s", PREFIX + "max-waiting", "7", PREFIX + "release", "headers",
				PREFIX + "body-timeout", "10s", PREFIX + "max-pause", "5s", PREFIX + "default-pause", "200ms"));
		HttpLimit limit = make().get(0);
		assertThat(limit.name()).isEqualTo("supplier");
		assertThat(limit.hosts()).containsExactly("a.test", "*.b.test:81");
		assertThat(limit.bulkhead()).isSameAs(this.registry.concurrencyLimiter("supplier"));
		assertThat(limit.rateLimit()).isSameAs(this.registry.rateLimiter("supplier"));
		assertThat(this.registry.concurrencyLimiter("supplier").spec())
			.isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(2), 7));
		assertThat(this.registry.rateLimiter("supplier").spec().rate()).isEqualTo("10 per 1s");
		assertThat(this.registry.rateLimiter("supplier").spec().timeout()).hasSeconds(2);
		assertThat(limit.release()).isEqualTo(Release.HEADERS);
		assertThat(limit.bodyTimeout()).hasSeconds(10);
		assertThat(limit.maxPause()).hasSeconds(5);
		assertThat(limit.defaultPause()).hasMillis(200);
	}

	@Test
	void makeWhenItsOwnLimitIsSlidingKeepsToIt() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "limit", "5000", PREFIX + "per", "1h", PREFIX + "sliding",
				"true"));
		make();
		assertThat(this.registry.rateLimiter("supplier").spec().sliding()).isTrue();
	}

	@Test
	void makeWhenItNamesLimitersSharesThem() {
		given(Map.of(PREFIX + "hosts[0]", "a.test", PREFIX + "bulkhead", "shared", PREFIX + "rate-limit", "api",
				"penstock.bulkheads.shared.max", "4", "penstock.rate-limits.api.rps", "5"));
		HttpLimit limit = make().get(0);
		assertThat(limit.bulkhead()).isSameAs(this.registry.concurrencyLimiter("shared"));
		assertThat(limit.rateLimit()).isSameAs(this.registry.rateLimiter("api"));
		assertThat(this.registry.findConcurrencyLimiter("supplier")).isNull();
		assertThat(limit.release()).isEqualTo(Release.BODY);
		assertThat(limit.bodyTimeout()).isEqualTo(HttpLimit.DEFAULT_BODY_TIMEOUT);
		assertThat(limit.maxPause()).isEqualTo(HttpLimit.DEFAULT_MAX_PAUSE);
		assertThat(limit.defaultPause()).isEqualTo(HttpLimit.DEFAULT_PAUSE);
	}

	@Test
	void makeWhenAnnotationDefinesTheLimiterTakesIt() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "bulkhead", "annotated"));
		ConfiguredLimiters limiters = limiters();
		limiters.declare(new BulkheadDeclaration("annotated", 6, null, null, "com.acme.Here.call()"));
		limiters.complete();
		assertThat(this.registry.concurrencyLimiter("annotated").max()).isEqualTo(6);
		assertThat(limiters.bulkhead("annotated").usedBy()).containsExactlyInAnyOrder("com.acme.Here.call()",
				"penstock.http-clients.supplier");
	}

	@Test
	void declareTellsWhoUsesTheLimiters() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", PREFIX + "rate-limit", "api",
				"penstock.rate-limits.api.rps", "5", "penstock.rate-limits.other.rps", "5"));
		ConfiguredLimiters limiters = limiters();
		limiters.complete();
		assertThat(limiters.unused()).containsExactly("penstock.rate-limits.other");
		assertThat(limiters.describe()).anySatisfy((line) -> assertThat(line).contains("'supplier': max=3 (yaml)"));
	}

	@Test
	void readWhenEnvironmentVariablesNameItFindsTheHosts() {
		given(Map.of());
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					Map.of("PENSTOCK_HTTPCLIENTS_SUPPLIER_HOSTS_0", "a.test", "PENSTOCK_HTTP_CLIENTS_SUPPLIER_HOSTS_1",
							"b.test", "PENSTOCK_HTTPCLIENTS_SUPPLIER_MAX", "2")));
		HttpLimit limit = make().get(0);
		assertThat(limit.hosts()).containsExactly("a.test", "b.test");
		assertThat(limit.name()).isEqualTo("supplier");
	}

	@Test
	void readWhenTwoSourcesHaveHostsTakesTheWholeListOfTheStronger() {
		given(Map.of(PREFIX + "hosts[0]", "a.test", PREFIX + "hosts[1]", "b.test", PREFIX + "max", "2"));
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("stronger", Map.of(PREFIX + "hosts[0]", "c.test")));
		assertThat(make().get(0).hosts()).containsExactly("c.test");
		this.environment.getPropertySources()
			.addFirst(new MapPropertySource("strongest", Map.of(PREFIX + "hosts", "d.test")));
		assertThat(make().get(0).hosts()).containsExactly("d.test");
	}

	@Test
	void declareWhenThereAreNoHostsFails() {
		given(Map.of(PREFIX + "max", "3"));
		assertFails(this::limiters, "penstock.http-clients.supplier", "it has no hosts", "Add hosts");
	}

	@Test
	void declareWhenThereIsNoLimitFails() {
		given(Map.of(PREFIX + "hosts", "a.test"));
		assertFails(this::limiters, "penstock.http-clients.supplier", "it has no limit", "Add max or rps");
	}

	@Test
	void declareWhenNameIsOfNoLimiterFailsWithTheNearest() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "bulkhead", "inventroy", "penstock.bulkheads.inventory.max",
				"3"));
		assertFails(limiters()::complete, "penstock.http-clients.supplier", "bulkhead 'inventroy' has no max",
				"If 'inventory' is meant, correct the name");
	}

	@Test
	void declareWhenItHasBothNumbersAndNameFails() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "bulkhead", "b", PREFIX + "max", "3",
				"penstock.bulkheads.b.max", "3"));
		assertFails(this::limiters, PREFIX + "max (test)", "it has max of its own as well as bulkhead 'b'",
				"penstock.bulkheads.b");
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "rate-limit", "r", PREFIX + "burst", "3", PREFIX + "rps", "3",
				"penstock.rate-limits.r.rps", "3"));
		assertFails(this::limiters, PREFIX + "rps (test)", "it has rps, burst of its own as well as rate-limit 'r'",
				"penstock.rate-limits.r");
	}

	@Test
	void declareWhenNumbersOfItsOwnAreThoseOfLimiterAsWellFails() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", "penstock.bulkheads.supplier.max", "3"));
		assertFails(this::limiters, "penstock.bulkheads.supplier and penstock.http-clients.supplier",
				"they define the same limiter", "Keep its numbers in one of them");
	}

	@ParameterizedTest
	@ValueSource(strings = { "timeout", "max-waiting" })
	void declareWhenNumberWouldDoNothingFails(String property) {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "bulkhead", "b", PREFIX + property, "3",
				"penstock.bulkheads.b.max", "3"));
		assertFails(this::limiters, PREFIX + property + " (test)", "it would do nothing", "Set it where those are");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a.test", "a.test/x", "a.test:99999", "*x.test" })
	void declareWhenHostIsNoneFails(String host) {
		given(Map.of(PREFIX + "hosts", host, PREFIX + "max", "3"));
		assertFails(this::limiters, PREFIX + "hosts", "Invalid host '" + host + "'", "Correct it there");
	}

	@Test
	void declareWhenTwoClientsHaveTheSameHostFails() {
		given(Map.of(PREFIX + "hosts", "a.test:80", PREFIX + "max", "3", "penstock.http-clients.other.hosts",
				"b.test,A.TEST:80", "penstock.http-clients.other.max", "3"));
		assertFails(this::limiters, "penstock.http-clients.", "they both have the host 'a.test:80'",
				"Keep it in one of them");
	}

	@Test
	void declareWhenDefaultPauseIsNegativeFailsAndZeroIsNone() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", PREFIX + "default-pause", "-1s"));
		assertFails(this::limiters, PREFIX + "default-pause (test)", "Invalid default-pause", "Correct it there");
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", PREFIX + "default-pause", "0"));
		assertThat(make().get(0).defaultPause()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "body-timeout", "max-pause" })
	void declareWhenDurationIsOutOfRangeFails(String property) {
		for (String value : List.of("0", "-1s", "400d")) {
			given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", PREFIX + property, value));
			assertFails(this::limiters, PREFIX + property + " (test)", "Invalid " + property, "Correct it there");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "hosts[0].x", "hots", "hosts[x]", "max[0]", "relase" })
	void readWhenKeyIsUnknownFails(String key) {
		given(Map.of(PREFIX + key, "a.test"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::limiters);
	}

	@Test
	void readWhenReleaseIsNoneFails() {
		given(Map.of(PREFIX + "hosts", "a.test", PREFIX + "max", "3", PREFIX + "release", "never"));
		assertFails(this::limiters, PREFIX + "release (test)", "'never' is not one of [body, headers]", "Write one of");
	}

	private void given(Map<String, Object> properties) {
		MutablePropertySources sources = this.environment.getPropertySources();
		sources.stream().map((source) -> source.getName()).toList().forEach(sources::remove);
		sources.addFirst(new MapPropertySource("test", properties));
	}

	private ConfiguredLimiters limiters() {
		return new ConfiguredLimiters(PropertiesReader.read(this.environment), () -> this.registry, (made) -> {
		});
	}

	private List<HttpLimit> make() {
		ConfiguredProperties properties = PropertiesReader.read(this.environment);
		LimiterRegistry registry = (this.registry.concurrencyLimiters().isEmpty()) ? this.registry
				: new LimiterRegistry();
		ConfiguredLimiters limiters = new ConfiguredLimiters(properties, () -> registry, (made) -> {
		});
		return HttpClientSection.make(properties.httpClients(), limiters, (builder) -> {
		});
	}

	private static void assertFails(ThrowingCallable call, String where, String problem, String mend) {
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(call).satisfies((failure) -> {
			assertThat(failure.where()).startsWith(where);
			assertThat(failure.problem()).contains(problem);
			assertThat(failure.mend()).contains(mend);
		});
	}

}
