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
import java.util.function.UnaryOperator;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterSpec;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.VisibleText;
import io.github.penstock.actuate.LimiterOrigin;
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

/**
 * Tests for {@link ConfiguredLimiters}.
 */
class ConfiguredLimitersTests {

	private static final String HERE = "com.acme.Here.call()";

	private static final String THERE = "com.acme.There.call()";

	private LimiterRegistry registry = new LimiterRegistry();

	private ConfiguredLimiters limiters = limiters(Map.of());

	@Test
	void bulkheadWhenAnnotationSaysAllTakesIt() {
		this.limiters.declare(bulkhead(HERE, 3, "2s", 5));
		assertThat(bulkheadSpec()).isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(2), 5));
		assertThat(this.limiters.bulkhead("x")).isEqualTo(new LimiterOrigin(
				Map.of("max", Source.ANNOTATION, "timeout", Source.ANNOTATION, "max-waiting", Source.ANNOTATION,
						"enforce", Source.DEFAULT, "max-keys", Source.DEFAULT, "plans", Source.DEFAULT),
				List.of(HERE)));
	}

	@Test
	void bulkheadWhenYamlSaysItTooYamlWinsValueByValue() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "20", "penstock.defaults.timeout", "7s"));
		this.limiters.declare(bulkhead(HERE, 3, null, 5));
		assertThat(bulkheadSpec()).isEqualTo(new ConcurrencyLimiterSpec(20, Duration.ofSeconds(7), 5));
		assertThat(this.limiters.bulkhead("x").sources())
			.isEqualTo(Map.of("max", Source.YAML, "timeout", Source.CONFIGURED_DEFAULT, "max-waiting",
					Source.ANNOTATION, "enforce", Source.DEFAULT, "max-keys", Source.DEFAULT, "plans", Source.DEFAULT));
	}

	@Test
	void bulkheadHasShareKeysAndPlansOfTheConfiguration() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.enforce", "25%", "penstock.bulkheads.x.max-keys", "7",
				"penstock.bulkheads.x.plans.gold.max", "9", "penstock.defaults.enforce", "0%"));
		this.limiters.declare(bulkhead(HERE, 3, "2s", 5));
		assertThat(bulkheadSpec())
			.isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(2), 5, 25, 7, Map.of("gold", 9)));
		assertThat(this.limiters.bulkhead("x").sources()).containsEntry("enforce", Source.YAML)
			.containsEntry("max-keys", Source.YAML)
			.containsEntry("plans", Source.YAML);
		assertThat(this.limiters.describe()).singleElement()
			.asString()
			.contains("enforce=25% (yaml)", "max-keys=7 (yaml)", "plans=gold (yaml)");
	}

	@Test
	void rateLimitHasShareKeysAndPlansOfTheConfiguration() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.rps", "10", "penstock.rate-limits.x.max-keys", "7",
				"penstock.rate-limits.x.plans.gold.rps", "100", "penstock.rate-limits.x.plans.free.burst", "2",
				"penstock.rate-limits.x.plans.day.limit", "5", "penstock.rate-limits.x.plans.day.per", "1d",
				"penstock.defaults.enforce", "0%"));
		RateLimiterSpec spec = this.limiters.rateLimiter("x").spec();
		assertThat(spec.enforce()).isZero();
		assertThat(spec.maxKeys()).isEqualTo(7);
		assertThat(spec.plans().keySet()).containsExactlyInAnyOrder("gold", "free", "day");
		assertThat(spec.ofPlan("gold").rate()).isEqualTo("100 per 1s");
		assertThat(spec.ofPlan("free").capacity()).isEqualTo(2);
		assertThat(spec.ofPlan("day").rate()).isEqualTo("5 per 24h");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "rate-limits.x.plans.gold.rps | 0 | it must be more than 0",
			"rate-limits.x.plans.gold.burst | 0 | it must be 1 or more",
			"rate-limits.x.plans.gold.limit | 5 | plan 'gold' has a limit and no per",
			"rate-limits.x.enforce | 101% | from 0 (refuse nobody", "rate-limits.x.max-keys | 0 | it must be 1 or more",
			"bulkheads.x.plans.gold.max | -1 | it must be 0", "bulkheads.x.enforce | -1% | from 0 (refuse nobody",
			"defaults.enforce | 200% | from 0 (refuse nobody" })
	void limiterWhenShareOrPlanIsOutOfRangeFailsAndSaysWhere(String property, String value, String problem) {
		assertFails(() -> {
			this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "1", "penstock.rate-limits.x.rps", "1",
					"penstock." + property, value));
			this.limiters.complete();
		}, "penstock." + property + " (test)", problem, "the ");
	}

	@Test
	void rateLimitWhenItSlidesHasNoPlanWithRps() {
		assertFails(() -> {
			this.limiters = limiters(Map.of("penstock.rate-limits.x.limit", "1", "penstock.rate-limits.x.per", "1m",
					"penstock.rate-limits.x.sliding", "true", "penstock.rate-limits.x.plans.gold.rps", "1"));
			this.limiters.complete();
		}, "penstock.rate-limits.x.plans.gold.rps (test)", "sliding", "limit and per");
	}

	@Test
	void bulkheadWhenCodeHasPlansKeepsThem() {
		ConcurrencyLimiterSpec spec = new ConcurrencyLimiterSpec(3, Duration.ZERO, 4, 50, 6, Map.of("gold", 7));
		this.registry.register("x", spec);
		this.limiters = limiters(Map.of("penstock.defaults.enforce", "0%"));
		this.limiters.declare(bulkhead(HERE, null, null, null));
		assertThat(this.limiters.concurrencyLimiter("x").spec()).isEqualTo(spec);
		this.limiters.declare(bulkhead(THERE, null, null, null));
		this.limiters.complete();
		assertThat(this.limiters.concurrencyLimiter("x").spec()).isEqualTo(spec);
		assertThat(this.limiters.describe()).singleElement()
			.asString()
			.contains("enforce=50% (code)", "max-keys=6 (code)", "plans=gold (code)");
	}

	@Test
	void bulkheadWhenNobodySaysMoreThanMaxHasTheDefaults() {
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		assertThat(bulkheadSpec()).isEqualTo(ConcurrencyLimiterSpec.of(3));
	}

	@ParameterizedTest
	@CsvSource({ "30s,PT30S", "500ms,PT0.5S", "PT2S,PT2S", "250,PT0.25S", "0,PT0S", "'  1s ',PT1S" })
	void bulkheadWhenTimeoutIsTextReadsIt(String text, Duration timeout) {
		this.limiters.declare(bulkhead(HERE, 3, text, null));
		assertThat(bulkheadSpec().timeout()).isEqualTo(timeout);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void bulkheadWhenPlacesCompleteEachOtherMergesThemInAnyOrder(boolean reverse) {
		List<BulkheadDeclaration> places = List.of(bulkhead(HERE, 3, null, null), bulkhead(THERE, null, "2000", 7));
		this.limiters.declare(places.get((reverse) ? 1 : 0));
		this.limiters.declare(places.get((reverse) ? 0 : 1));
		assertThat(bulkheadSpec()).isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(2), 7));
		assertThat(this.limiters.bulkhead("x").usedBy()).containsExactlyInAnyOrder(HERE, THERE);
	}

	@Test
	void bulkheadWhenPlacesDisagreeFailsAndNamesBoth() {
		this.limiters.declare(bulkhead(HERE, 3, "1s", 5));
		this.limiters.declare(bulkhead(THERE, 3, "2s", 6));
		assertFails(() -> this.limiters.concurrencyLimiter("x"), HERE + " and " + THERE,
				"they disagree on the max-waiting of bulkhead 'x': '5' and '6'", "'penstock.bulkheads.x.max-waiting'");
	}

	@Test
	void timeoutOfAPlaceIsItsOwn() {
		BulkheadDeclaration here = bulkhead(HERE, 3, "1s", null);
		BulkheadDeclaration there = bulkhead(THERE, 3, "2s", null);
		BulkheadDeclaration none = bulkhead("com.acme.Third.call()", null, null, null);
		List.of(here, there, none).forEach(this.limiters::declare);
		ConcurrencyLimiter limiter = this.limiters.concurrencyLimiter("x");
		assertThat(limiter.spec()).isEqualTo(ConcurrencyLimiterSpec.of(3));
		assertThat(this.limiters.bulkhead("x").sources()).containsEntry("timeout", Source.DEFAULT);
		assertThat(wait(this.limiters.timeout(here), limiter.spec())).hasSeconds(1);
		assertThat(wait(this.limiters.timeout(there), limiter.spec())).hasSeconds(2);
		assertThat(this.limiters.timeout(none)).isNull();
		limiter.change((spec) -> spec.withTimeout(Duration.ofSeconds(9)));
		assertThat(wait(this.limiters.timeout(here), limiter.spec())).hasSeconds(9);
		limiter.reset();
		assertThat(wait(this.limiters.timeout(here), limiter.spec())).hasSeconds(1);
	}

	@Test
	void timeoutOfTheConfigurationIsThatOfAllPlaces() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.timeout", "7s", "penstock.rate-limits.x.timeout", "7s"));
		BulkheadDeclaration here = bulkhead(HERE, 3, "1s", null);
		this.limiters.declare(here);
		this.limiters.declare(bulkhead(THERE, 3, "2s", null));
		assertThat(wait(this.limiters.timeout(here), this.limiters.concurrencyLimiter("x").spec())).hasSeconds(7);
		RateLimitDeclaration rate = rateLimit(HERE, 5d, null, null, null, "1s");
		this.limiters.declare(rate);
		assertThat(wait(this.limiters.timeout(rate), this.limiters.rateLimiter("x").spec())).hasSeconds(7);
	}

	@Test
	void timeoutOfAPlaceIsItsOwnForRateLimitsAndLimitersOfCodeAsWell() {
		RateLimitDeclaration here = rateLimit(HERE, 5d, null, null, null, "1s");
		this.limiters.declare(here);
		this.limiters.declare(rateLimit(THERE, 5d, null, null, null, "2s"));
		assertThat(wait(this.limiters.timeout(here), this.limiters.rateLimiter("x").spec())).hasSeconds(1);
		this.registry.register("x", ConcurrencyLimiterSpec.of(2).withTimeout(Duration.ofSeconds(5)));
		BulkheadDeclaration there = bulkhead(THERE, null, "2s", null);
		this.limiters.declare(there);
		assertThat(bulkheadSpec().timeout()).hasSeconds(5);
		assertThat(wait(this.limiters.timeout(there), bulkheadSpec())).hasSeconds(2);
	}

	private static Duration wait(@Nullable UnaryOperator<Duration> timeout, LimiterSpec inForce) {
		assertThat(timeout).isNotNull();
		return timeout.apply(inForce.timeout());
	}

	@Test
	void bulkheadWhenPlacesSayTheSameInOtherWordsTheyAgree() {
		this.limiters.declare(bulkhead(HERE, 3, "1s", null));
		this.limiters.declare(bulkhead(THERE, 3, "1000ms", null));
		assertThat(bulkheadSpec().timeout()).hasSeconds(1);
	}

	@Test
	void bulkheadWhenPlacesDisagreeOnWhatTheYamlSettlesTakesTheYaml() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "9"));
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		this.limiters.declare(bulkhead(THERE, 4, null, null));
		assertThat(bulkheadSpec().max()).isEqualTo(9);
	}

	@Test
	void bulkheadWhenMaxIsMissingFailsWithTheLinesToAddAndTheNearestName() {
		this.limiters = limiters(Map.of("penstock.bulkheads.inventory.max", "9"));
		this.limiters.declare(new BulkheadDeclaration("inventroy", null, "1s", null, HERE));
		assertFails(() -> this.limiters.concurrencyLimiter("inventroy"), HERE,
				"bulkhead 'inventroy' has no max: neither the configuration nor an annotation says it (known: inventory)",
				"If 'inventory' is meant, correct the name",
				"penstock:\n  bulkheads:\n    inventroy:\n      max: 10\n");
	}

	@Test
	void bulkheadWhenYamlAloneHasNoMaxFailsWhenCompleted() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.timeout", "9s"));
		assertFails(this.limiters::complete, "penstock.bulkheads.x", "bulkhead 'x' has no max", "max: 10");
	}

	@ParameterizedTest
	@ValueSource(strings = { "5 parsecs", "", "s", "1.5s", "PT", "99999999999999999999s", "10h30" })
	void declareWhenTimeoutIsNoDurationFails(String text) {
		assertFails(() -> this.limiters.declare(bulkhead(HERE, 3, text, null)), HERE,
				"timeout '" + text + "' is not a duration", "30s, 500ms or PT2S");
		assertFails(() -> this.limiters.declare(rateLimit(HERE, 3d, null, null, null, text)), HERE,
				"timeout '" + text + "' is not a duration", "30s, 500ms or PT2S");
	}

	@Test
	void declareWhenValueIsOutOfRangeFailsEvenIfTheYamlWouldWin() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "9", "penstock.bulkheads.x.timeout", "9"));
		assertFails(() -> this.limiters.declare(bulkhead(HERE, -1, null, null)), HERE, "Invalid max '-1'",
				"Correct the max there");
		assertFails(() -> this.limiters.declare(bulkhead(HERE, null, "-1s", null)), HERE, "Invalid timeout",
				"Correct the timeout there");
		assertFails(() -> this.limiters.declare(bulkhead(HERE, null, null, -2)), HERE, "Invalid maxWaiting '-2'",
				"Correct the maxWaiting there");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "", "-x", "a\r\nSet-Cookie: b", "ä" })
	void declareWhenNameIsInvalidFails(String name) {
		assertFails(() -> this.limiters.declare(new BulkheadDeclaration(name, 1, null, null, HERE)), HERE,
				"'" + VisibleText.of(name) + "' cannot be the name", "letters, digits");
		assertFails(
				() -> this.limiters
					.declare(new RateLimitDeclaration(name, 1d, null, null, null, null, null, null, HERE)),
				HERE, "'" + VisibleText.of(name) + "' cannot be the name", "letters, digits");
	}

	@ParameterizedTest
	@CsvSource({ "max,-1", "timeout,-1s", "max-waiting,-3" })
	void bulkheadWhenYamlValueIsOutOfRangeFailsWithItsPlace(String property, String value) {
		this.limiters = limiters(Map.of("penstock.bulkheads.x." + property, value));
		this.limiters.declare(bulkhead(HERE, 1, null, null));
		assertFails(() -> this.limiters.concurrencyLimiter("x"), "penstock.bulkheads.x." + property + " (test)",
				"Invalid ", "Correct the " + property + " of bulkhead 'x' there");
	}

	@Test
	void bulkheadWhenDefaultTimeoutIsNegativeFailsWithItsPlace() {
		assertFails(() -> limiters(Map.of("penstock.defaults.timeout", "-1s")), "penstock.defaults.timeout (test)",
				"Invalid timeout", "Correct");
	}

	@Test
	void declareWhenLimiterIsMadeAlreadyAndNothingChangesAddsThePlace() {
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		this.limiters.concurrencyLimiter("x");
		this.limiters.declare(bulkhead(THERE, 3, "30s", null));
		assertThat(this.limiters.bulkhead("x").usedBy()).containsExactly(HERE, THERE);
	}

	@Test
	void declareWhenLimiterIsMadeAlreadyCompletesIt() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "3", "penstock.rate-limits.x.rps", "3"));
		ConcurrencyLimiter bulkhead = this.limiters.concurrencyLimiter("x");
		RateLimiter rateLimit = this.limiters.rateLimiter("x");
		this.limiters.declare(bulkhead(THERE, 4, "2s", null));
		this.limiters.declare(rateLimit(THERE, 4d, null, null, 2L, null));
		assertThat(bulkhead.spec()).isEqualTo(ConcurrencyLimiterSpec.of(3).withTimeout(Duration.ofSeconds(2)));
		assertThat(bulkhead.configured()).isEqualTo(bulkhead.spec());
		assertThat(rateLimit.spec()).isEqualTo(RateLimiterSpec.of(3).withBurst(2L));
		assertThat(this.limiters.bulkhead("x").sources()).containsEntry("timeout", Source.ANNOTATION);
	}

	@Test
	void declareWhenLimiterIsMadeAlreadyAndThePlacesDisagreeFailsAndChangesNothing() {
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		ConcurrencyLimiter bulkhead = this.limiters.concurrencyLimiter("x");
		assertFails(() -> this.limiters.declare(bulkhead(THERE, 4, "2s", null)), HERE + " and " + THERE,
				"they disagree on the max of bulkhead 'x': '3' and '4'", "'penstock.bulkheads.x.max'");
		assertThat(bulkhead.spec()).isEqualTo(ConcurrencyLimiterSpec.of(3));
		assertThat(this.limiters.bulkhead("x").usedBy()).containsExactly(HERE);
	}

	@Test
	void registryWhenYamlIsIncompleteDoesNotHaveItYet() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.timeout", "3s", "penstock.rate-limits.x.limit", "3"));
		assertThat(this.limiters.registry().concurrencyLimiters()).isEmpty();
		assertThat(this.limiters.registry().rateLimiters()).isEmpty();
		this.limiters.declare(bulkhead(HERE, 4, null, null));
		assertThat(bulkheadSpec()).isEqualTo(ConcurrencyLimiterSpec.of(4).withTimeout(Duration.ofSeconds(3)));
	}

	@Test
	void registryWhenYamlDefinesLimitersHasThemBeforeAnybodyDeclares() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "9", "penstock.rate-limits.y.rps", "2"));
		assertThat(this.limiters.registry().concurrencyLimiter("x").max()).isEqualTo(9);
		assertThat(this.limiters.registry().rateLimiter("y").spec()).isEqualTo(RateLimiterSpec.of(2));
		assertThat(this.limiters.concurrencyLimiter("x")).isSameAs(this.registry.concurrencyLimiter("x"));
	}

	@Test
	void completeMakesAllThatIsDeclaredOrConfigured() {
		this.limiters = limiters(Map.of("penstock.bulkheads.y.max", "9"));
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		this.limiters.complete();
		assertThat(this.registry.concurrencyLimiters()).extracting(Limiter::name).containsExactlyInAnyOrder("x", "y");
		assertThat(this.limiters.unused()).containsExactly("penstock.bulkheads.y");
	}

	@Test
	void completeWhenOnlyEnvironmentVariablesNameItMakesItOnceByTheDeclaredName() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					"systemEnvironment",
					Map.of("PENSTOCK_BULKHEADS_SUPPLIER_API_MAX", "4", "PENSTOCK_BULKHEADS_OTHER_ONE_MAX", "5")));
		this.limiters = new ConfiguredLimiters(PropertiesReader.read(environment), () -> this.registry, (made) -> {
		});
		this.limiters.declare(new BulkheadDeclaration("supplierApi", 1, null, null, HERE));
		this.limiters.complete();
		assertThat(this.registry.concurrencyLimiters()).extracting(Limiter::name)
			.containsExactlyInAnyOrder("supplierApi", "other.one");
		assertThat(this.registry.concurrencyLimiter("supplierApi").max()).isEqualTo(4);
		assertThat(this.limiters.unused()).containsExactly("penstock.bulkheads.other.one");
	}

	@Test
	void limiterWhenCodeRegisteredItIsTheSameAndCodeCountsAsPlace() {
		this.registry.register("x", ConcurrencyLimiterSpec.of(2));
		this.limiters.declare(bulkhead(HERE, null, null, null));
		assertThat(this.limiters.concurrencyLimiter("x")).isSameAs(this.registry.concurrencyLimiter("x"));
		assertThat(this.limiters.bulkhead("x").sources()).containsEntry("max", Source.CODE);
		assertThat(this.limiters.bulkhead("x").usedBy()).containsExactly(HERE);
	}

	@Test
	void limiterWhenCodeRegisteredItOtherwiseFails() {
		this.registry.register("x", ConcurrencyLimiterSpec.of(2));
		this.limiters.declare(bulkhead(HERE, 3, null, null));
		assertFails(() -> this.limiters.concurrencyLimiter("x"), "the code that registered it and " + HERE,
				"they disagree on the max of bulkhead 'x': '2' and '3'", "Say it in one place only");
	}

	@Test
	void registryWhenCodeAndYamlDefineTheSameFails() {
		this.registry.register("x", ConcurrencyLimiterSpec.of(2));
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "9"));
		assertFails(this.limiters::registry, "penstock.bulkheads.x", "registered in code as well", "Keep one");
	}

	@ParameterizedTest
	@CsvSource({ "100,,,100,PT1S", "0.5,,,0.5,PT1S", ",5000,1h,5000,PT1H", "0.1,,,0.1,PT1S" })
	void rateLimitWhenAnnotationSaysTheRateTakesIt(@Nullable Double rps, @Nullable Long limit, @Nullable String per,
			String tokens, Duration period) {
		this.limiters.declare(rateLimit(HERE, rps, limit, per, null, null));
		RateLimiterSpec spec = rateSpec();
		assertThat(spec.limit()).isEqualByComparingTo(tokens);
		assertThat(spec.per()).isEqualTo(period);
		assertThat(spec.burst()).isNull();
		assertThat(this.limiters.rateLimit("x").sources()).isEqualTo(Map.of("rate", Source.ANNOTATION, "burst",
				Source.DEFAULT, "timeout", Source.DEFAULT, "max-waiting", Source.DEFAULT, "sliding", Source.DEFAULT,
				"enforce", Source.DEFAULT, "max-keys", Source.DEFAULT, "plans", Source.DEFAULT));
	}

	@Test
	void rateLimitWhenYamlSaysTheRateInTheOtherWayTheAnnotationsRateIsIgnored() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.limit", "5000", "penstock.rate-limits.x.per", "1h"));
		this.limiters.declare(rateLimit(HERE, 100d, null, null, 7L, null));
		assertThat(rateSpec().rate()).isEqualTo(RateLimiterSpec.of(5000, Duration.ofHours(1)).rate());
		assertThat(rateSpec().burst()).isEqualTo(7);
		assertThat(this.limiters.rateLimit("x").sources()).containsEntry("rate", Source.YAML)
			.containsEntry("burst", Source.ANNOTATION);
	}

	@Test
	void rateLimitWhenYamlSaysRpsTheAnnotationsLimitIsIgnored() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.rps", "2.5"));
		this.limiters.declare(rateLimit(HERE, null, 5000L, "1h", null, null));
		assertThat(rateSpec()).isEqualTo(RateLimiterSpec.of(2.5));
	}

	@Test
	void rateLimitWhenYamlSaysTheLimitAndTheAnnotationThePeriodTheyAddUp() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.limit", "50"));
		this.limiters.declare(rateLimit(HERE, null, 10L, "1m", null, null));
		assertThat(rateSpec()).isEqualTo(RateLimiterSpec.of(50, Duration.ofMinutes(1)));
	}

	@Test
	void rateLimitWhenYamlSaysLimitWithoutPerFailsThoughTheAnnotationSaysRps() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.limit", "50"));
		this.limiters.declare(rateLimit(HERE, 10d, null, null, null, null));
		assertFails(() -> this.limiters.rateLimiter("x"), HERE, "rate limit 'x' has no per, though it has a limit",
				"    x:\n      per: 1s\n");
	}

	@Test
	void rateLimitWhenAnnotationSaysLimitWithoutPerFails() {
		this.limiters.declare(rateLimit(HERE, null, 10L, null, null, null));
		assertFails(() -> this.limiters.rateLimiter("x"), HERE, "has no per, though it has a limit", "per: 1s");
	}

	@Test
	void rateLimitWhenAnnotationSaysPerWithoutLimitFails() {
		this.limiters.declare(rateLimit(HERE, null, null, "1s", null, null));
		assertFails(() -> this.limiters.rateLimiter("x"), HERE, "has no limit, though it has a per", "limit: 100");
	}

	@Test
	void rateLimitWhenRateIsSaidTwiceInOnePlaceFails() {
		assertFails(() -> this.limiters.declare(rateLimit(HERE, 10d, 10L, "1s", null, null)), HERE,
				"it says the rate twice", "Keep either rps, or limit and per");
		this.limiters = limiters(Map.of("penstock.rate-limits.x.rps", "1", "penstock.rate-limits.x.per", "1s"));
		assertFails(() -> this.limiters.rateLimiter("x"), "penstock.rate-limits.x.rps (test)", "it says the rate twice",
				"Keep either rps, or limit and per");
	}

	@Test
	void rateLimitWhenPlacesSayOneRateInBothWaysTheyAgree() {
		this.limiters.declare(rateLimit(HERE, 100d, null, null, null, null));
		this.limiters.declare(rateLimit(THERE, null, 100L, "1s", null, null));
		assertThat(rateSpec()).isEqualTo(RateLimiterSpec.of(100));
	}

	@Test
	void rateLimitWhenPlacesDisagreeOnTheRateFails() {
		this.limiters.declare(rateLimit(HERE, 100d, null, null, null, null));
		this.limiters.declare(rateLimit(THERE, 200d, null, null, null, null));
		assertFails(() -> this.limiters.rateLimiter("x"), HERE + " and " + THERE,
				"they disagree on the limit of rate limit 'x': '100' and '200'", "penstock.rate-limits.x");
	}

	@Test
	void rateLimitWhenRateIsMissingFailsWithTheLinesToAdd() {
		this.limiters.declare(rateLimit(HERE, null, null, null, 5L, null));
		assertFails(() -> this.limiters.rateLimiter("x"), HERE, "rate limit 'x' has no rate",
				"penstock:\n  rate-limits:\n    x:\n      rps: 100\n");
	}

	@ParameterizedTest
	@ValueSource(doubles = { Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, -1, 1e-12, 1e-300,
			Double.MIN_VALUE, 1.1e9, 1e308 })
	void declareWhenRpsIsOutOfRangeFails(double rps) {
		assertFails(() -> this.limiters.declare(rateLimit(HERE, rps, null, null, null, null)), HERE, "Invalid rate",
				"Correct the rate there");
	}

	@ParameterizedTest
	@CsvSource({ "0,1s,,Invalid rate", "-5,1s,,Invalid rate", "5,0s,,Invalid per", "5,-1s,,Invalid per",
			"5,200000000d,,Invalid per", "5,1s,0,Invalid burst", "5,1s,-1,Invalid burst", "0,,,Invalid rate",
			"2000000000,1s,,Invalid rate", "1,366d,,Invalid rate", "9223372036854775807,1ms,,Invalid rate" })
	void declareWhenLimitPerOrBurstIsOutOfRangeFails(Long limit, @Nullable String per, @Nullable Long burst,
			String problem) {
		assertFails(() -> this.limiters.declare(rateLimit(HERE, null, limit, per, burst, null)), HERE, problem,
				"Correct the ");
	}

	@ParameterizedTest
	@CsvSource({ "0", "-1", "1e-12", "1e-300", "1e308", "1e-999999999", "1e999999999" })
	void rateLimitWhenYamlRpsIsOutOfRangeFailsWithItsPlace(String rps) {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.rps", rps));
		assertFails(() -> this.limiters.complete(), "penstock.rate-limits.x.rps (test)", "Invalid rate",
				"Correct the rate of rate limit 'x' there");
	}

	@ParameterizedTest
	@CsvSource({ "limit,0,Invalid rate", "per,0,Invalid per", "burst,0,Invalid burst", "timeout,-1,Invalid timeout",
			"max-waiting,-1,Invalid maxWaiting" })
	void rateLimitWhenYamlValueIsOutOfRangeFailsWithItsPlace(String property, String value, String problem) {
		this.limiters = limiters(Map.of("penstock.rate-limits.x." + property, value));
		this.limiters.declare(rateLimit(HERE, null, 10L, "1s", null, null));
		assertFails(() -> this.limiters.rateLimiter("x"), "penstock.rate-limits.x." + property + " (test)", problem,
				"of rate limit 'x' there");
	}

	@ParameterizedTest
	@ValueSource(strings = { "-1s", "-1000ms", "PT-1S", "-1" })
	void wrongDurationsAreQuotedAsTheyWereWritten(String text) {
		assertFails(() -> this.limiters.declare(bulkhead(HERE, 1, text, null)), HERE,
				"Invalid timeout '" + text + "': it must be 0 (do not wait) or more", "Correct the timeout there");
		assertFails(() -> this.limiters.declare(rateLimit(HERE, null, 1L, text, null, null)), HERE,
				"Invalid per '" + text + "': it must be more than 0", "Correct the per there");
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "1", "penstock.bulkheads.x.timeout", text));
		assertFails(() -> this.limiters.concurrencyLimiter("x"), "penstock.bulkheads.x.timeout (test)",
				"Invalid timeout '" + text + "': it must", "Correct the timeout of bulkhead 'x' there");
		this.limiters = limiters(Map.of("penstock.rate-limits.x.limit", "1", "penstock.rate-limits.x.per", text));
		assertFails(() -> this.limiters.rateLimiter("x"), "penstock.rate-limits.x.per (test)",
				"Invalid per '" + text + "': it must", "Correct the per of rate limit 'x' there");
		assertFails(() -> limiters(Map.of("penstock.defaults.timeout", text)), "penstock.defaults.timeout (test)",
				"Invalid timeout '" + text + "': it must", "Correct the timeout there");
	}

	@Test
	void periodOfAnAnnotationNeedsItsUnit() {
		assertFails(() -> this.limiters.declare(rateLimit(HERE, null, 1L, "60", null, null)), HERE,
				"per '60' has no unit, and would be 60 milliseconds", "such as 60s");
	}

	@Test
	void describeSaysEachValueAndItsSource() {
		this.limiters = limiters(Map.of("penstock.bulkheads.x.max", "20", "penstock.rate-limits.y.rps", "100",
				"penstock.rate-limits.y.burst", "20"));
		this.limiters.declare(bulkhead(HERE, 1, "1500ms", null));
		this.limiters.complete();
		assertThat(this.limiters.describe()).containsExactly(
				"bulkhead 'x': max=20 (yaml), timeout=1500ms (annotation), max-waiting=unbounded (default)",
				"rate limit 'y': rate=100 per 1s (yaml), burst=20 (yaml), timeout=30s (default),"
						+ " max-waiting=unbounded (default)");
	}

	@Test
	void slidingWhenAnnotationSaysItIsMergedLikeAnyOther() {
		this.limiters.declare(sliding(HERE, null, 5000L, "1h", null));
		this.limiters.declare(rateLimit(THERE, null, null, null, null, null));
		assertThat(rateSpec().sliding()).isTrue();
		assertThat(rateSpec().rate()).isEqualTo("5000 per 1h");
		assertThat(this.limiters.rateLimit("x").sources()).containsEntry("sliding", Source.ANNOTATION);
		assertThat(this.limiters.describe())
			.containsExactly("rate limit 'x': rate=5000 per 1h (annotation), timeout=30s (default),"
					+ " max-waiting=unbounded (default), sliding=true (annotation)");
	}

	@Test
	void slidingOfTheConfigurationBeatsThatOfTheAnnotation() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.sliding", "false"));
		this.limiters.declare(sliding(HERE, null, 5000L, "1h", null));
		assertThat(rateSpec().sliding()).isFalse();
		assertThat(this.limiters.rateLimit("x").sources()).containsEntry("sliding", Source.YAML);
	}

	@Test
	void slidingOfTheConfigurationReplacesTheBurstOfTheAnnotation() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.sliding", "true"));
		this.limiters.declare(rateLimit(HERE, null, 50L, "1m", 5L, null));
		assertThat(rateSpec()).isEqualTo(RateLimiterSpec.of(50, Duration.ofMinutes(1)).withSliding(true));
	}

	@Test
	void slidingOfTheConfigurationReplacesTheRpsOfTheAnnotation() {
		this.limiters = limiters(Map.of("penstock.rate-limits.x.sliding", "true"));
		this.limiters.declare(rateLimit(HERE, 50d, null, null, null, null));
		assertFails(() -> this.limiters.complete(), HERE, "rate limit 'x' has no rate", "Add it to the configuration");
	}

	@Test
	void slidingWithBurstOrRpsFailsAndNamesBoth() {
		assertFails(() -> this.limiters.declare(sliding(HERE, null, 5L, "1s", 5L)), HERE, "burst", "Leave burst out");
		assertFails(() -> this.limiters.declare(sliding(HERE, 5d, null, null, null)), HERE, "it has rps, and sliding",
				"Write limit and per instead of rps");
		this.limiters = fresh(Map.of("penstock.rate-limits.x.burst", "5"));
		this.limiters.declare(sliding(HERE, null, 5L, "1s", null));
		assertFails(() -> this.limiters.complete(), "penstock.rate-limits.x.burst (test)", HERE + " has sliding",
				"sliding: false");
		this.limiters = fresh(Map.of("penstock.rate-limits.x.rps", "5"));
		this.limiters.declare(sliding(HERE, null, null, null, null));
		assertFails(() -> this.limiters.complete(), "penstock.rate-limits.x.rps (test)", HERE + " has sliding",
				"sliding: false");
		this.limiters = fresh(Map.of());
		this.limiters.declare(sliding(HERE, null, null, null, null));
		this.limiters.declare(rateLimit(THERE, 5d, null, null, null, null));
		assertFails(() -> this.limiters.complete(), THERE, "it has rps, and " + HERE + " has sliding",
				"sliding: false");
		this.limiters = fresh(Map.of("penstock.rate-limits.x.sliding", "true", "penstock.rate-limits.x.rps", "5"));
		assertFails(() -> this.limiters.complete(), "penstock.rate-limits.x.rps (test)", "sliding",
				"Write limit and per");
	}

	@Test
	void slidingWithoutLimitAndPerOrTooLargeFails() {
		this.limiters.declare(sliding(HERE, null, 5L, null, null));
		assertFails(() -> this.limiters.complete(), HERE, "has no per, though it has a limit", "per: 1s");
		assertFails(() -> this.limiters.declare(sliding(THERE, null, 1_000_001L, "1h", null)), THERE,
				"Invalid limit '1000001': a sliding window keeps the time of each call and takes at most 1000000",
				"Correct the limit there");
		this.limiters = fresh(Map.of("penstock.rate-limits.x.sliding", "true", "penstock.rate-limits.x.limit",
				"1000001", "penstock.rate-limits.x.per", "1h"));
		assertFails(() -> this.limiters.complete(), "penstock.rate-limits.x.limit (test)", "Invalid limit",
				"Correct the limit of rate limit");
	}

	private ConfiguredLimiters fresh(Map<String, Object> properties) {
		this.registry = new LimiterRegistry();
		return limiters(properties);
	}

	private static RateLimitDeclaration sliding(String where, @Nullable Double rps, @Nullable Long limit,
			@Nullable String per, @Nullable Long burst) {
		return new RateLimitDeclaration("x", rps, limit, per, burst, null, null, true, where);
	}

	private static void assertFails(ThrowingCallable action, String where, String problem, String... mend) {
		assertThatExceptionOfType(InvalidLimitDeclarationException.class).isThrownBy(action)
			.satisfies((ex) -> assertThat(ex.where()).isEqualTo(where))
			.satisfies((ex) -> assertThat(ex.problem()).contains(problem))
			.satisfies((ex) -> assertThat(ex.mend()).contains(mend));
	}

	private ConcurrencyLimiterSpec bulkheadSpec() {
		return this.limiters.concurrencyLimiter("x").configured();
	}

	private RateLimiterSpec rateSpec() {
		return this.limiters.rateLimiter("x").configured();
	}

	private static BulkheadDeclaration bulkhead(String where, @Nullable Integer max, @Nullable String timeout,
			@Nullable Integer maxWaiting) {
		return new BulkheadDeclaration("x", max, timeout, maxWaiting, where);
	}

	private static RateLimitDeclaration rateLimit(String where, @Nullable Double rps, @Nullable Long limit,
			@Nullable String per, @Nullable Long burst, @Nullable String timeout) {
		return new RateLimitDeclaration("x", rps, limit, per, burst, timeout, null, null, where);
	}

	private ConfiguredLimiters limiters(Map<String, Object> properties) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
		return new ConfiguredLimiters(PropertiesReader.read(environment), () -> this.registry, (made) -> {
		});
	}

}
