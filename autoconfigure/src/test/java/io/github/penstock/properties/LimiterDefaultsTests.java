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

import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStore;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.LimiterOrigin.Source;
import io.github.penstock.aop.BulkheadDeclaration;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.RateLimitDeclaration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LimiterDefaults}.
 */
class LimiterDefaultsTests {

	private static final String HERE = "com.acme.Here.call()";

	private final LimiterRegistry registry = new LimiterRegistry(
			LimiterFactory.sharing(TimeSource.system(), () -> mock(LimiterStore.class)));

	private final StandardEnvironment environment = new StandardEnvironment();

	@Test
	void bulkheadWhenNothingElseSaysItHasEachDefault() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.bulkhead.max=5
				penstock.defaults.bulkhead.timeout=2s
				penstock.defaults.bulkhead.max-waiting=7
				penstock.defaults.bulkhead.enforce=25%
				penstock.defaults.bulkhead.max-keys=9
				penstock.defaults.bulkhead.shared=true
				penstock.defaults.bulkhead.on-outage=closed
				penstock.defaults.bulkhead.max-hold=1m
				penstock.defaults.bulkhead.plans.gold.max=50
				""");
		limiters.declare(bulkhead("x", null, null));
		assertThat(limiters.concurrencyLimiter("x").configured())
			.isEqualTo(new ConcurrencyLimiterSpec(5, Duration.ofSeconds(2), 7, 25, 9, Map.of("gold", 50),
					new Sharing(Sharing.OnOutage.CLOSED, Duration.ofMinutes(1))));
		assertThat(limiters.bulkhead("x").sources())
			.containsOnlyKeys("max", "timeout", "max-waiting", "enforce", "max-keys", "shared", "on-outage", "max-hold",
					"plans")
			.allSatisfy((property, source) -> assertThat(source).isEqualTo(Source.CONFIGURED_DEFAULT));
	}

	@Test
	void rateLimitWhenNothingElseSaysItHasEachDefault() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.rate-limit.limit=50
				penstock.defaults.rate-limit.per=1m
				penstock.defaults.rate-limit.burst=3
				penstock.defaults.rate-limit.timeout=2s
				penstock.defaults.rate-limit.max-waiting=7
				penstock.defaults.rate-limit.enforce=25%
				penstock.defaults.rate-limit.max-keys=9
				penstock.defaults.rate-limit.shared=true
				penstock.defaults.rate-limit.on-outage=open
				penstock.defaults.rate-limit.plans.gold.rps=50
				""");
		limiters.declare(rateLimit("x", null, null, null, null));
		assertThat(limiters.rateLimiter("x").configured()).isEqualTo(new RateLimiterSpec(BigDecimal.valueOf(50),
				Duration.ofMinutes(1), 3L, Duration.ofSeconds(2), 7, false, 25, 9,
				Map.of("gold", new RateLimiterSpec.Plan(BigDecimal.valueOf(50), Duration.ofSeconds(1), null)),
				new Sharing(Sharing.OnOutage.OPEN, null)));
		assertThat(limiters.rateLimit("x").sources()).containsEntry("sliding", Source.DEFAULT)
			.allSatisfy((property, source) -> assertThat(source)
				.isEqualTo((property.equals("sliding")) ? Source.DEFAULT : Source.CONFIGURED_DEFAULT));
	}

	@Test
	void rateLimitWhenDefaultSlidesKeepsToTheWindow() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.rate-limit.sliding=true
				penstock.defaults.rate-limit.per=1m
				penstock.rate-limits.x.limit=5
				""");
		RateLimiterSpec spec = limiters.rateLimiter("x").configured();
		assertThat(spec.sliding()).isTrue();
		assertThat(spec.rate()).isEqualTo("5 per 1m");
	}

	@Test
	void annotationIsStrongerThanDefaultAndPropertyThanAnnotation() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.timeout=9s
				penstock.defaults.bulkhead.max=5
				penstock.defaults.bulkhead.timeout=2s
				penstock.bulkheads.configured.max=20
				penstock.rate-limits.x.rps=1
				""");
		limiters.declare(bulkhead("configured", 3, "1s"));
		limiters.declare(bulkhead("annotated", 3, null));
		assertThat(limiters.concurrencyLimiter("configured").max()).isEqualTo(20);
		assertThat(limiters.concurrencyLimiter("configured").configured().timeout()).hasSeconds(1);
		assertThat(limiters.concurrencyLimiter("annotated").max()).isEqualTo(3);
		assertThat(limiters.concurrencyLimiter("annotated").configured().timeout()).hasSeconds(2);
		assertThat(limiters.rateLimiter("x").configured().timeout()).hasSeconds(9);
		assertThat(limiters.describe()).anySatisfy((line) -> assertThat(line).contains("'annotated'",
				"max=3 (annotation)", "timeout=2s (configured-default)"));
	}

	@Test
	void defaultOfTheKindIsStrongerThanThatOfAll() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.enforce=10%
				penstock.defaults.timeout=9s
				penstock.defaults.rate-limit.enforce=20%
				penstock.shared.on-outage=open
				penstock.defaults.rate-limit.on-outage=closed
				penstock.rate-limits.x.rps=1
				penstock.rate-limits.x.shared=true
				penstock.bulkheads.x.max=1
				penstock.bulkheads.x.shared=true
				""");
		assertThat(limiters.rateLimiter("x").configured().enforce()).isEqualTo(20);
		assertThat(limiters.rateLimiter("x").configured().sharing())
			.isEqualTo(new Sharing(Sharing.OnOutage.CLOSED, null));
		assertThat(limiters.concurrencyLimiter("x").configured().enforce()).isEqualTo(10);
		assertThat(limiters.concurrencyLimiter("x").configured().sharing())
			.isEqualTo(new Sharing(Sharing.OnOutage.OPEN, null));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void timeoutWhenPlacesDifferIsTheDefaultForOthers(boolean differ) {
		ConfiguredLimiters limiters = limiters("penstock.defaults.bulkhead.timeout=2s");
		limiters.declare(bulkhead("x", 3, "1s"));
		limiters.declare(new BulkheadDeclaration("x", null, (differ) ? "5s" : "1s", null, "there"));
		assertThat(limiters.concurrencyLimiter("x").configured().timeout()).hasSeconds((differ) ? 2 : 1);
	}

	@Test
	void rateWhenWrittenInAnotherWayReplacesTheDefault() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.rate-limit.rps=50
				penstock.rate-limits.hourly.limit=5
				penstock.rate-limits.hourly.per=1h
				penstock.rate-limits.burst.burst=3
				""");
		limiters.declare(rateLimit("annotated", null, 7L, "1m", null));
		limiters.declare(rateLimit("bare", null, null, null, null));
		assertThat(limiters.rateLimiter("hourly").configured().rate()).isEqualTo("5 per 1h");
		assertThat(limiters.rateLimiter("annotated").configured().rate()).isEqualTo("7 per 1m");
		assertThat(limiters.rateLimiter("bare").configured().rate()).isEqualTo("50 per 1s");
		assertThat(limiters.rateLimiter("burst").configured().capacity()).isEqualTo(3);
	}

	@Test
	void rateWhenHalfOfItIsSaidIsNotCompletedByRps() {
		ConfiguredLimiters limiters = limiters("penstock.defaults.rate-limit.rps=50");
		limiters.declare(rateLimit("x", null, 7L, null, null));
		assertFails(limiters::complete, HERE, "no per, though it has a limit");
	}

	@Test
	void rateWhenStrongerSourceWritesDefaultInAnotherWayReplacesIt() {
		add("weak", "penstock.defaults.rate-limit.limit=5\npenstock.defaults.rate-limit.per=1h");
		ConfiguredLimiters limiters = limiters("penstock.defaults.rate-limit.rps=50");
		limiters.declare(rateLimit("x", null, null, null, null));
		assertThat(limiters.rateLimiter("x").configured().rate()).isEqualTo("50 per 1s");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void burstWhenWindowSlidesIsNoDefault(boolean annotation) {
		ConfiguredLimiters limiters = limiters(
				"penstock.defaults.rate-limit.burst=3" + ((annotation) ? "" : "\npenstock.rate-limits.x.sliding=true"));
		limiters.declare(rateLimit("x", null, 7L, "1m", (annotation) ? true : null));
		assertThat(limiters.rateLimiter("x").configured().sliding()).isTrue();
		assertThat(limiters.rateLimiter("x").configured().burst()).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "bulkhead.max | -1 | it must be 0", "bulkhead.timeout | -1s | Invalid timeout",
					"bulkhead.max-waiting | -1 | it must be 0", "bulkhead.enforce | 200% | from 0 (refuse nobody",
					"bulkhead.max-keys | 0 | it must be 1 or more", "bulkhead.max-hold | 0s | it must be more than 0",
					"bulkhead.plans.gold.max | -1 | it must be 0", "rate-limit.rps | 0 | it must be more than 0",
					"rate-limit.limit | 0 | it must be more than 0", "rate-limit.per | -1s | it must be more than 0",
					"rate-limit.burst | 0 | it must be 1 or more", "rate-limit.timeout | -1s | Invalid timeout",
					"rate-limit.max-waiting | -1 | it must be 0", "rate-limit.enforce | 200% | from 0 (refuse nobody",
					"rate-limit.max-keys | 0 | it must be 1 or more",
					"rate-limit.plans.gold.rps | 0 | it must be more than 0",
					"rate-limit.plans.gold.burst | 0 | it must be 1 or more",
					"rate-limit.plans.gold.limit | 5 | plan 'gold' has a limit and no per" })
	void defaultWhenItIsOutOfRangeFailsThere(String property, String value, String problem) {
		assertFails(() -> limiters("penstock.defaults." + property + "=" + value),
				"penstock.defaults." + property + " (test)", problem);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "rps=5 | limit=5 | it says the rate twice", "rps=5 | sliding=true | sliding",
			"burst=5 | sliding=true | sliding", "sliding=true | shared=true | a token bucket" })
	void defaultsWhenTheyContradictFailThere(String first, String second, String problem) {
		assertFails(
				() -> limiters("penstock.defaults.rate-limit." + first + "\npenstock.defaults.rate-limit." + second),
				"penstock.defaults.rate-limit." + first.replaceFirst("=.*", "") + " (test)", problem);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "sliding=true | rps=5 | rps", "sliding=true | limit=5;per=1m;burst=3 | burst",
					"shared=true | limit=5;per=1m;sliding=true | sliding",
					"sliding=true | limit=2000000;per=1m | limit", "burst=1000000000000 | limit=1;per=10d | " })
	void defaultWhenItDoesNotFitOneLimiterFailsWithBothPlaces(String byDefault, String own, @Nullable String property) {
		String lines = "penstock.defaults.rate-limit." + byDefault + "\npenstock.rate-limits.x."
				+ own.replace(";", "\npenstock.rate-limits.x.");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(() -> limiters(lines).complete())
			.satisfies((ex) -> assertThat(ex.where() + ex.problem())
				.contains("penstock.defaults.rate-limit." + byDefault.replaceFirst("=.*", "") + " (test)")
				.contains((property != null) ? "penstock.rate-limits.x." + property + " (test)"
						: "penstock.rate-limits.x"));
	}

	@Test
	void defaultWhenItDoesNotFitAnAnnotationFailsWithBothPlaces() {
		ConfiguredLimiters limiters = limiters("penstock.defaults.rate-limit.burst=1000000000000");
		limiters.declare(rateLimit("x", null, 1L, "10d", null));
		assertFails(limiters::complete, "penstock.defaults.rate-limit.burst (test) and " + HERE, "'1000000000000'");
	}

	@Test
	void bulkheadThatIsNotSharedHasNeitherOutageNorBoundOfHolds() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.bulkhead.max-hold=1m
				penstock.defaults.bulkhead.on-outage=closed
				penstock.bulkheads.alone.max=1
				penstock.bulkheads.together.max=1
				penstock.bulkheads.together.shared=true
				""");
		assertThat(limiters.concurrencyLimiter("alone").configured()).isEqualTo(ConcurrencyLimiterSpec.of(1));
		assertThat(limiters.concurrencyLimiter("together").configured().sharing())
			.isEqualTo(new Sharing(Sharing.OnOutage.CLOSED, Duration.ofMinutes(1)));
	}

	@Test
	void limitersOfOtherSectionsHaveTheDefaults() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.bulkhead.max-waiting=7
				penstock.defaults.bulkhead.max=5
				penstock.defaults.bulkhead.timeout=2s
				penstock.defaults.bulkhead.shared=true
				penstock.defaults.rate-limit.max-waiting=8
				penstock.http-clients.supplier.hosts=api.example.com
				penstock.http-clients.supplier.rps=3
				penstock.requests.api.paths=/api
				penstock.requests.api.max=3
				penstock.data-sources.db.max=3
				""");
		assertThat(limiters.concurrencyLimiter("db").configured())
			.isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(2), 7));
		ConcurrencyLimiterSpec requests = limiters.concurrencyLimiter("api").configured();
		assertThat(requests.timeout()).isZero();
		assertThat(requests.maxWaiting()).isEqualTo(7);
		assertThat(requests.sharing()).isNotNull();
		assertThat(limiters.rateLimiter("supplier").configured().maxWaiting()).isEqualTo(8);
		limiters.complete();
		assertThat(this.registry.findConcurrencyLimiter("supplier")).isNull();
	}

	@Test
	void dataSourceWhenItsBulkheadIsSharedByDefaultFailsWithBothPlaces() {
		assertFails(() -> limiters("""
				penstock.defaults.bulkhead.shared=true
				penstock.bulkheads.pool.max=3
				penstock.data-sources.db.bulkhead=pool
				"""), "penstock.data-sources.db.bulkhead (test) and penstock.defaults.bulkhead.shared (test)",
				"is shared by all instances");
		limiters("""
				penstock.defaults.bulkhead.shared=true
				penstock.bulkheads.pool.max=3
				penstock.bulkheads.pool.shared=false
				penstock.data-sources.db.bulkhead=pool
				""").complete();
	}

	@Test
	void nameThatIsOnlyUsedHasNoDefaultMax() {
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.bulkhead.max=5
				penstock.bulkheads.supplier.max=3
				penstock.http-clients.client.hosts=api.example.com
				penstock.http-clients.client.bulkhead=suplier
				""");
		assertFails(limiters::complete, "penstock.http-clients.client", "bulkhead 'suplier' has no max");
	}

	@Test
	void limiterOfCodeKeepsItsValues() {
		this.registry.register("x", RateLimiterSpec.of(5));
		ConfiguredLimiters limiters = limiters("""
				penstock.defaults.rate-limit.burst=3
				penstock.defaults.rate-limit.shared=true
				penstock.defaults.timeout=9s
				""");
		limiters.declare(rateLimit("x", null, null, null, null));
		limiters.complete();
		limiters.declare(new RateLimitDeclaration("x", null, null, null, null, null, null, null, "there"));
		assertThat(limiters.rateLimiter("x").configured()).isEqualTo(RateLimiterSpec.of(5));
		assertThat(limiters.rateLimit("x").sources()).doesNotContainValue(Source.CONFIGURED_DEFAULT);
	}

	@Test
	void variablesSetDefaults() {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("variables",
					Map.of("PENSTOCK_DEFAULTS_BULKHEAD_MAX_WAITING", "7", "PENSTOCK_DEFAULTS_BULKHEAD_MAX", "5",
							"PENSTOCK_DEFAULTS_RATELIMIT_RPS", "5", "PENSTOCK_DEFAULTS_RATE_LIMIT_PLANS_GOLD_RPS",
							"50")));
		ConfiguredLimiters limiters = limiters("");
		limiters.declare(bulkhead("x", null, null));
		limiters.declare(rateLimit("x", null, null, null, null));
		assertThat(limiters.concurrencyLimiter("x").configured().maxWaiting()).isEqualTo(7);
		assertThat(limiters.concurrencyLimiter("x").max()).isEqualTo(5);
		assertThat(limiters.rateLimiter("x").configured().ofPlan("gold").rate()).isEqualTo("50 per 1s");
	}

	@Test
	void planOfDefaultsWhoseNameIsNoneFails() {
		assertFails(() -> limiters("penstock.defaults.bulkhead.plans.a,b.max=3"),
				"penstock.defaults.bulkhead.plans.a,b.max (test)", "plan");
	}

	private static BulkheadDeclaration bulkhead(String name, @Nullable Integer max, @Nullable String timeout) {
		return new BulkheadDeclaration(name, max, timeout, null, HERE);
	}

	private static RateLimitDeclaration rateLimit(String name, @Nullable Double rps, @Nullable Long limit,
			@Nullable String per, @Nullable Boolean sliding) {
		return new RateLimitDeclaration(name, rps, limit, per, null, null, null, sliding, HERE);
	}

	private static void assertFails(ThrowingCallable action, String where, String problem) {
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(action)
			.satisfies((ex) -> assertThat(ex.where()).isEqualTo(where))
			.satisfies((ex) -> assertThat(ex.problem()).contains(problem));
	}

	private ConfiguredLimiters limiters(String lines) {
		add("test", lines);
		return new ConfiguredLimiters(PropertiesReader.read(this.environment), () -> this.registry, (made) -> {
		});
	}

	/** Add a property source that is stronger than those before. */
	private void add(String name, String lines) {
		Map<String, Object> properties = new LinkedHashMap<>();
		lines.lines().map(String::trim).filter((line) -> !line.isEmpty()).forEach((line) -> {
			int at = line.indexOf('=');
			properties.put(line.substring(0, at), line.substring(at + 1));
		});
		this.environment.getPropertySources().remove(name);
		this.environment.getPropertySources().addFirst(new MapPropertySource(name, new HashMap<>(properties)));
	}

}
