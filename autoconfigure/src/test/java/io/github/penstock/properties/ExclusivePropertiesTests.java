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
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.actuate.LimiterOrigin.Source;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExclusiveProperties}.
 */
class ExclusivePropertiesTests {

	private static final String API = "penstock.rate-limits.api.";

	private final MutablePropertySources sources;

	private final StandardEnvironment environment = new StandardEnvironment();

	ExclusivePropertiesTests() {
		this.sources = this.environment.getPropertySources();
	}

	@BeforeEach
	void clear() {
		this.sources.stream().map((source) -> source.getName()).toList().forEach(this.sources::remove);
	}

	@Test
	void rpsOfTheCommandLineReplacesLimitAndPerOfAFile() {
		weaker("file", API + "limit", "5000", API + "per", "1h", API + "burst", "7");
		this.sources.addFirst(new SimpleCommandLinePropertySource("--penstock.rate-limits.api.rps=50"));
		assertThat(spec()).isEqualTo(RateLimiterSpec.of(50).withBurst(7));
		ConfiguredLimiters limiters = limiters();
		limiters.complete();
		assertThat(limiters.rateLimit("api").sources()).containsEntry("rate", Source.COMMAND_LINE);
	}

	@Test
	void limitAndPerOfAProfileReplaceRpsOfTheDefault() {
		weaker("application-big.yml", API + "limit", "5000", API + "per", "1h");
		weaker("application.yml", API + "rps", "50");
		assertThat(spec()).isEqualTo(RateLimiterSpec.of(5000, Duration.ofHours(1)));
	}

	@Test
	void rpsOfTheEnvironmentReplacesLimitAndPerOfAFile() {
		weaker("file", "penstock.rate-limits.supplier-api.limit", "5000", "penstock.rate-limits.supplier-api.per",
				"1h");
		this.sources.addFirst(new SystemEnvironmentPropertySource("systemEnvironment",
				Map.of("PENSTOCK_RATELIMITS_SUPPLIERAPI_RPS", "50")));
		ConfiguredLimiters limiters = limiters();
		assertThat(limiters.rateLimiter("supplier-api").configured()).isEqualTo(RateLimiterSpec.of(50));
		assertThat(limiters.rateLimit("supplier-api").sources()).containsEntry("rate", Source.ENVIRONMENT)
			.containsEntry("burst", Source.DEFAULT);
	}

	@Test
	void limitOfTheCommandLineIsCompletedByPerOfAFile() {
		weaker("args", API + "limit", "10");
		weaker("file", API + "limit", "5000", API + "per", "1h");
		assertThat(spec()).isEqualTo(RateLimiterSpec.of(10, Duration.ofHours(1)));
	}

	@Test
	void theStrongestOfThreeSourcesCounts() {
		weaker("args", API + "limit", "10");
		weaker("profile", API + "rps", "50");
		weaker("file", API + "limit", "5000", API + "per", "1m");
		assertThat(spec()).isEqualTo(RateLimiterSpec.of(10, Duration.ofMinutes(1)));
	}

	@Test
	void aPeriodThatReplacesARateAndHasNoLimitFailsWithBothPlaces() {
		weaker("args", API + "per", "1m");
		weaker("file", API + "rps", "50");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::spec)
			.withMessageContaining("has no limit, though it has a per")
			.withMessageContaining(API + "per (args) replaces " + API + "rps (file)");
	}

	@ParameterizedTest
	@CsvSource({ "limit,5", "per,1s" })
	void bothInOneSourceFailWithBothPlaces(String other, String value) {
		weaker("file", API + "rps", "50", API + other, value);
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::spec)
			.withMessageContaining(API + "rps (file)")
			.withMessageContaining(API + other + " (file)")
			.withMessageContaining("it says the rate twice");
	}

	@Test
	void bothInOneSourceOfAClientFailWithBothPlaces() {
		weaker("file", "penstock.http-clients.c.hosts", "a.test", "penstock.http-clients.c.rps", "5",
				"penstock.http-clients.c.limit", "5");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(() -> limiters().rateLimiter("c"))
			.withMessageContaining("penstock.http-clients.c.rps (file)")
			.withMessageContaining("penstock.http-clients.c.limit (file)");
	}

	@Test
	void rateOfAClientIsOneValueAsWell() {
		weaker("args", "penstock.http-clients.c.rps", "5");
		weaker("file", "penstock.http-clients.c.hosts", "a.test", "penstock.http-clients.c.limit", "5000",
				"penstock.http-clients.c.per", "1h");
		assertThat(limiters().rateLimiter("c").configured()).isEqualTo(RateLimiterSpec.of(5));
	}

	@Test
	void nameOfALimiterReplacesNumbersOfAWeakerSourceAndTheOtherWayRound() {
		weaker("args", "penstock.http-clients.c.rate-limit", "shared", "penstock.http-clients.d.rps", "3",
				"penstock.data-sources.db.bulkhead", "pool", "penstock.data-sources.other.max", "2");
		weaker("file", "penstock.http-clients.c.hosts", "a.test", "penstock.http-clients.c.limit", "5000",
				"penstock.http-clients.c.per", "1h", "penstock.http-clients.c.burst", "3",
				"penstock.rate-limits.shared.rps", "1", "penstock.http-clients.d.hosts", "d.test",
				"penstock.http-clients.d.rate-limit", "shared", "penstock.data-sources.db.max", "8",
				"penstock.data-sources.db.timeout", "5s", "penstock.data-sources.other.bulkhead", "pool",
				"penstock.bulkheads.pool.max", "3");
		ConfiguredProperties properties = PropertiesReader.read(this.environment);
		assertThat(properties.values().httpClients().get("c").ownRateLimit()).isNull();
		assertThat(properties.values().httpClients().get("d").rateLimit()).isNull();
		assertThat(properties.values().dataSources().get("db").ownBulkhead()).isNull();
		assertThat(properties.values().dataSources().get("other").ownBulkhead()).isNotNull();
		limiters().complete();
	}

	private RateLimiterSpec spec() {
		return limiters().rateLimiter("api").configured();
	}

	private ConfiguredLimiters limiters() {
		LimiterRegistry registry = new LimiterRegistry();
		return new ConfiguredLimiters(PropertiesReader.read(this.environment), () -> registry, (made) -> {
		});
	}

	private void weaker(String source, String... properties) {
		Map<String, Object> map = new LinkedHashMap<>();
		for (int i = 0; i < properties.length; i += 2) {
			map.put(properties[i], properties[i + 1]);
		}
		this.sources.addLast(new MapPropertySource(source, map));
	}

}
