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

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.aop.BulkheadDeclaration;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.LimiterDeclarations;
import io.github.penstock.properties.UnknownPropertiesException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PenstockAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PenstockAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class));

	@Test
	void contextWhenNothingIsConfiguredHasAnEmptyRegistryAndLogsNothing(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			assertThat(registry.concurrencyLimiters()).isEmpty();
			assertThat(registry.rateLimiters()).isEmpty();
			assertThat(context).hasSingleBean(LimiterDeclarations.class).hasSingleBean(LimiterOrigins.class);
		});
		assertThat(output).doesNotContain("Limits:");
	}

	@Test
	void contextWhenLimitersAreConfiguredRegistersThem(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("penstock.bulkheads.inventory.max=5", "penstock.bulkheads.inventory.timeout=0",
					"penstock.rate-limits.nightly.limit=5000", "penstock.rate-limits.nightly.per=1h")
			.run((context) -> {
				LimiterRegistry registry = context.getBean(LimiterRegistry.class);
				assertThat(registry.concurrencyLimiter("inventory").spec())
					.isEqualTo(ConcurrencyLimiterSpec.of(5).withTimeout(Duration.ZERO));
				assertThat(registry.rateLimiter("nightly").spec())
					.isEqualTo(RateLimiterSpec.of(5000, Duration.ofHours(1)));
			});
		assertThat(output)
			.containsOnlyOnce("Limits: bulkhead 'inventory': max=5 (yaml), timeout=0s (yaml), max-waiting=unbounded"
					+ " (default); rate limit 'nightly': rate=5000 per 1h (yaml)");
	}

	@Test
	void contextWhenNothingUsesConfiguredLimiterWarnsOnce(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(DeclaringConfiguration.class)
			.withPropertyValues("penstock.bulkheads.used.max=5", "penstock.bulkheads.unused.max=5")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("penstock.bulkheads.unused");
	}

	@Test
	void contextWhenBeanLooksUpLimiterInItsConstructorFindsItAndLaterPlacesStillCount() {
		this.contextRunner.withUserConfiguration(EarlyConfiguration.class, DeclaringConfiguration.class)
			.withPropertyValues("penstock.bulkheads.early.max=5", "penstock.bulkheads.used.max=6")
			.run((context) -> {
				assertThat(context.getBean("early", ConcurrencyLimiter.class).max()).isEqualTo(5);
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("used").spec())
					.isEqualTo(ConcurrencyLimiterSpec.of(6).withTimeout(Duration.ofSeconds(2)));
			});
	}

	@Test
	void contextWhenUserHasRegistryFillsIt() {
		LimiterRegistry registry = new LimiterRegistry();
		this.contextRunner.withBean(LimiterRegistry.class, () -> registry)
			.withPropertyValues("penstock.bulkheads.inventory.max=5")
			.run((context) -> {
				assertThat(context.getBean(LimiterRegistry.class)).isSameAs(registry);
				assertThat(registry.concurrencyLimiter("inventory").max()).isEqualTo(5);
			});
	}

	@Test
	void contextWhenUserHasTimeSourceLimitersLiveInIt() {
		TimeSource time = mock(TimeSource.class);
		this.contextRunner.withBean(TimeSource.class, () -> time)
			.withPropertyValues("penstock.rate-limits.a.rps=5")
			.run((context) -> {
				context.getBean(LimiterRegistry.class).rateLimiter("a").tryAcquire();
				then(time).should(atLeastOnce()).nanoTime();
			});
	}

	@Test
	void contextWhenUserHasFactoryItMakesTheLimiters() {
		LimiterFactory factory = mock(LimiterFactory.class);
		RateLimiter limiter = mock(RateLimiter.class);
		given(factory.rateLimiter(anyString(), any())).willReturn(limiter);
		this.contextRunner.withBean(LimiterFactory.class, () -> factory)
			.withPropertyValues("penstock.rate-limits.a.rps=5")
			.run((context) -> assertThat(context.getBean(LimiterRegistry.class).rateLimiter("a")).isSameAs(limiter));
	}

	@Test
	void contextWhenUserHasRegistrarsCallsThemFirst() {
		this.contextRunner
			.withBean(LimiterRegistrar.class,
					() -> (registry) -> registry.register("coded", ConcurrencyLimiterSpec.of(3)))
			.run((context) -> {
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("coded").max()).isEqualTo(3);
				LimiterDeclarations declarations = context.getBean(LimiterDeclarations.class);
				declarations.declare(new BulkheadDeclaration("coded", null, null, null, "here"));
				assertThat(declarations.concurrencyLimiter("coded").max()).isEqualTo(3);
			});
	}

	@Test
	void contextWhenRegistrarAndYamlDefineTheSameFails() {
		this.contextRunner
			.withBean(LimiterRegistrar.class,
					() -> (registry) -> registry.register("coded", ConcurrencyLimiterSpec.of(3)))
			.withPropertyValues("penstock.bulkheads.coded.max=5")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("registered in code as well"));
	}

	@Test
	void contextWhenDisabledLimitersLetEverythingIn(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("penstock.enabled=false", "penstock.bulkheads.closed.max=0",
					"penstock.rate-limits.slow.limit=1", "penstock.rate-limits.slow.per=1h",
					"penstock.bulkheads.incomplete.timeout=1s")
			.run((context) -> {
				LimiterRegistry registry = context.getBean(LimiterRegistry.class);
				assertThat(registry.concurrencyLimiter("closed").available()).isEqualTo(Integer.MAX_VALUE);
				for (int call = 0; call < 1000; call++) {
					assertThat(registry.rateLimiter("slow").tryAcquire()).isTrue();
				}
				assertThat(registry.register("mine", ConcurrencyLimiterSpec.of(1)).max()).isEqualTo(Integer.MAX_VALUE);
			});
		assertThat(output).contains("No calls are limited: penstock.enabled is false").doesNotContain("WARN");
	}

	@Test
	void contextWhenKeyIsUnknownFailsEvenIfLazyOrDisabled() {
		for (String more : new String[] { "spring.main.lazy-initialization=true", "penstock.enabled=false" }) {
			this.contextRunner.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
				.withPropertyValues(more, "penstock.bulkheads.inventory.max-wating=5")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(UnknownPropertiesException.class)
					.hasMessageContaining("penstock.bulkheads.inventory.max-waiting"));
		}
	}

	@Test
	void contextWhenConfiguredLimiterIsIncompleteFails() {
		this.contextRunner.withUserConfiguration(DeclaringConfiguration.class)
			.withPropertyValues("penstock.bulkheads.inventory.timeout=5s")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("bulkhead 'inventory' has no max"));
	}

	@Test
	void contextWithoutAnyAnnotationThatAPropertyCompletesSaysSo(CapturedOutput output) {
		this.contextRunner.withPropertyValues("penstock.bulkheads.inventory.timeout=5s").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce("penstock.bulkheads.inventory")
				.contains("no annotation in this context");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyConfiguration {

		@Bean
		ConcurrencyLimiter early(LimiterRegistry registry) {
			return registry.concurrencyLimiter("early");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class DeclaringConfiguration {

		@Bean
		Object declaring(LimiterDeclarations declarations) {
			declarations.declare(new BulkheadDeclaration("used", 1, "2s", null, "com.acme.Used.call()"));
			return "declared";
		}

	}

}
