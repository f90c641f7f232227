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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.work.BoundedWorkQueue;
import io.github.penstock.work.BoundedWorkQueueBuilder;
import io.github.penstock.work.ContextCapture;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PenstockWorkAutoConfiguration}.
 */
class PenstockWorkAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAopAutoConfiguration.class, PenstockAutoConfiguration.class,
				PenstockWorkAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.inventory.max=2", "penstock.bulkheads.inventory.timeout=0s",
				"penstock.rate-limits.api.rps=100000");

	@Test
	void builderIsANewOneAtEachInjectionAndKnowsTheLimiters() {
		this.contextRunner.run((context) -> {
			BoundedWorkQueueBuilder builder = context.getBean(BoundedWorkQueueBuilder.class);
			assertThat(context.getBean(BoundedWorkQueueBuilder.class)).isNotSameAs(builder);
			BoundedWorkQueue queue = builder.bulkhead("inventory").rateLimit("api").build();
			assertThat(queue.processAll(List.of(1, 2, 3, 4, 5), (item) -> item * item)).containsExactly(1, 4, 9, 16,
					25);
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			assertThat(registry.concurrencyLimiter("inventory").stats().granted()).isEqualTo(5);
			assertThat(registry.rateLimiter("api").stats().granted()).isEqualTo(5);
		});
	}

	@Test
	void limiterOfAQueueIsUsedByTheClassThatBuildsIt() {
		this.contextRunner.run((context) -> {
			for (int i = 0; i < 3; i++) {
				context.getBean(BoundedWorkQueueBuilder.class).bulkhead("inventory").rateLimit("api").build();
			}
			LimiterOrigins origins = context.getBean(LimiterOrigins.class);
			String place = "work queue of " + getClass().getName();
			assertThat(origins.bulkhead("inventory").usedBy()).containsExactly(place);
			assertThat(origins.rateLimit("api").usedBy()).containsExactly(place);
			assertThat(context.getBean(ConfiguredLimiters.class).unused()).isEmpty();
		});
	}

	@Test
	void itemThatCallsAMethodOfTheSameBulkheadSharesItsPermit() {
		this.contextRunner.withBean(Inventory.class).run((context) -> {
			BoundedWorkQueue queue = context.getBean(BoundedWorkQueueBuilder.class).bulkhead("inventory").build();
			Inventory inventory = context.getBean(Inventory.class);
			assertThat(queue.processAll(List.of("a", "b", "c", "d"), inventory::stockOf)).hasSize(4);
			ConcurrencyLimiter bulkhead = context.getBean(LimiterRegistry.class).concurrencyLimiter("inventory");
			assertThat(inventory.mostInUse()).isBetween(1, 2);
			assertThat(bulkhead.stats().granted()).isEqualTo(4);
			assertThat(bulkhead.available()).isEqualTo(2);
		});
	}

	@Test
	void loggingContextGoesAlongAndIsTakenAwayAgain() {
		this.contextRunner.run((context) -> {
			BoundedWorkQueue queue = context.getBean(BoundedWorkQueueBuilder.class).concurrency(2).build();
			MDC.put("request", "42");
			try {
				assertThat(queue.processAll(List.of(1, 2, 3, 4, 5, 6), (item) -> {
					String request = MDC.get("request");
					MDC.put("request", "left behind");
					return request;
				})).containsOnly("42");
				assertThat(MDC.get("request")).isEqualTo("42");
			}
			finally {
				MDC.remove("request");
			}
		});
	}

	@Test
	void contextCaptureOfTheApplicationIsUsedInstead() {
		AtomicInteger captured = new AtomicInteger();
		ContextCapture own = () -> {
			captured.incrementAndGet();
			return ContextCapture.none().capture();
		};
		this.contextRunner.withBean(ContextCapture.class, () -> own).run((context) -> {
			context.getBean(BoundedWorkQueueBuilder.class)
				.concurrency(1)
				.build()
				.processAll(List.of(1), (item) -> item);
			assertThat(captured).hasValue(1);
		});
	}

	@Test
	void queueWithoutContextPropagationOrWithLimitsSwitchedOffWorks() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.context"))
			.withPropertyValues("penstock.enabled=false")
			.run((context) -> {
				assertThat(context).doesNotHaveBean(ContextCapture.class);
				BoundedWorkQueue queue = context.getBean(BoundedWorkQueueBuilder.class).bulkhead("inventory").build();
				assertThat(queue.processAll(List.of(1, 2, 3), (item) -> item)).containsExactly(1, 2, 3);
			});
	}

	static class Inventory {

		private final AtomicInteger mostInUse = new AtomicInteger();

		private final AtomicInteger inUse = new AtomicInteger();

		@Bulkhead("inventory")
		public int stockOf(String sku) {
			this.mostInUse.accumulateAndGet(this.inUse.incrementAndGet(), Math::max);
			this.inUse.decrementAndGet();
			return sku.length();
		}

		/** The field of a proxy is not the bean's. */
		int mostInUse() {
			return this.mostInUse.get();
		}

	}

}
