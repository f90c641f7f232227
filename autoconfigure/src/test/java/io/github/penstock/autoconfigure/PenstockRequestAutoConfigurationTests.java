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

import java.util.Arrays;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.requests.RequestKey;
import io.github.penstock.requests.RequestLimitWebFilter;
import io.github.penstock.requests.ServletRequestLimitFilter;
import jakarta.servlet.DispatcherType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.aot.AbstractAotProcessor;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class PenstockRequestAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(PenstockAutoConfiguration.class,
			PenstockRequestAutoConfiguration.class);

	private static final String RULE = "penstock.requests.api.";

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	private final ReactiveWebApplicationContextRunner reactiveContextRunner = new ReactiveWebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	private static String[] rule(String... properties) {
		return Arrays.stream(properties).map((property) -> RULE + property).toArray(String[]::new);
	}

	private static FilterRegistrationBean<?> filter(org.springframework.context.ApplicationContext context,
			String name) {
		return context.getBean(name, FilterRegistrationBean.class);
	}

	@Test
	void nothingIsThereWhereThereIsNoRule() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(FilterRegistrationBean.class)
			.doesNotHaveBean(RequestRules.class));
		this.reactiveContextRunner.run((context) -> assertThat(context).doesNotHaveBean(RequestLimitWebFilter.class));
	}

	@Test // R1
	void filtersStandAroundThatOfSpringSecurity() {
		this.contextRunner.withPropertyValues(rule("paths=/**", "key=principal,ip", "rps=10")).run((context) -> {
			FilterRegistrationBean<?> first = filter(context, "penstockRequestFilter");
			FilterRegistrationBean<?> second = filter(context, "penstockAuthenticatedRequestFilter");
			assertThat(first.getFilter()).isInstanceOf(ServletRequestLimitFilter.class);
			assertThat(first.getOrder()).isEqualTo(-101);
			assertThat(second.getOrder()).isEqualTo(-99);
			assertThat(second.isEnabled()).isTrue();
			assertThat(first.determineDispatcherTypes()).containsExactly(DispatcherType.REQUEST);
		});
		this.contextRunner.withPropertyValues(rule("paths=/**", "key=ip", "rps=10"))
			.withPropertyValues("spring.security.filter.order=7")
			.run((context) -> {
				assertThat(filter(context, "penstockRequestFilter").getOrder()).isEqualTo(6);
				assertThat(filter(context, "penstockAuthenticatedRequestFilter").isEnabled()).isFalse();
			});
		this.reactiveContextRunner.withPropertyValues(rule("paths=/**", "rps=10"))
			.run((context) -> assertThat(context.getBeansOfType(RequestLimitWebFilter.class).values())
				.extracting(RequestLimitWebFilter::getOrder)
				.containsExactlyInAnyOrder(-101, -99));
	}

	@Test
	void limitersOfRulesAreThoseOfTheRegistryAndKnowWhoUsesThem() {
		this.contextRunner
			.withPropertyValues(rule("paths=/api/**", "rps=10", "burst=20", "max=5", "timeout=2s", "max-waiting=7",
					"enforce=50%", "max-keys=9"))
			.run((context) -> {
				LimiterRegistry registry = context.getBean(LimiterRegistry.class);
				assertThat(registry.rateLimiter("api").spec().capacity()).isEqualTo(20);
				assertThat(registry.concurrencyLimiter("api").spec()).satisfies((spec) -> {
					assertThat(spec.max()).isEqualTo(5);
					assertThat(spec.timeout()).hasSeconds(2);
					assertThat(spec.maxWaiting()).isEqualTo(7);
					assertThat(spec.enforce()).isEqualTo(50);
					assertThat(spec.maxKeys()).isEqualTo(9);
				});
			});
		this.contextRunner.withPropertyValues(rule("paths=/api/**", "rps=10"))
			.run((context) -> assertThat(context.getBean(LimiterRegistry.class).rateLimiter("api").spec().timeout())
				.isZero());
	}

	@ParameterizedTest // S1
	@CsvSource(delimiter = '|', quoteCharacter = '"', value = {
			"paths=api/** rps=1 | penstock.requests.api.paths | 'api/**' is no path: it must begin with a slash",
			"paths[0]=/a paths[1]=/b%20c rps=1 | penstock.requests.api.paths[1] | never the path of a request",
			"paths=/a,!/** rps=1 | penstock.requests.api.paths | what is excluded is all there is",
			"paths=!/a rps=1 | penstock.requests.api.paths | no path that is not excluded",
			"rps=1 | penstock.requests.api | it has no paths", "paths=/a | penstock.requests.api | it has no limit",
			"paths=/a rps=1 key=user | penstock.requests.api.key | 'user' is no source of a key",
			"paths=/a rps=1 key=header:X Y | penstock.requests.api.key | cannot be the name of a header",
			"paths=/a/{id} rps=1 key=path:user | penstock.requests.api.key | no variable 'user' in the path /a/{id}",
			"paths=/a rps=1 key=@tenant | penstock.requests.api.key | there is no bean 'tenant' (RequestKey beans: byHost)",
			"paths=/a rps=1 key=@text | penstock.requests.api.key | bean 'text' is no RequestKey",
			"paths=/a rps=1 key=principal | penstock.requests.api | no Spring Security filter chain",
			"paths=/a rps=1 methods=GTE | penstock.requests.api.methods | 'GTE' is no method of HTTP",
			"paths=/a rps=1 charge-statuses=4xx | penstock.requests.api.charge-statuses | '4xx' is no status code",
			"paths=/a max=1 charge-statuses=401 | penstock.requests.api.charge-statuses | there is no rate limit",
			"paths=/a rps=1 rate-limit=other | penstock.requests.api.rps | it has rps of its own as well as rate-limit 'other'",
			"paths=/a rate-limit=b b penstock | penstock.requests.api.rate-limit | b b",
			"paths=/a rate-limit=other enforce=1% | penstock.requests.api.enforce | it would do nothing",
			"paths=/a rate-limit=other max-keys=1 | penstock.requests.api.max-keys | it would do nothing",
			"paths=/a rps=1 plan=header:X | penstock.requests.api.plan | there is no key",
			"paths=/a rps=1 key=ip plan=header:X | penstock.requests.api.plan | have no plans",
			"paths=/a rps=1 timeout=-1s | penstock.requests.api.timeout | -1s",
			"paths=/a rps=0 | penstock.requests.api.rps | 0",
			"paths=/a limit=5 | penstock.requests.api.limit | it has a limit and no per",
			"paths=/a burst=5 | penstock.requests.api.burst | it has a burst and no rate",
			"paths=/a rps=1 headers=maybe | penstock.requests.api.headers | is not true or false" })
	void ruleThatMakesNoSenseFailsTheStartAndSaysWhere(String properties, String place, String problem) {
		String[] written = Arrays.stream(properties.trim().split(" (?=[a-z\\-]+(\\[\\d\\])?=)"))
			.map((property) -> RULE + property)
			.toArray(String[]::new);
		this.contextRunner.withPropertyValues(written)
			.withPropertyValues("penstock.rate-limits.other.rps=5")
			.withBean("byHost", RequestKey.class, () -> (request) -> request.getURI().getHost())
			.withBean("text", String.class, () -> "text")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(place)
				.hasStackTraceContaining(problem));
	}

	@Test
	void unknownPropertyIsFound() {
		this.contextRunner.withPropertyValues(rule("paths=/a", "rps=1", "methosd=GET"))
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("penstock.requests.api.methods"));
	}

	@Test
	void ruleThatAnotherOneMakesUnreachableIsWarnedOf(CapturedOutput output) {
		this.contextRunner.withPropertyValues(rule("paths=/api/**", "key=ip", "limit=5", "per=1m"))
			.withPropertyValues("penstock.requests.loose.paths=/api/v1/**,/api/v2", "penstock.requests.loose.key=ip",
					"penstock.requests.loose.limit=10", "penstock.requests.loose.per=1m",
					"penstock.requests.other.paths=/api/v1/**", "penstock.requests.other.key=header:X",
					"penstock.requests.other.limit=10", "penstock.requests.other.per=1m")
			.run((context) -> assertThat(output)
				.contains("penstock.requests.loose never refuses anything: penstock.requests.api")
				.doesNotContain("penstock.requests.api never")
				.doesNotContain("penstock.requests.other never"));
	}

	@Test
	void principalAmongOtherSourcesIsWarnedOfWhereNobodyAuthenticates(CapturedOutput output) {
		this.reactiveContextRunner.withPropertyValues(rule("paths=/**", "key=principal,ip", "rps=10"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).contains("penstock.requests.api has the principal among");
			});
	}

	@Test
	void contextThatIsNoWebApplicationSaysOnceThatNothingIsLimited(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(rule("paths=/a", "rps=1"))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).containsOnlyOnce("penstock.requests.api would limit nothing");
			});
	}

	@Test
	void contextThatWasProcessedSaysNothingOfRulesThatNobodyHasWritten(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output).doesNotContain("would limit nothing");
			});
	}

	@Test
	void rulesAreNotMadeWhereLimitsAreSwitchedOff() {
		this.contextRunner.withPropertyValues(rule("paths=/**", "key=principal", "rps=10"))
			.withPropertyValues("penstock.enabled=false")
			.run((context) -> assertThat(context.getBean(RequestRules.class).limits().rules()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.web", "org.springframework.web.util.pattern", "jakarta.servlet",
			"org.springframework.web.reactive", "reactor", "org.springframework.boot.actuate",
			"org.springframework.security", "org.springframework.web.servlet" })
	void contextWhenLibraryIsMissingStarts(String missing) {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(rule("paths=/a", "rps=1"))
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "reactor", "org.springframework.web.reactive", "org.springframework.boot.actuate",
			"org.springframework.security", "org.springframework.web.servlet" })
	void servletApplicationNeedsNoneOfTheOthers(String missing) {
		this.contextRunner.withPropertyValues(rule("paths=/a", "rps=1"))
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("penstockRequestFilter"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "jakarta.servlet", "org.springframework.boot.actuate", "org.springframework.security",
			"org.springframework.web.servlet" })
	void reactiveApplicationNeedsNoneOfTheOthers(String missing) {
		this.reactiveContextRunner.withPropertyValues(rule("paths=/a", "rps=1"))
			.withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).hasNotFailed().hasBean("penstockRequestFilter"));
	}

	@Test
	void pathsAreComparedAsThoseOfHandlersAre() {
		this.contextRunner.withConfiguration(AutoConfigurations.of(WebMvcAutoConfiguration.class))
			.withPropertyValues(rule("paths=/Api/**", "rps=1"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

}
