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

import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LeakWatch;
import io.github.penstock.actuate.LimiterHealth;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the configuration switches on: holders, leaks, health.
 */
class HoldersTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
				PenstockHealthAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.inventory.max=2");

	@Test
	void holdersAreUnknownByDefault() {
		this.contextRunner.run((context) -> {
			assertThat(limiter(context.getBean(LimiterRegistry.class)).isTracked()).isFalse();
			assertThat(context).doesNotHaveBean(LeakWatch.class).doesNotHaveBean(LimiterHealth.class);
		});
	}

	@Test
	void holderOfAnnotatedMethodIsTheMethod() {
		this.contextRunner.withBean(Service.class)
			.withPropertyValues("penstock.holders.enabled=true", "penstock.holders.leak-after=5m")
			.run((context) -> {
				ConcurrencyLimiter limiter = limiter(context.getBean(LimiterRegistry.class));
				List<Holder> holders = context.getBean(Service.class).holders(limiter);
				assertThat(holders).extracting(Holder::what).containsExactly(Service.class.getName() + ".holders");
				assertThat(limiter.holders(10)).isEmpty();
				assertThat(limiter.available()).isEqualTo(2);
				assertThat(context).hasSingleBean(LeakWatch.class);
			});
	}

	@Test
	void leakAfterWithoutHoldersFails() {
		this.contextRunner.withPropertyValues("penstock.holders.leak-after=5m")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidLimitDeclarationException.class)
				.hasMessageContaining("penstock.holders.enabled"));
	}

	@Test
	void healthIsThereForBulkheadThatAsksForIt() {
		ApplicationContextRunner asking = this.contextRunner
			.withPropertyValues("penstock.bulkheads.inventory.unhealthy-after=30s");
		asking.run((context) -> assertThat(context).hasSingleBean(LimiterHealth.class));
		asking.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("penstockHealthIndicator"));
	}

	@Test
	void healthIsThereForAllBulkheadsIfTheDefaultAsksForIt() {
		ApplicationContextRunner asking = this.contextRunner
			.withPropertyValues("penstock.defaults.bulkhead.unhealthy-after=0s", "penstock.bulkheads.closed.max=0");
		asking.run((context) -> assertThat(context.getBean(LimiterHealth.class).health().getStatus())
			.isEqualTo(Status.OUT_OF_SERVICE));
		asking.withPropertyValues("penstock.bulkheads.closed.unhealthy-after=1h")
			.run((context) -> assertThat(context.getBean(LimiterHealth.class).health().getStatus())
				.isEqualTo(Status.UP));
	}

	private static ConcurrencyLimiter limiter(LimiterRegistry registry) {
		return registry.concurrencyLimiter("inventory");
	}

	static class Service {

		@Bulkhead("inventory")
		public List<Holder> holders(ConcurrencyLimiter limiter) {
			return limiter.holders(10);
		}

	}

}
