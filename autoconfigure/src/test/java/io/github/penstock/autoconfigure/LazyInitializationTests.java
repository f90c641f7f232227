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
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Applications all of whose beans are lazy, in which a wrong configuration is found at
 * the start nevertheless, and whoever waits is refused at the end.
 */
@ExtendWith(OutputCaptureExtension.class)
class LazyInitializationTests {

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.lazy-initialization=true")
			.properties(properties)
			.run();
	}

	@Test
	void limitersAreMadeAtTheStart(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("penstock.bulkheads.b.max=1")) {
			assertThat(output).containsOnlyOnce("Limits: bulkhead 'b'");
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "penstock.bulkheads.b.max=-1 | max", "penstock.bulkheads.b.shared=true | it needs Redis",
					"penstock.data-sources.datasource.max=1 | there is no bean 'datasource'" })
	void wrongPropertyFailsAtTheStart(String property, String message) {
		assertThatThrownBy(() -> run("penstock.bulkheads.b.max=1", property)).hasStackTraceContaining(message);
	}

	@Test
	void whoeverWaitsIsRefusedAtTheEnd() throws InterruptedException {
		ConfigurableApplicationContext context = run("penstock.bulkheads.b.max=1", "penstock.bulkheads.b.timeout=1h");
		ConcurrencyLimiter limiter = context.getBean(LimiterRegistry.class).concurrencyLimiter("b");
		Permit held = limiter.acquire();
		CompletableFuture<Permit> waiting = limiter.acquireAsync();
		assertThat(waiting).isNotDone();
		// What stops next, such as an executor, would wait for it.
		AtomicBoolean refused = new AtomicBoolean();
		context.getBeanFactory().registerSingleton("server", new Server(() -> refused.set(limiter.waiting() == 0)));
		context.close();
		assertThat(refused).isTrue();
		assertThat(waiting).failsWithin(Duration.ofSeconds(20))
			.withThrowableThat()
			.withMessageContaining("the application ends");
		held.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ PenstockAutoConfiguration.class, PenstockDataSourceAutoConfiguration.class,
			PenstockRedisAutoConfiguration.class, DataSourceAutoConfiguration.class })
	static class Application {

	}

	/** Stops when the application begins to end. */
	private record Server(Runnable atTheEnd) implements SmartLifecycle {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
			this.atTheEnd.run();
		}

		@Override
		public boolean isRunning() {
			return true;
		}

	}

}
