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

import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.http.HttpLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for limits in a hierarchy of contexts.
 */
@ExtendWith(OutputCaptureExtension.class)
class ParentContextTests {

	private final ConfigurableApplicationContext parent = start(null, Whole.class, "--penstock.bulkheads.t.max=1",
			"--penstock.bulkheads.t.timeout=0", "--penstock.rate-limits.r.limit=5", "--penstock.rate-limits.r.per=1h",
			"--penstock.http-clients.c.hosts=a.test", "--penstock.http-clients.c.max=3",
			"--penstock.bulkheads.unused.max=1");

	@AfterEach
	void close() {
		this.parent.close();
	}

	@Test
	void childrenUseTheLimitersOfTheParent(CapturedOutput output) {
		int before = output.getAll().length();
		ConfigurableApplicationContext one = start(this.parent, Part.class);
		ConfigurableApplicationContext two = start(this.parent, Part.class);
		assertThat(one.getEnvironment().getProperty("penstock.bulkheads.t.max")).isEqualTo("1");
		assertThat(registry(one).concurrencyLimiter("t")).isSameAs(registry(this.parent).concurrencyLimiter("t"));
		assertThat(registry(two).rateLimiter("r")).isSameAs(registry(this.parent).rateLimiter("r"));
		assertThat(registry(two).concurrencyLimiter("code")).isSameAs(registry(this.parent).concurrencyLimiter("code"));
		assertThat(registry(one).concurrencyLimiters()).extracting(ConcurrencyLimiter::name)
			.containsExactlyInAnyOrder("c", "code", "t", "unused", "Service.own");
		assertThat(one.getBean(HttpLimits.class).all().get("c"))
			.isSameAs(this.parent.getBean(HttpLimits.class).all().get("c"));
		Permit permit = registry(this.parent).concurrencyLimiter("t").tryAcquire();
		assertThat(permit).isNotNull();
		for (ConfigurableApplicationContext child : new ConfigurableApplicationContext[] { one, two }) {
			assertThatExceptionOfType(BulkheadFullException.class)
				.isThrownBy(() -> child.getBean(Service.class).shared());
		}
		permit.close();
		assertThat(one.getBean(Service.class).shared()).isEqualTo("shared");
		assertThat(Whole.registered).hasValue(1);
		assertThat(output.getAll().substring(before)).doesNotContain("Nothing uses");
		one.close();
		two.close();
	}

	@Test
	void whatAChildAloneHasIsItsOwn() {
		ConfigurableApplicationContext one = start(this.parent, Part.class, "--penstock.bulkheads.mine.max=1");
		ConfigurableApplicationContext two = start(this.parent, Part.class, "--penstock.bulkheads.mine.max=2");
		assertThat(registry(one).concurrencyLimiter("mine").max()).isEqualTo(1);
		assertThat(registry(two).concurrencyLimiter("mine").max()).isEqualTo(2);
		assertThat(registry(this.parent).findConcurrencyLimiter("mine")).isNull();
		assertThat(registry(one).concurrencyLimiter("Service.own"))
			.isNotSameAs(registry(two).concurrencyLimiter("Service.own"));
		one.close();
		two.close();
	}

	@Test
	void limitersOfTheParentSurviveTheEndOfAChildAndServeTheNextOne() {
		start(this.parent, Part.class).close();
		assertThat(registry(this.parent).concurrencyLimiter("t").tryAcquire()).isNotNull().satisfies(Permit::close);
		ConfigurableApplicationContext next = start(this.parent, Part.class);
		assertThat(next.getBean(Service.class).shared()).isEqualTo("shared");
		assertThat(next.getBean(LimiterOrigins.class).bulkhead("t").usedBy()).hasSize(1);
		next.close();
	}

	@Test
	void grandchildrenUseThemAsWell() {
		ConfigurableApplicationContext child = start(this.parent, Part.class, "--penstock.bulkheads.mine.max=1");
		ConfigurableApplicationContext grandchild = start(child, Part.class);
		assertThat(registry(grandchild).concurrencyLimiter("t"))
			.isSameAs(registry(this.parent).concurrencyLimiter("t"));
		assertThat(registry(grandchild).concurrencyLimiter("mine"))
			.isSameAs(registry(child).concurrencyLimiter("mine"));
		grandchild.close();
		child.close();
	}

	@Test
	void otherValuesInAChildFailWithBothPlaces() {
		Throwable failure = catchThrowable(() -> start(this.parent, Part.class, "--penstock.bulkheads.t.max=2"));
		assertThat(failure).rootCause()
			.isInstanceOf(InvalidLimitDeclarationException.class)
			.hasMessageContaining("penstock.bulkheads.t.max (commandLineArgs)")
			.hasMessageContaining("bulkhead 't' is that of the parent context, and has other values there");
		assertThat(catchThrowable(() -> start(this.parent, Part.class, "--penstock.rate-limits.r.rps=2"))).rootCause()
			.hasMessageContaining("rate limit 'r' is that of the parent context");
		assertThat(catchThrowable(() -> start(this.parent, Part.class, "--penstock.bulkheads.code.max=2"))).rootCause()
			.hasMessageContaining("bulkhead 'code' is that of the parent context");
	}

	private static LimiterRegistry registry(ConfigurableApplicationContext context) {
		return context.getBean(LimiterRegistry.class);
	}

	private static ConfigurableApplicationContext start(ConfigurableApplicationContext parent, Class<?> sources,
			String... args) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(sources).web(WebApplicationType.NONE);
		return ((parent != null) ? builder.parent(parent) : builder).run(args);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
			PenstockHttpClientAutoConfiguration.class, PenstockEndpointAutoConfiguration.class })
	static class Part {

		@Bean
		Service service() {
			return new Service();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class,
			PenstockHttpClientAutoConfiguration.class, PenstockEndpointAutoConfiguration.class })
	@Import(Whole.Registrar.class)
	static class Whole {

		static final AtomicInteger registered = new AtomicInteger();

		static class Registrar implements LimiterRegistrar {

			@Override
			public void register(LimiterRegistry registry) {
				registered.set(1 + registry.concurrencyLimiters().size());
				registry.register("code", ConcurrencyLimiterSpec.of(4));
			}

		}

	}

	static class Service {

		@Bulkhead("t")
		String shared() {
			return "shared";
		}

		@Bulkhead(max = 3)
		String own() {
			return "own";
		}

	}

}
