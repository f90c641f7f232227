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

package io.github.penstock.micrometer;

import java.util.List;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Holder;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockTracingAutoConfiguration;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TraceIds}.
 */
class TraceIdsTests {

	private final Tracer tracer = mock(Tracer.class);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockTracingAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.inventory.max=1", "penstock.holders.enabled=true");

	@Test
	void holderHasTheTraceOfItsCall() {
		Span span = mock(Span.class);
		TraceContext trace = mock(TraceContext.class);
		given(trace.traceId()).willReturn("4bf92f3577b34da6a3ce929d0e0e4736");
		given(span.context()).willReturn(trace);
		given(this.tracer.currentSpan()).willReturn(span, (Span) null);
		this.contextRunner.withBean(Tracer.class, () -> this.tracer).run((context) -> {
			ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("inventory");
			assertThat(holders(limiter)).extracting(Holder::trace).containsExactly("4bf92f3577b34da6a3ce929d0e0e4736");
			assertThat(holders(limiter)).extracting(Holder::trace).containsOnlyNulls();
		});
	}

	@Test
	void holderWithoutTracingHasNoTrace() {
		this.contextRunner.run(
				(context) -> assertThat(holders(context.getBean(LimiterRegistry.class).concurrencyLimiter("inventory")))
					.extracting(Holder::trace)
					.containsOnlyNulls());
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.tracing"))
			.run((context) -> assertThat(
					holders(context.getBean(LimiterRegistry.class).concurrencyLimiter("inventory")))
				.extracting(Holder::trace)
				.containsOnlyNulls());
	}

	private static List<Holder> holders(ConcurrencyLimiter limiter) throws Exception {
		List<Holder> holders = limiter.call(() -> limiter.holders(10));
		assertThat(holders).hasSize(1);
		assertThat(limiter.holders(10)).isEmpty();
		assertThat(limiter.available()).isEqualTo(limiter.max());
		return holders;
	}

}
