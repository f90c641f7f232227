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

package io.github.penstock.autoconfigure;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

/**
 * Tests for what a {@link SpringApplication} reports when a limit cannot be set up.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureReportTests {

	private static final String PLACE = "io.github.penstock.autoconfigure.FailureReportTests$";

	@Test
	void reportWhenKeyIsUnknown(CapturedOutput output) {
		assertThat(report(output, Application.class, "--penstock.bulkheads.inventory.max-wating=5", "--penstock.foo=1"))
			.contains("    penstock.bulkheads.inventory.max-wating (commandLineArgs)",
					"    penstock.foo (commandLineArgs)",
					"did you mean 'penstock.bulkheads.inventory.max-waiting'? (known there: max, timeout, max-waiting, "
							+ "unhealthy-after, enforce, max-keys, shared, on-outage, max-hold, plans)",
					"known there: enabled, ");
	}

	@Test
	void reportWhenKeyIsThatOfAnotherLibrary(CapturedOutput output) {
		assertThat(report(output, Application.class, "--penstock.rate-limits.instances.api.limitForPeriod=5")).contains(
				"penstock.rate-limits.instances.api.limitForPeriod (commandLineArgs): 'limit-for-period' is a key of "
						+ "Resilience4j: here it is 'penstock.rate-limits.api.limit'",
				"twice as many calls may begin around its edge", "see migrating-from-resilience4j.md");
	}

	@Test
	void reportWhenKeyInFileIsUnknownHasTheLine(CapturedOutput output) {
		assertThat(report(output, Application.class, "--spring.config.name=misspelt"))
			.contains("penstock.rate-limits.supplier-api.brust (class path resource [misspelt.yml] - 5:14)")
			.contains("did you mean 'penstock.rate-limits.supplier-api.burst'?");
	}

	@Test
	void reportWhenValueDoesNotParse(CapturedOutput output) {
		assertThat(report(output, Application.class, "--penstock.bulkheads.inventory.timeout=soon")).contains(
				"Where: penstock.bulkheads.inventory.timeout (commandLineArgs)", "What: 'soon' is not a duration",
				"Write a duration, such as 30s, 500ms or PT2S.");
	}

	@Test
	void reportWhenValueIsOutOfRange(CapturedOutput output) {
		assertThat(report(output, Application.class, "--penstock.rate-limits.supplier.rps=0")).contains(
				"Where: penstock.rate-limits.supplier.rps (commandLineArgs)",
				"What: Invalid rate '0': it must be more than 0", "Correct the rate of rate limit 'supplier' there.");
	}

	@Test
	void reportWhenNameIsInvalid(CapturedOutput output) {
		assertThat(report(output, Application.class, "--penstock.rate-limits[a b].rps=1")).contains(
				"Where: penstock.rate-limits[a b].rps (commandLineArgs)", "'a b' cannot be the name of a limiter",
				"Give it a name of letters, digits, '.', '_' and '-'");
	}

	@Test
	void reportWhenMaxIsMissing(CapturedOutput output) {
		assertThat(report(output, WithoutMax.class, "--penstock.bulkheads.inventory.max=5")).contains(
				"Where: " + PLACE + "WithoutMax.call", "What: bulkhead 'inventroy' has no max", "(known: inventory)",
				"If 'inventory' is meant, correct the name. Otherwise add it",
				"penstock:\n  bulkheads:\n    inventroy:\n      max: 10\n");
	}

	@Test
	void reportWhenRateIsMissing(CapturedOutput output) {
		assertThat(report(output, WithoutRate.class)).contains("Where: " + PLACE + "WithoutRate.call",
				"What: rate limit 'WithoutRate.call' has no rate",
				"penstock:\n  rate-limits:\n    WithoutRate.call:\n      rps: 100\n");
	}

	@Test
	void reportWhenPlacesDisagree(CapturedOutput output) {
		assertThat(report(output, Disagreeing.class)).contains(PLACE + "Disagreeing.one", PLACE + "Disagreeing.two",
				"they disagree on the max of bulkhead 'shared'", "'penstock.bulkheads.shared.max'");
	}

	@Test
	void reportWhenTimeoutOfAnnotationDoesNotParse(CapturedOutput output) {
		assertThat(report(output, BadTimeout.class)).contains("Where: " + PLACE + "BadTimeout.call",
				"What: timeout '5 parsecs' is not a duration");
	}

	@Test
	void reportWhenRateOfAnnotationIsInfinite(CapturedOutput output) {
		assertThat(report(output, Infinite.class)).contains("Where: " + PLACE + "Infinite.call",
				"What: Invalid rate 'Infinity': it must be a finite number", "Correct the rate there.");
	}

	@Test
	void reportWhenCodeMakesAnInvalidLimiter(CapturedOutput output) {
		assertThat(report(output, InvalidCode.class)).contains("Invalid max '-1'", "Where: the bean 'limiter'",
				"Correct 'max' in that code.");
	}

	@Test
	void reportWhenCodeLooksForLimiterThatThereIsNot(CapturedOutput output) {
		assertThat(report(output, LookUp.class, "--penstock.bulkheads.inventory.max=5")).contains(
				"There is no bulkhead 'inventroy'; known are [inventory].",
				"If 'inventory' is meant, correct the name.", "penstock:\n  bulkheads:\n    inventroy:\n      max: 10");
	}

	private static String report(CapturedOutput output, Class<?> application, String... args) {
		Exception failure = catchException(
				() -> new SpringApplicationBuilder(application).web(WebApplicationType.NONE).run(args).close());
		assertThat(failure).isNotNull();
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START");
		return output.getAll();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class })
	static class Application {

	}

	static class WithoutMax extends Application {

		@Bulkhead("inventroy")
		void call() {
		}

	}

	static class WithoutRate extends Application {

		@RateLimited
		void call() {
		}

	}

	static class Disagreeing extends Application {

		@Bulkhead(name = "shared", max = 1)
		void one() {
		}

		@Bulkhead(name = "shared", max = 2)
		void two() {
		}

	}

	static class BadTimeout extends Application {

		@Bulkhead(name = "slow", max = 1, timeout = "5 parsecs")
		void call() {
		}

	}

	static class Infinite extends Application {

		@RateLimited(name = "fast", rps = Double.POSITIVE_INFINITY)
		void call() {
		}

	}

	static class InvalidCode extends Application {

		@Bean
		ConcurrencyLimiter limiter(LimiterRegistry registry) {
			return registry.register("mine", ConcurrencyLimiterSpec.of(-1));
		}

	}

	static class LookUp extends Application {

		@Bean
		ConcurrencyLimiter limiter(LimiterRegistry registry) {
			return registry.concurrencyLimiter("inventroy");
		}

	}

}
