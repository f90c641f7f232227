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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.LimitBeanPostProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PenstockAopAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PenstockAopAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class));

	@Test
	void limitedMethodMayBeCalledBeforeTheLastBeanIsMade() {
		this.contextRunner.withUserConfiguration(EarlyCall.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean("caller")).isEqualTo("called");
			assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("early").max()).isEqualTo(7);
		});
	}

	@Test
	void limitedMethodThatIsCalledTooEarlySaysSo() {
		this.contextRunner.withUserConfiguration(HiddenCall.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("called before all beans have been made")
				.hasMessageContaining("bulkhead 'early' has no max")
				.hasMessageContaining("Call it later"));
		this.contextRunner.withUserConfiguration(HiddenCall.class)
			.withPropertyValues("penstock.bulkheads.early.max=3", "penstock.rate-limits.early.rps=30")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void propertiesOfAnnotationsThatAPartialContextLacksAreWarnedOfOnce(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("penstock.bulkheads.early.timeout=1s", "penstock.rate-limits.early.timeout=1s")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("penstock.bulkheads.early, penstock.rate-limits.early would limit nothing")
			.doesNotContain("Nothing uses");
	}

	@Test
	void propertiesOfAMisspeltNameFailWhereThereAreOthers() {
		this.contextRunner.withUserConfiguration(EarlyCall.class)
			.withPropertyValues("penstock.bulkheads.eraly.timeout=1s")
			.run((context) -> assertThat(context).getFailure()
				.hasMessageContaining("bulkhead 'eraly' has no max")
				.hasMessageContaining("If 'early' is meant"));
	}

	@Test
	void placesOfOneBulkheadHaveTheirOwnPatience() {
		this.contextRunner.withUserConfiguration(Patience.class).run((context) -> {
			assertThat(context).hasNotFailed();
			Patience.Callers callers = context.getBean(Patience.Callers.class);
			ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("patience");
			Permit permit = limiter.tryAcquire();
			assertThat(permit).isNotNull();
			CompletableFuture<String> patient = CompletableFuture.supplyAsync(callers::patient);
			while (limiter.waiting() == 0 && !patient.isDone()) {
				Thread.onSpinWait();
			}
			assertThat(patient).isNotDone();
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(callers::impatient);
			permit.close();
			assertThat(patient.get(30, TimeUnit.SECONDS)).isEqualTo("patient");
		});
	}

	@Test
	void callWhenAnnotatedIsLimited(CapturedOutput output) {
		this.contextRunner.withBean(Stock.class).run((context) -> {
			Stock stock = context.getBean(Stock.class);
			assertThat(stock.of("a")).isEqualTo("a");
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> stock.of("a"));
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(stock::closed);
			assertThat(context.getBean(LimiterOrigins.class).rateLimit("Stock.of").usedBy()).singleElement()
				.asString()
				.contains("Stock.of(");
		});
		assertThat(output).contains("bulkhead 'Stock.closed': max=0 (annotation)").doesNotContain("Nothing uses");
	}

	@Test
	void callWhenYamlHasTheDerivedNameIsLimitedByTheYaml(CapturedOutput output) {
		this.contextRunner.withBean(Stock.class)
			.withPropertyValues("penstock.bulkheads.Stock.closed.max=1", "penstock.rate-limits.Stock.of.limit=2",
					"penstock.rate-limits.Stock.of.per=1h")
			.run((context) -> {
				Stock stock = context.getBean(Stock.class);
				assertThat(stock.closed()).isEqualTo("open");
				assertThat(stock.of("a") + stock.of("b")).isEqualTo("ab");
				assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(() -> stock.of("c"));
				assertThat(context.getBean(LimiterOrigins.class).bulkhead("Stock.closed").sources())
					.containsEntry("max", LimiterOrigin.Source.YAML)
					.containsEntry("timeout", LimiterOrigin.Source.ANNOTATION);
			});
		assertThat(output).doesNotContain("Nothing uses");
	}

	@Test
	void callWhenDisabledIsNotLimitedNorProxied() {
		this.contextRunner.withBean(Stock.class).withPropertyValues("penstock.enabled=false").run((context) -> {
			Stock stock = context.getBean(Stock.class);
			assertThat(AopUtils.isAopProxy(stock)).isFalse();
			assertThat(stock.closed()).isEqualTo("open");
			assertThat(context).doesNotHaveBean(LimitBeanPostProcessor.class).hasSingleBean(LimiterRegistry.class);
		});
	}

	@Test
	void contextWhenPlacesCompleteEachOtherMergesThemInAnyOrderOfTheBeans() {
		for (Class<?>[] order : new Class<?>[][] { { First.class, Second.class }, { Second.class, First.class } }) {
			this.contextRunner.withBean(order[0])
				.withBean(order[1])
				.run((context) -> assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("shared").spec())
					.isEqualTo(new ConcurrencyLimiterSpec(2, Duration.ofSeconds(1), 7)));
		}
	}

	@Test
	void contextWhenRegistryIsLookedUpAfterStartHasTheAnnotatedLimiters() {
		this.contextRunner.withBean(Stock.class)
			.run((context) -> assertThat(context.getBean(LimiterRegistry.class).rateLimiter("Stock.of").spec().limit())
				.isEqualTo(RateLimiterSpec.of(1).limit()));
	}

	@Test
	void contextWhenBeanIsMadeLaterKnowsItsAnnotationsFromTheStart(CapturedOutput output) {
		this.contextRunner.withBean(First.class, First::new, (definition) -> definition.setLazyInit(true))
			.withBean(Second.class, Second::new, (definition) -> definition.setScope("prototype"))
			.withPropertyValues("penstock.bulkheads.shared.max-waiting=3")
			.run((context) -> {
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("shared").spec())
					.isEqualTo(new ConcurrencyLimiterSpec(2, Duration.ofSeconds(1), 3));
				context.getBean(First.class).call();
				context.getBean(Second.class).call();
				assertThat(context.getBean(LimiterRegistry.class).concurrencyLimiter("shared").stats().granted())
					.isEqualTo(2);
			});
		assertThat(output).doesNotContain("Nothing uses");
	}

	@Test
	void contextWhenBeanIsMadeLaterFailsAtTheStartIfItsNameIsMisspelt() {
		this.contextRunner.withBean(Misspelt.class, Misspelt::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("Misspelt.call"));
	}

	@Test
	void contextWhenTypeOfLaterBeanIsNotKnownCompletesTheLimiterThen() {
		this.contextRunner.withUserConfiguration(HiddenConfiguration.class)
			.withPropertyValues("penstock.bulkheads.shared.max=4")
			.run((context) -> {
				ConcurrencyLimiter shared = context.getBean(LimiterRegistry.class).concurrencyLimiter("shared");
				assertThat(shared.spec()).isEqualTo(ConcurrencyLimiterSpec.of(4));
				context.getBean("hidden", Runnable.class).run();
				assertThat(shared.spec()).isEqualTo(new ConcurrencyLimiterSpec(4, Duration.ofSeconds(2), 9));
				assertThat(shared.stats().granted()).isOne();
			});
	}

	@Test
	void contextWhenModeIsAspectjAndNoWeaverIsAtWorkFails() {
		this.contextRunner.withPropertyValues("penstock.aop.mode=aspectj")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidLimitDeclarationException.class)
				.rootCause()
				.hasMessageContaining("no weaver is at work"));
	}

	@Test
	void contextWhenModeIsAspectjAndAspectjIsMissingFails() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("org.aspectj"))
			.withPropertyValues("penstock.aop.mode=aspectj")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseInstanceOf(InvalidLimitDeclarationException.class)
				.rootCause()
				.hasMessageContaining("penstock.aop.mode"));
	}

	@Test
	void contextWhenNameIsMisspeltFailsAndNamesTheNearest() {
		this.contextRunner.withBean(Misspelt.class)
			.withPropertyValues("penstock.bulkheads.inventory.max=5")
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("Misspelt.call")
				.hasMessageContaining("If 'inventory' is meant"));
	}

	static class Stock {

		@RateLimited(limit = 1, per = "1h", timeout = "0")
		String of(String sku) {
			return sku;
		}

		@Bulkhead(max = 0, timeout = "0")
		String closed() {
			return "open";
		}

	}

	static class First {

		@Bulkhead(name = "shared", max = 2)
		void call() {
		}

	}

	static class Second {

		@Bulkhead(name = "shared", timeout = "${my.timeout:1s}", maxWaiting = 7)
		void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenConfiguration {

		@Bean
		@Lazy
		Runnable hidden() {
			return new Hidden();
		}

	}

	static class Hidden implements Runnable {

		@Override
		@Bulkhead(name = "shared", timeout = "2s", maxWaiting = 9)
		public void run() {
		}

	}

	static class Misspelt {

		@Bulkhead("inventroy")
		void call() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Patience {

		@Bean
		Callers callers() {
			return new Callers();
		}

		static class Callers {

			@Bulkhead(name = "patience", max = 1, timeout = "0")
			String impatient() {
				return "impatient";
			}

			@Bulkhead(name = "patience", timeout = "1h")
			String patient() {
				return "patient";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EarlyCall {

		@Bean
		Early early() {
			return new Early();
		}

		@Bean
		String caller(Early early) {
			return early.call();
		}

		@Bean
		Late late() {
			return new Late();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenCall {

		@Bean
		Early early() {
			return new Early();
		}

		@Bean
		String caller(Early early) {
			return early.call();
		}

		@Bean
		Runnable late() {
			return new Late();
		}

	}

	static class Early {

		@Bulkhead(name = "early")
		@RateLimited(name = "early")
		String call() {
			return "called";
		}

	}

	static class Late implements Runnable {

		@Override
		@Bulkhead(name = "early", max = 7)
		@RateLimited(name = "early", rps = 70)
		public void run() {
		}

	}

}
