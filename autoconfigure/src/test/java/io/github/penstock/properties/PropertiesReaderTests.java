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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.CompositePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PropertiesReader}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PropertiesReaderTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@BeforeEach
	void setUp() {
		this.environment.getPropertySources().remove("test");
		this.environment.getPropertySources().remove(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	@Test
	void readWhenNothingIsConfiguredHasTheDefaults() {
		PenstockProperties properties = read().values();
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.aop().mode()).isEqualTo(PenstockProperties.Aop.Mode.PROXY);
		assertThat(properties.defaults().timeoutOrDefault()).hasSeconds(30);
		assertThat(properties.bulkheads()).isEmpty();
		assertThat(properties.rateLimits()).isEmpty();
	}

	@Test
	void readWhenNothingIsConfiguredHasWhatBindingGives() {
		assertThat(read().values())
			.isEqualTo(Binder.get(this.environment).bindOrCreate(KnownProperties.PREFIX, PenstockProperties.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "enabled: false", "aop.order: 5", "web.enabled: false", "holders.enabled: true",
			"keys.show: clear", "shared.namespace: shop", "defaults.timeout: 5s", "defaults.bulkhead.max: 3",
			"bulkheads.x.max: 3", "rate-limits.x.rps: 2.5", "data-sources.x.max: 3", "http-clients.x.max: 3",
			"requests.x.max: 3" })
	void readWhenOneSectionIsConfiguredHasWhatBindingGives(String property) {
		yaml("penstock." + property);
		assertThat(read().values())
			.isEqualTo(Binder.get(this.environment).bindOrCreate(KnownProperties.PREFIX, PenstockProperties.class))
			.isNotEqualTo(PenstockProperties.DEFAULT);
	}

	@Test
	void readWhenAllIsConfiguredHasItAll() {
		yaml("""
				penstock:
				  enabled: false
				  aop:
				    mode: aspectj
				  defaults:
				    timeout: 5s
				  bulkheads:
				    inventory: { max: 20, timeout: 2s, max-waiting: 200 }
				  rate-limits:
				    supplier-api: { rps: 0.1, burst: 20, timeout: 1s, maxWaiting: 3 }
				    nightly-export: { limit: 5000, per: 1h }
				""");
		PenstockProperties properties = read().values();
		assertThat(properties.enabled()).isFalse();
		assertThat(properties.aop().mode()).isEqualTo(PenstockProperties.Aop.Mode.ASPECTJ);
		assertThat(properties.defaults().timeoutOrDefault()).hasSeconds(5);
		assertThat(properties.bulkheads()).isEqualTo(Map.of("inventory", bulkhead(20, Duration.ofSeconds(2), 200)));
		assertThat(properties.rateLimits()).isEqualTo(Map.of("supplier-api",
				new PenstockProperties.RateLimit(new BigDecimal("0.1"), null, null, 20L, Duration.ofSeconds(1), 3, null,
						null, null, null, null, Map.of()),
				"nightly-export", new PenstockProperties.RateLimit(null, 5000L, Duration.ofHours(1), null, null, null,
						null, null, null, null, null, Map.of())));
	}

	@Test
	void readWhenPlansAreConfiguredHasThem() {
		yaml("""
				penstock:
				  keys.show: clear
				  defaults.enforce: 10
				  bulkheads:
				    export: { max: 2, enforce: 0%, max-keys: 7, plans: { gold: { max: 9 } } }
				  rate-limits:
				    api:
				      rps: 10
				      enforce: 25
				      plans: { gold: { rps: 100, burst: 3 }, Free_1: { limit: 5, per: 1m } }
				""");
		PenstockProperties properties = read().values();
		assertThat(properties.keys().show()).isEqualTo(PenstockProperties.Keys.Show.CLEAR);
		assertThat(properties.defaults().enforceOrDefault()).isEqualTo(10);
		assertThat(properties.bulkheads()).isEqualTo(Map.of("export", new PenstockProperties.Bulkhead(2, null, null,
				null, "0%", 7, null, null, null, Map.of("gold", new PenstockProperties.BulkheadPlan(9)))));
		assertThat(properties.rateLimits()).isEqualTo(Map.of("api",
				new PenstockProperties.RateLimit(BigDecimal.TEN, null, null, null, null, null, null, "25", null, null,
						null, Map.of("gold", new PenstockProperties.RatePlan(new BigDecimal(100), null, null, 3L),
								"Free_1", new PenstockProperties.RatePlan(null, 5L, Duration.ofMinutes(1), null)))));
	}

	@ParameterizedTest
	@CsvSource({ "penstock.rate-limits.Billing.pay.plans.gold.rps,Billing.pay,gold",
			"penstock.rate-limits[Billing.pay].plans[gold].rps,Billing.pay,gold",
			"penstock.rateLimits.Billing.plans.plans.gold.RPS,Billing.plans,gold",
			"penstock.rate-limits.api.plans.a.b.rps,api,a.b", "penstock.rate-limits.plans.plans.gold.rps,plans,gold" })
	void readWhenNamesHaveDotsFindsThePlan(String property, String limiter, String plan) {
		properties(Map.of(property, "3"));
		assertThat(read().values().rateLimits()).containsOnlyKeys(limiter);
		assertThat(read().values().rateLimits().get(limiter).plans()).containsOnlyKeys(plan);
	}

	@Test
	void readWhenLimiterIsCalledAfterMethodPlansKeepsItsName() {
		properties(Map.of("penstock.rate-limits.Billing.plans.rps", "3"));
		assertThat(read().values().rateLimits()).containsOnlyKeys("Billing.plans");
	}

	@Test
	void readWhenVariableNamesPlanFindsTheOneThatIsSpelled() {
		properties(Map.of("penstock.rate-limits.api.plans.Gold.rps", "3"));
		variables(Map.of("PENSTOCK_RATELIMITS_API_PLANS_GOLD_BURST", "5", "PENSTOCK_RATELIMITS_API_PLANS_FREE_RPS", "1",
				"PENSTOCK_RATELIMITS_API_ENFORCE", "0%"));
		PenstockProperties.RateLimit api = read().values().rateLimits().get("api");
		assertThat(api.enforce()).isEqualTo("0%");
		assertThat(api.plans())
			.isEqualTo(Map.of("Gold", new PenstockProperties.RatePlan(new BigDecimal(3), null, null, 5L), "free",
					new PenstockProperties.RatePlan(BigDecimal.ONE, null, null, null)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"penstock.rate-limits.api.plans.gold.burts | 3 | did you mean 'penstock.rate-limits.api.plans.gold.burst'",
			"penstock.rate-limits.api.plans.gold.timeout | 3 | known there: rps, limit, per, burst",
			"penstock.bulkheads.api.plans.gold.rps | 3 | known there: max",
			"penstock.bulkheads.api.plans.gold | 3 | it is a section",
			"penstock.bulkheads.api.plans | 3 | it is a section",
			"penstock.rate-limits.api.plans.gold.per | 3 | has no unit",
			"penstock.rate-limits.api.plans.gold.rps | many | is not a finite number",
			"penstock.rate-limits.api.plans.[a b].rps | 3 | cannot be the name of a plan",
			"penstock.rate-limits.api.enforce | some | is not a whole number of percent",
			"penstock.bulkheads.api.enforce | 12.5% | is not a whole number of percent",
			"penstock.defaults.enforce | % | is not a whole number of percent",
			"penstock.keys.show | plain | is not one of [hashed, clear]" })
	void readWhenPlanOrShareIsWrongFailsAndSaysWhy(String property, String value, String problem) {
		properties(Map.of(property, value));
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.toString()).contains(property, problem));
	}

	private static PenstockProperties.Bulkhead bulkhead(int max, Duration timeout, @Nullable Integer maxWaiting) {
		return new PenstockProperties.Bulkhead(max, timeout, maxWaiting, null, null, null, null, null, null, Map.of());
	}

	@ParameterizedTest
	@ValueSource(strings = { "OrderService.place: { max: 2 }", "'OrderService.place': { max: 2 }",
			"'[OrderService.place]': { max: 2 }", "OrderService.place.max: 2", "OrderService: { place: { max: 2 } }",
			"'[OrderService.place].max': 2" })
	void readWhenNameHasDotsAndCapitalsKeepsItHoweverItIsWritten(String entry) {
		yaml("penstock.bulkheads:\n  " + entry);
		assertThat(read().values().bulkheads()).containsOnlyKeys("OrderService.place")
			.hasEntrySatisfying("OrderService.place", (bulkhead) -> assertThat(bulkhead.max()).isEqualTo(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.bulkheads.OrderService.place.max", "penstock.bulkheads[OrderService.place].max",
			"penstock.bulkheads[OrderService.place][max]", "penstock.Bulkheads.OrderService.place.MAX" })
	void readWhenNameIsInPropertiesFormKeepsIt(String name) {
		properties(Map.of(name, "2"));
		assertThat(read().bulkheads().find("OrderService.place")).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "bulkheads.a.max | \u0665 | a whole number",
			"bulkheads.a.max | \uff15 | a whole number", "bulkheads.a.max | +5 | a whole number",
			"bulkheads.a.max | 1 0 | a whole number", "bulkheads.a.max | 0x10 | a whole number",
			"bulkheads.a.max | #10 | a whole number", "bulkheads.a.max | 5.7 | a whole number",
			"bulkheads.a.max | 5.0 | a whole number", "bulkheads.a.max | 5f | a whole number",
			"bulkheads.a.max | 2147483648 | a whole number", "bulkheads.a.max-waiting | \u0665 | a whole number",
			"rate-limits.a.limit | 9223372036854775808 | a whole number", "rate-limits.a.burst | 5.5 | a whole number",
			"rate-limits.a.rps | \u0665 | a finite number", "rate-limits.a.rps | 5d | a finite number",
			"rate-limits.a.rps | +5 | a finite number", "rate-limits.a.rps | 0x1p3 | a finite number",
			"rate-limits.a.rps | NaN | a finite number", "rate-limits.a.rps | 1 0 | a finite number",
			"bulkheads.a.timeout | \u0665s | a duration", "bulkheads.a.timeout | +5s | a duration",
			"bulkheads.a.timeout | 5 s | a duration", "rate-limits.a.per | \uff11h | a duration",
			"defaults.timeout | PT\u0665S | a duration", "http-clients.a.max | \u0665 | a whole number",
			"data-sources.a.max | \u0665 | a whole number", "http-clients.a.max-pause | \u0665s | a duration" })
	void readWhenValueIsNotWrittenAsPeopleDoFails(String property, String value, String expected) {
		properties(Map.of("penstock." + property, value));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContainingAll("penstock." + property, "'" + value + "' is not " + expected,
					"Write " + expected);
		properties(Map.of("penstock." + property, "${given}", "given", value));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("is not " + expected);
	}

	@Test
	void readWhenYamlHasFractionForWholeNumberFails() {
		yaml("penstock.bulkheads.a.max: 5.7");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'5.7' is not a whole number");
	}

	@Test
	void readWhenPlaceHasLineBreakKeepsItOnOneLine() {
		properties(Map.of("penstock.bulkheads.a.max", "x\nWARN forged\u202e"));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'x\\nWARN forged\\u202e'");
	}

	@Test
	void readWhenNamesAreThoseOfPropertiesTakesTheLastElementForTheProperty() {
		properties(Map.of("penstock.bulkheads.Service.max.timeout", "1s", "penstock.bulkheads.Service.max", "3"));
		assertThat(read().values().bulkheads()).containsOnlyKeys("Service", "Service.max");
	}

	@ParameterizedTest
	@CsvSource({ "30s,PT30S", "500ms,PT0.5S", "PT2S,PT2S", "250,PT0.25S", "0,PT0S", "2m,PT2M" })
	void readWhenValueIsDurationTakesAllStyles(String written, Duration timeout) {
		properties(Map.of("penstock.bulkheads.inventory.timeout", written));
		PenstockProperties.Bulkhead bulkhead = read().bulkheads().find("inventory");
		assertThat(bulkhead).isNotNull();
		assertThat(bulkhead.timeout()).isEqualTo(timeout);
	}

	@Test
	void readWhenValueHasPlaceholdersResolvesThem() {
		properties(Map.of("size", "7", "penstock.bulkheads.inventory.max", "${size}",
				"penstock.bulkheads.inventory.timeout", "${absent:2s}"));
		assertThat(read().bulkheads().find("inventory")).isEqualTo(bulkhead(7, Duration.ofSeconds(2), null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.bulkheads.a.max", "penstock.bulkheads.a.timeout", "penstock.rate-limits.a.rps",
			"penstock.data-sources.a.bulkhead", "penstock.http-clients.a.hosts", "penstock.http-clients.a.hosts[0]",
			"penstock.enabled", "penstock.aop.mode", "penstock.defaults.timeout" })
	void readWhenPlaceholderResolvesToNothingFailsWithIt(String property) {
		properties(Map.of(property, "${absent:}", "blank", " "));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.where()).isEqualTo(property + " (test)"))
			.satisfies((ex) -> assertThat(ex.problem()).isEqualTo("'${absent:}' resolves to nothing"));
	}

	@Test
	void readWhenPlaceholderIsOfABlankPropertyFails() {
		properties(Map.of("penstock.bulkheads.a.max", "${blank}", "blank", " "));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'${blank}' resolves to nothing");
	}

	@Test
	void readWhenResolvedValueDoesNotParseSaysWhatWasWrittenAndWhatItIs() {
		properties(Map.of("penstock.bulkheads.a.max", "${size}", "size", "many"));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'${size}' (which is 'many') is not a whole number");
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.rate-limits.a.per", "penstock.http-clients.a.per",
			"penstock.bulkheads.a.unhealthy-after", "penstock.holders.leak-after", "penstock.data-sources.a.leak-after",
			"penstock.http-clients.a.max-pause" })
	void readWhenPeriodHasNoUnitFails(String property) {
		for (Object value : List.of("60", "${number}", 60)) {
			setUp();
			properties(Map.of(property, value, "number", "60"));
			assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
				.satisfies((ex) -> assertThat(ex.where()).isEqualTo(property + " (test)"))
				.satisfies((ex) -> assertThat(ex.problem()).contains("'" + value + "'").contains("has no unit"))
				.satisfies((ex) -> assertThat(ex.mend()).contains("60s"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "penstock.bulkheads.a.unhealthy-after,-1s", "penstock.bulkheads.a.unhealthy-after,-1ns",
			"penstock.bulkheads.a.unhealthy-after,200000d", "penstock.holders.leak-after,0s",
			"penstock.holders.leak-after,-5m", "penstock.holders.leak-after,PT-1S",
			"penstock.data-sources.a.leak-after,-1000ms", "penstock.data-sources.a.leak-after,0",
			"penstock.http-clients.a.body-timeout,-1", "penstock.http-clients.a.body-timeout,366d",
			"penstock.http-clients.a.max-pause,0s" })
	void readWhenDurationIsOutOfRangeFailsWithItAsItWasWritten(String property, String value) {
		properties(Map.of(property, value));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.where()).isEqualTo(property + " (test)"))
			.satisfies((ex) -> assertThat(ex.problem()).startsWith(
					"Invalid " + property.substring(property.lastIndexOf('.') + 1) + " '" + value + "': it must be "));
	}

	@Test
	void readWhenUnhealthyAfterIsZeroTakesIt() {
		properties(Map.of("penstock.bulkheads.a.unhealthy-after", "0"));
		assertThat(read().values().bulkheads().get("a").unhealthyAfter()).isZero();
	}

	@Test
	void readWhenSourceIsMadeOfOthersReadsThemInTheirOrder() {
		CompositePropertySource composite = new CompositePropertySource("remote");
		composite.addPropertySource(new PropertySource<>("unlisted", new Object()) {

			@Override
			public @Nullable Object getProperty(String name) {
				return null;
			}

		});
		composite.addPropertySource(new MapPropertySource("strong", Map.of("penstock.rate-limits.a.rps", "5")));
		composite.addPropertySource(new MapPropertySource("weak",
				Map.of("penstock.rate-limits.a.limit", "5", "penstock.rate-limits.a.per", "1m")));
		this.environment.getPropertySources().addFirst(composite);
		assertThat(read().values().rateLimits().get("a")).isEqualTo(new PenstockProperties.RateLimit(new BigDecimal(5),
				null, null, null, null, null, null, null, null, null, null, Map.of()));
		assertThat(read().place("penstock.rate-limits[a].rps")).isEqualTo("penstock.rate-limits.a.rps (strong)");
	}

	@Test
	void readWhenSourcesDifferTakesTheStrongerOneForEachValue() {
		yaml("penstock.bulkheads.inventory: { max: 1, timeout: 1s }");
		properties(Map.of("penstock.bulkheads.inventory.max", "5"));
		assertThat(read().bulkheads().find("inventory")).isEqualTo(bulkhead(5, Duration.ofSeconds(1), null));
	}

	@ParameterizedTest
	@CsvSource({ "PENSTOCK_BULKHEADS_INVENTORY_MAX,inventory", "PENSTOCK_BULKHEADS_SUPPLIER_API_MAX,supplier-api",
			"PENSTOCK_BULKHEADS_SUPPLIERAPI_MAX,supplier-api",
			"PENSTOCK_BULKHEADS_ORDERSERVICE_PLACE_MAX,OrderService.place",
			"penstock.bulkheads.inventory.max,inventory" })
	void readWhenEnvironmentVariableNamesWhatTheYamlHasAppliesToIt(String variable, String name) {
		yaml("penstock.bulkheads:\n  " + name + ": { max: 1, timeout: 1s }");
		variables(Map.of(variable, "5"));
		assertThat(read().values().bulkheads()).isEqualTo(Map.of(name, bulkhead(5, Duration.ofSeconds(1), null)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "supplier-api", "supplierApi", "supplier.api", "Supplier_API" })
	void readWhenOnlyEnvironmentVariablesNameItIsFoundByAnyFittingName(String name) {
		variables(Map.of("PENSTOCK_RATELIMITS_SUPPLIER_API_RPS", "5", "PENSTOCK_RATE_LIMITS_SUPPLIERAPI_MAX_WAITING",
				"3"));
		PenstockProperties.RateLimit properties = read().rateLimits().find(name);
		assertThat(properties).isNotNull();
		assertThat(properties.rps()).isEqualTo("5");
		assertThat(properties.maxWaiting()).isEqualTo(3);
		assertThat(read().rateLimits().find("other")).isNull();
	}

	@Test
	void readWhenEnvironmentVariableMayBeSomebodyElsesIgnoresItWithWarning(CapturedOutput output) {
		variables(Map.of("PENSTOCK_SERVICE_HOST", "10.0.0.1", "PENSTOCK_PORT", "tcp://10.0.0.1", "PENSTOCKS", "x"));
		read();
		assertThat(output).contains("PENSTOCK_SERVICE_HOST").contains("PENSTOCK_PORT").doesNotContain("PENSTOCKS");
	}

	@Test
	void readWhenEnvironmentVariableIsInOneOfOurSectionsFails() {
		variables(Map.of("PENSTOCK_BULKHEADS_INVENTORY_MAXX", "5"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining("PENSTOCK_BULKHEADS_INVENTORY_MAXX");
	}

	@ParameterizedTest
	@CsvSource({ "penstock.bulkheads.inventory.max-wating,penstock.bulkheads.inventory.max-waiting",
			"penstock.bulkhead.inventory.max,penstock.bulkheads.inventory.max",
			"penstock.bulkheads.OrderService.place.tiemout,penstock.bulkheads.OrderService.place.timeout",
			"penstock.ratelimits2.a.rps,penstock.rate-limits.a.rps", "penstock.enable,penstock.enabled",
			"penstock.default.timeout,penstock.defaults.timeout", "penstock.aop.mod,penstock.aop.mode",
			"penstock.defaults.timeuot,penstock.defaults.timeout",
			"penstock.bulkhead.inventory.mxa,penstock.bulkheads.inventory.max",
			"penstock.default.timeuot,penstock.defaults.timeout",
			"penstock.http-client.supplier.hsots[0],penstock.http-clients.supplier.hosts[0]",
			"penstock.bulkhead.inventory.max-wating,penstock.bulkheads.inventory.max-waiting" })
	void readWhenKeyIsMisspeltFailsWithTheNearest(String written, String meant) {
		properties(Map.of(written, "1"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining(written)
			.withMessageContaining("did you mean '" + meant + "'?");
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.data-source.dataSource.max", "penstock.http-clients.supplier.hosts[0].x",
			"penstock.foo", "penstock.bulkheads[0].name", "penstock.enabled.x", "penstock.bulkheads.inventory.rps",
			"penstock.bulkheads.inventory.max.x", "penstock.bulkheads.inventory.max[0]", "penstock.aop.mode.x" })
	void readWhenKeyIsUnknownFails(String written) {
		properties(Map.of(written, "1"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining(written);
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.bulkhead.inventory.fortnight", "penstock.holder", "penstock.bulkhead",
			"penstock.bulkhead.inventory", "penstock.default.anything", "penstock.webb.fortnight" })
	void readWhenNearestNameWouldBeNoPropertyEitherSuggestsNone(String written) {
		properties(Map.of(written, "1"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining(written)
			.withMessageNotContaining("did you mean");
	}

	@ParameterizedTest
	@CsvSource({ "PENSTOCK_BULKHEADS_SUPPLIER_API_MAX_WATING,penstock.bulkheads.supplier.api.max-waiting",
			"PENSTOCK_BULKHEADS_INVENTORY_MAXX,penstock.bulkheads.inventory.max",
			"PENSTOCK_DEFAULTS_TIMEUOT,penstock.defaults.timeout" })
	void readWhenEnvironmentVariableIsMisspeltFailsWithTheNearest(String variable, String meant) {
		variables(Map.of(variable, "5"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining("did you mean '" + meant + "'?");
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.bulkheads.inventory", "penstock.bulkheads[OrderService.place]",
			"penstock.rate-limits.api", "penstock.data-sources.dataSource", "penstock.http-clients.supplier",
			"penstock.holders", "penstock.aop", "penstock.bulkheads", "PENSTOCK_BULKHEADS_INVENTORY" })
	void readWhenSectionHasAScalarSaysThatTheValueIsWrong(String section) {
		if (section.startsWith("PENSTOCK")) {
			variables(Map.of(section, "3"));
		}
		else {
			properties(Map.of(section, 3));
		}
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.where()).startsWith(section + " ("))
			.satisfies((ex) -> assertThat(ex.problem()).contains("its value '3' is wrong"))
			.satisfies((ex) -> assertThat(ex.mend()).startsWith("Set a property below 'penstock."));
	}

	@Test
	void readWhenScalarMayBeThatOfALimiterSaysSo() {
		yaml("penstock.bulkheads:\n  OrderService.place: 3");
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.withMessageContaining("if 'OrderService.place' is the name of a limiter, its value is wrong");
	}

	@Test
	void readWhenLimiterHasNothingFails() {
		yaml("penstock.bulkheads:\n  inventory:\n");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("there is nothing in it");
	}

	@Test
	void readWhenSeveralKeysAreUnknownNamesThemAll() {
		properties(Map.of("penstock.foo", "1", "penstock.bar", "1"));
		assertThatExceptionOfType(UnknownPropertiesException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.properties()).hasSize(2));
	}

	@Test
	void readWhenKeyOnlyBeginsLikeOursIgnoresIt() {
		properties(Map.of("penstock-demo.foo", "1", "penstocks", "2", "my.penstock.foo", "3"));
		assertThat(read().values().bulkheads()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock:", "penstock:\n  bulkheads:", "penstock:\n  rate-limits: {}\n  defaults:" })
	void readWhenSectionIsEmptyIgnoresIt(String yaml) {
		yaml(yaml);
		assertThat(read().values().bulkheads()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "penstock.defaults", "penstock.bulkheads", "penstock" })
	void readWhenSectionHasValueFails(String section) {
		properties(Map.of(section, "30s"));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + section + "'");
	}

	@Test
	void readWhenValueIsMissingFails() {
		yaml("penstock.bulkheads.inventory.max:");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("penstock.bulkheads.inventory.max (")
			.withMessageContaining("test.yml")
			.withMessageContaining(" - 1:34): it has no value");
	}

	@ParameterizedTest
	@CsvSource({ "penstock.bulkheads.a.max,many,a whole number", "penstock.bulkheads.a.max,2147483648,a whole number",
			"penstock.bulkheads.a.max,1.5,a whole number", "penstock.bulkheads.a.timeout,5 parsecs,a duration",
			"penstock.bulkheads.a.timeout,99999999999999999999s,a duration",
			"penstock.rate-limits.a.rps,NaN,a finite number", "penstock.rate-limits.a.rps,Infinity,a finite number",
			"penstock.rate-limits.a.limit,99999999999999999999,a whole number",
			"penstock.rate-limits.a.limit,0.5,a whole number", "penstock.rate-limits.a.per,fortnight,a duration",
			"penstock.enabled,perhaps,true or false", "penstock.aop.mode,magic,'one of [proxy, aspectj]'",
			"penstock.bulkheads.a.max,${absent},a whole number" })
	void readWhenValueDoesNotParseFailsWithPlaceAndMend(String name, String value, String expected) {
		properties(Map.of(name, value));
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.satisfies((ex) -> assertThat(ex.where()).isEqualTo(name + " (test)"))
			.satisfies((ex) -> assertThat(ex.problem()).startsWith("'" + value + "' is not " + expected))
			.satisfies((ex) -> assertThat(ex.mend()).startsWith("Write " + expected));
	}

	@ParameterizedTest
	@ValueSource(strings = { "my limiter", "-a", "a/b", "größe", ".hidden" })
	void readWhenNameIsInvalidFails(String name) {
		yaml("penstock.bulkheads:\n  '[" + name + "]': { max: 1 }");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'" + name + "' cannot be the name of a limiter");
	}

	@Test
	void readWhenUnquotedNameHasSpaceDoesNotJustDropIt() {
		yaml("penstock.bulkheads:\n  my limiter: { max: 1 }");
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(this::read)
			.withMessageContaining("'my limiter'");
	}

	private ConfiguredProperties read() {
		return PropertiesReader.read(this.environment);
	}

	private void yaml(String yaml) {
		try {
			ByteArrayResource resource = new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "test.yml");
			new YamlPropertySourceLoader().load("yaml", resource)
				.forEach(this.environment.getPropertySources()::addLast);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private void properties(Map<String, ?> properties) {
		this.environment.getPropertySources().addFirst(new MapPropertySource("test", (Map) properties));
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private void variables(Map<String, String> variables) {
		this.environment.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("systemEnvironment", (Map) variables));
	}

}
