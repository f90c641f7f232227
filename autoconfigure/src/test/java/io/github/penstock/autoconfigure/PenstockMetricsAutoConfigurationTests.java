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

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.micrometer.LimiterMetrics;
import io.github.penstock.micrometer.WaitObservations;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PenstockMetricsAutoConfiguration} and
 * {@link PenstockObservationAutoConfiguration}.
 */
class PenstockMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
				PenstockMetricsAutoConfiguration.class, PenstockObservationAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.inventory.max=3");

	@Test
	void metersAreBoundToTheRegistryOfSpringBoot() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(MeterRegistry.class)
				.get("penstock.bulkhead.limit")
				.tag("name", "inventory")
				.gauge()
				.value()).isEqualTo(3));
	}

	@Test
	void percentilesOfWaitsAreThoseOfAnyTimer() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.withPropertyValues("management.metrics.distribution.percentiles.penstock.bulkhead.wait=0.5,0.95")
			.run((context) -> assertThat(context.getBean(MeterRegistry.class)
				.get("penstock.bulkhead.wait")
				.timer()
				.takeSnapshot()
				.percentileValues()).hasSize(2));
	}

	/** Its limiter cannot be made before all annotations are read. */
	@Test
	void clientsHaveMetersWhenOnlyALazyBeanSaysTheirLimit() {
		this.contextRunner
			.withConfiguration(AutoConfigurations.of(PenstockAopAutoConfiguration.class, AopAutoConfiguration.class,
					PenstockHttpClientAutoConfiguration.class, MetricsAutoConfiguration.class,
					CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
			.withPropertyValues("penstock.http-clients.partner.hosts=localhost",
					"penstock.http-clients.partner.bulkhead=partners")
			.withBean(Partners.class, Partners::new, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(MeterRegistry.class)
					.get("penstock.http.client.pause")
					.tag("name", "partner")
					.timeGauge()
					.value()).isZero();
			});
	}

	@Test
	void waitsAreObservedIfThereIsARegistry() {
		this.contextRunner.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.run((context) -> assertThat(context).hasSingleBean(WaitObservations.class)
				.doesNotHaveBean(LimiterMetrics.class));
	}

	@Test
	void nothingIsBoundWithoutRegistries() {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(LimiterMetrics.class)
			.doesNotHaveBean(WaitObservations.class));
	}

	@Test
	void nothingIsBoundWithoutMicrometer() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(PenstockMetricsAutoConfiguration.class)
				.doesNotHaveBean(PenstockObservationAutoConfiguration.class));
	}

	static class Partners {

		@Bulkhead(name = "partners", max = 3)
		public void call() {
		}

	}

}
