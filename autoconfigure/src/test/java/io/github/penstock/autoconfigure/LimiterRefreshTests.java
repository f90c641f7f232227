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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.actuate.LimiterChange;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterRefresh}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LimiterRefreshTests {

	private final Map<String, Object> properties = new ConcurrentHashMap<>(
			Map.of("penstock.bulkheads.inventory.max", "2", "penstock.rate-limits.api.limit", "100",
					"penstock.rate-limits.api.per", "1h", "penstock.data-sources.db.max", "8",
					"penstock.bulkheads.solo.max", "3", "penstock.http-clients.supplier.hosts", "api.example.com",
					"penstock.http-clients.supplier.rps", "5", "penstock.defaults.timeout", "10s"));

	private final Changes changes = new Changes();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockAopAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("mutable", this.properties)))
		.withBean(Service.class)
		.withBean(Changes.class, () -> this.changes);

	private ApplicationContext context;

	@AfterEach
	void nothingIsLeft() {
		if (this.context != null) {
			assertThat(this.context.getBean(LimiterRegistry.class).concurrencyLimiters()).allSatisfy((limiter) -> {
				assertThat(limiter.inUse()).isZero();
				assertThat(limiter.waiting()).isZero();
				assertThat(limiter.available()).isEqualTo(limiter.max());
			});
		}
	}

	@Test
	void newValuesOfAllSectionsAreInForceAtOnce() {
		run(() -> {
			set("penstock.bulkheads.inventory.max", "3", "penstock.rate-limits.api.limit", "50",
					"penstock.data-sources.db.max", "4", "penstock.http-clients.supplier.rps", "7",
					"penstock.defaults.timeout", "20s");
			assertThat(bulkhead("inventory").spec())
				.isEqualTo(new ConcurrencyLimiterSpec(3, Duration.ofSeconds(1), ConcurrencyLimiterSpec.UNBOUNDED));
			assertThat(rate("api").spec().rate()).isEqualTo("50 per 1h");
			assertThat(rate("api").spec().timeout()).isEqualTo(Duration.ofSeconds(20));
			assertThat(bulkhead("db").max()).isEqualTo(4);
			assertThat(rate("supplier").spec().rate()).isEqualTo("7 per 1s");
			assertThat(bulkhead("annotated").spec().timeout()).isEqualTo(Duration.ofSeconds(20));
			assertThat(this.changes.heard).hasSize(6).allSatisfy((change) -> {
				assertThat(change.cause()).isEqualTo(LimiterChange.Cause.REFRESHED);
				assertThat(change.origin()).isEqualTo(LimiterChange.Origin.CONFIGURATION);
			});
			set();
			assertThat(this.changes.heard).hasSize(6);
		});
	}

	@Test
	void shareKeysAndPlansAreInForceAtOnceUnlessTheyWereChangedAtRunTime() {
		run(() -> {
			rate("api").change((spec) -> spec.withEnforce(50));
			set("penstock.defaults.enforce", "25%", "penstock.bulkheads.inventory.max-keys", "7",
					"penstock.bulkheads.inventory.plans.gold.max", "9", "penstock.rate-limits.api.plans.gold.rps", "5");
			assertThat(bulkhead("inventory").spec()).extracting("enforce", "maxKeys", "plans")
				.containsExactly(25, 7, Map.of("gold", 9));
			assertThat(rate("api").spec().enforce()).isEqualTo(50);
			assertThat(rate("api").spec().ofPlan("gold").rate()).isEqualTo("5 per 1s");
			rate("api").reset();
			assertThat(rate("api").spec().enforce()).isEqualTo(25);
		});
	}

	@Test
	void defaultsOfAKindAreInForceAtOnce(CapturedOutput output) {
		run(() -> {
			set("penstock.defaults.bulkhead.max-waiting", "3", "penstock.defaults.rate-limit.burst", "7");
			assertThat(bulkhead("inventory").spec().maxWaiting()).isEqualTo(3);
			assertThat(bulkhead("db").spec().maxWaiting()).isEqualTo(3);
			assertThat(rate("api").spec().capacity()).isEqualTo(7);
			assertThat(output).doesNotContain("count when the application is started again");
			set("penstock.defaults.bulkhead.unhealthy-after", "1m", "penstock.defaults.rate-limit.burst", "8");
			assertThat(rate("api").spec().capacity()).isEqualTo(8);
			assertThat(output).contains("when the application is started again only: penstock.defaults.bulkhead");
		});
	}

	@Test
	void permitsAreKeptAndWaitersAreLetIn() {
		run(() -> {
			ConcurrencyLimiter inventory = bulkhead("inventory");
			Permit first = inventory.tryAcquire();
			Permit second = inventory.tryAcquire();
			CompletableFuture<Permit> waiting = inventory.acquireAsync(Duration.ofMinutes(1), Runnable::run);
			set("penstock.bulkheads.inventory.max", "1");
			assertThat(inventory.inUse()).isEqualTo(2);
			assertThat(inventory.waiting()).isEqualTo(1);
			set("penstock.bulkheads.inventory.max", "3");
			waiting.get(20, TimeUnit.SECONDS).close();
			assertThat(bulkhead("inventory")).isSameAs(inventory);
			first.close();
			second.close();
		});
	}

	@Test
	void valueThatWasChangedAtRunTimeWinsUntilReset() {
		run(() -> {
			ConcurrencyLimiter inventory = bulkhead("inventory");
			inventory.change((spec) -> spec.withMax(9));
			set("penstock.bulkheads.inventory.max", "3", "penstock.bulkheads.inventory.timeout", "4s");
			assertThat(inventory.max()).isEqualTo(9);
			assertThat(inventory.spec().timeout()).isEqualTo(Duration.ofSeconds(4));
			assertThat(inventory.configured().max()).isEqualTo(3);
			inventory.reset();
			assertThat(inventory.max()).isEqualTo(3);
		});
	}

	@Test
	void valueThatIsRemovedFallsBackToTheAnnotationAndItsSourceIsShown() {
		run(() -> {
			LimiterOrigins origins = this.context.getBean(LimiterOrigins.class);
			assertThat(origins.bulkhead("annotated").sources()).containsEntry("max", LimiterOrigin.Source.ANNOTATION);
			set("penstock.bulkheads.annotated.max", "6");
			assertThat(bulkhead("annotated").max()).isEqualTo(6);
			assertThat(origins.bulkhead("annotated").sources()).containsEntry("max", LimiterOrigin.Source.YAML);
			this.properties.remove("penstock.bulkheads.annotated.max");
			set();
			assertThat(bulkhead("annotated").max()).isEqualTo(5);
			assertThat(origins.bulkhead("annotated").sources()).containsEntry("max", LimiterOrigin.Source.ANNOTATION);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "penstock.bulkheads.inventory.max | -1 | Invalid max '-1'",
					"penstock.bulkheads.inventory.max | many | many", "penstock.bulkheads.inventory.mx | 1 | mx",
					"penstock.rate-limits.api.rps | 5 | twice", "penstock.defaults.timeout | soon | soon",
					"penstock.defaults.timeout | -1s | Invalid timeout",
					"penstock.data-sources.db.bulkhead | inventory | as well",
					"penstock.http-clients.supplier.hosts | ht!tp | ht!tp",
					"penstock.bulkheads.db.max | 3 | they define the same limiter" })
	void configurationThatMakesNoSenseIsRefusedWholeWithReason(String name, String value, String reason,
			CapturedOutput output) {
		run(() -> {
			set("penstock.bulkheads.annotated.max", "6", "penstock.rate-limits.nightly.rps", "9", name, value);
			assertThat(bulkhead("inventory").max()).isEqualTo(2);
			assertThat(bulkhead("annotated").max()).isEqualTo(5);
			assertThat(rate("api").spec().rate()).isEqualTo("100 per 1h");
			assertThat(output).contains("The new configuration of penstock is refused").contains(reason);
			assertThat(this.changes.heard).isEmpty();
			this.properties.remove(name);
			set("penstock.bulkheads.inventory.max", "2", "penstock.defaults.timeout", "10s",
					"penstock.http-clients.supplier.hosts", "api.example.com");
			assertThat(bulkhead("annotated").max()).isEqualTo(6);
		});
	}

	@Test
	void limiterThatIsNewOrGoneIsNeitherMadeNorLost(CapturedOutput output) {
		run(() -> {
			set("penstock.bulkheads.novel.max", "3", "penstock.bulkheads.inventory.max", "4");
			LimiterRegistry registry = this.context.getBean(LimiterRegistry.class);
			assertThat(registry.findConcurrencyLimiter("novel")).isNull();
			assertThat(bulkhead("inventory").max()).isEqualTo(4);
			assertThat(output).contains("when the application is started again only: penstock.bulkheads.novel");
			this.properties.remove("penstock.bulkheads.solo.max");
			set("penstock.bulkheads.annotated.max", "7");
			assertThat(bulkhead("solo").max()).isEqualTo(3);
			assertThat(bulkhead("annotated").max()).isEqualTo(5);
			assertThat(output).contains("bulkhead 'solo' has no max");
		});
	}

	@Test
	void limiterThatCodeRegistersIsNotTakenOver(CapturedOutput output) {
		this.contextRunner
			.withBean(LimiterRegistrar.class,
					() -> (registry) -> registry.register("annotated", ConcurrencyLimiterSpec.of(5)))
			.run((context) -> {
				this.context = context;
				set("penstock.bulkheads.annotated.max", "6", "penstock.bulkheads.inventory.max", "4");
				assertThat(bulkhead("annotated").max()).isEqualTo(5);
				assertThat(bulkhead("inventory").max()).isEqualTo(2);
				assertThat(output).contains("bulkhead 'annotated' is registered in code as well");
				this.context = null;
			});
	}

	@Test
	void whatOnlyStartCanBringAboutIsSaid(CapturedOutput output) {
		run(() -> {
			set("penstock.http-clients.supplier.hosts", "other.example.com", "penstock.holders.enabled", "true");
			assertThat(output).contains("penstock.holders, penstock.http-clients.supplier");
			assertThat(bulkhead("inventory").isTracked()).isFalse();
		});
	}

	@Test
	void firstAndLastEntryOfLimiterOfAnAnnotationCountAtOnce(CapturedOutput output) {
		run(() -> {
			set("penstock.bulkheads.annotated.max", "9");
			assertThat(bulkhead("annotated").max()).isEqualTo(9);
			this.properties.remove("penstock.bulkheads.annotated.max");
			set();
			assertThat(bulkhead("annotated").max()).isNotEqualTo(9);
			assertThat(output).doesNotContain("count when the application is started again");
			set("penstock.bulkheads.annotated.unhealthy-after", "1m", "penstock.bulkheads.other.max", "1");
			assertThat(output).contains("penstock.bulkheads.annotated, penstock.bulkheads.other");
		});
	}

	@Test
	void listenerMayWaitForAnotherThreadThatUsesTheConfiguration() {
		run(() -> {
			LimiterOrigins origins = this.context.getBean(LimiterOrigins.class);
			CompletableFuture<Boolean> free = new CompletableFuture<>();
			this.changes.action = () -> free.complete(CompletableFuture
				.supplyAsync(() -> origins.bulkhead("inventory") != null && origins.rateLimit("api") != null)
				.completeOnTimeout(false, 20, TimeUnit.SECONDS)
				.join());
			set("penstock.bulkheads.inventory.max", "3");
			assertThat(free).isCompletedWithValue(true);
		});
	}

	@Test
	void listenerThatThrowsHarmsNoOtherLimiter() {
		run(() -> {
			this.changes.action = () -> {
				throw new IllegalStateException("listener");
			};
			set("penstock.bulkheads.inventory.max", "3", "penstock.data-sources.db.max", "9");
			assertThat(bulkhead("inventory").max()).isEqualTo(3);
			assertThat(bulkhead("db").max()).isEqualTo(9);
		});
	}

	@Test
	void switchedOffNothingIsRefreshed() {
		this.properties.put("penstock.enabled", "false");
		run(() -> {
			set("penstock.bulkheads.inventory.max", "3");
			assertThat(bulkhead("inventory").max()).isEqualTo(Integer.MAX_VALUE);
		});
	}

	@Test
	void contextWithoutSpringCloudStartsAndListensToNothing() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LimiterRefresh.class));
	}

	private void run(Scenario scenario) {
		this.contextRunner.run((context) -> {
			this.context = context;
			scenario.run();
			nothingIsLeft();
			this.context = null;
		});
	}

	private void set(String... namesAndValues) {
		for (int i = 0; i < namesAndValues.length; i += 2) {
			this.properties.put(namesAndValues[i], namesAndValues[i + 1]);
		}
		((ConfigurableApplicationContext) this.context)
			.publishEvent(new EnvironmentChangeEvent(this.context, Set.of("whatever")));
	}

	private ConcurrencyLimiter bulkhead(String name) {
		return this.context.getBean(LimiterRegistry.class).concurrencyLimiter(name);
	}

	private RateLimiter rate(String name) {
		return this.context.getBean(LimiterRegistry.class).rateLimiter(name);
	}

	/** What a test does in a context. */
	@FunctionalInterface
	private interface Scenario {

		void run() throws Exception;

	}

	static class Service {

		@Bulkhead(name = "inventory", max = 10, timeout = "1s")
		public void stock() {
		}

		@Bulkhead(name = "annotated", max = 5)
		@RateLimited("api")
		public void order() {
		}

	}

	static class Changes {

		private final List<LimiterChange> heard = new ArrayList<>();

		private Runnable action = () -> {
		};

		@EventListener
		public void changed(LimiterChange change) {
			this.heard.add(change);
			this.action.run();
		}

	}

}
