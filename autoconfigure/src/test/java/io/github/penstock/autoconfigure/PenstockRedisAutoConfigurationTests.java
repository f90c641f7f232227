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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStore;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisServers;
import io.lettuce.core.RedisClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PenstockRedisAutoConfiguration}.
 */
class PenstockRedisAutoConfigurationTests {

	private static final RateLimiterSpec SLOW = RateLimiterSpec.of(3, Duration.ofDays(3));

	private final ApplicationContextRunner contexts = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockRedisAutoConfiguration.class));

	private ApplicationContextRunner withRedis() {
		return this.contexts.withBean(DataRedisConnectionDetails.class, () -> new DataRedisConnectionDetails() {

			@Override
			public Standalone getStandalone() {
				return Standalone.of("127.0.0.1", RedisServers.sharedPort());
			}

		});
	}

	@Test
	void storeIsThereWhereRedisIsAndConnectsToNothingUntilSomethingIsShared() {
		withRedis().withPropertyValues("spring.application.name=shop", "penstock.bulkheads.export.max=4")
			.run((context) -> assertThat(context.getBean(RedisLimiterStore.class).state().questions()).isZero());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "my shop" })
	void storeIsNotThereWhereNothingIsSharedAndTheApplicationHasNoSuitableName(String name) {
		withRedis().withPropertyValues("spring.application.name=" + name, "penstock.bulkheads.export.max=4")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LimiterStore.class));
	}

	@Test
	void storeIsThereWhereInstancesHaveANamespace() {
		withRedis().withPropertyValues("penstock.shared.namespace=shop")
			.run((context) -> assertThat(context).hasSingleBean(RedisLimiterStore.class));
	}

	@ParameterizedTest
	@CsvSource({ "false, 0", "true, 1" })
	void limitsOfHttpClientsAreMadeAtTheStartWhereSomethingIsSharedOnly(boolean shared, int made) {
		AtomicInteger times = new AtomicInteger();
		withRedis().withBean(HttpLimits.class, () -> HttpLimits.lazy(() -> {
			times.incrementAndGet();
			return List.of();
		}))
			.withPropertyValues("spring.application.name=shop", "penstock.rate-limits.api.rps=3",
					"penstock.rate-limits.api.shared=" + shared)
			.run((context) -> assertThat(times).hasValue(made));
	}

	@Test
	void limitsOfHttpClientsAreMadeAtTheStartWhereCodeSharesALimit() {
		AtomicInteger times = new AtomicInteger();
		withRedis().withBean(HttpLimits.class, () -> HttpLimits.lazy(() -> {
			times.incrementAndGet();
			return List.of();
		}))
			.withPropertyValues("spring.application.name=shop")
			.withInitializer((context) -> context
				.addBeanFactoryPostProcessor((factory) -> factory.addBeanPostProcessor(new BeanPostProcessor() {

					@Override
					public Object postProcessAfterInitialization(Object bean, String name) {
						if (bean instanceof LimiterRegistry registry) {
							registry.register("api", SLOW.withSharing(Sharing.DEFAULT));
						}
						return bean;
					}

				})))
			.run((context) -> assertThat(times).hasValue(1));
	}

	@Test
	void storeConnectsWhereSomethingIsShared() {
		withRedis()
			.withPropertyValues("spring.application.name=shop", "penstock.rate-limits.api.rps=3",
					"penstock.rate-limits.api.shared=true")
			.run((context) -> {
				RedisLimiterStore store = context.getBean(RedisLimiterStore.class);
				Awaitility.await().until(() -> store.state().questions() > 0 && store.state().up());
				TokenRequest request = new TokenRequest(new Supply("api", context.getId()), SLOW, 0, List.of(), 0,
						List.of(new Wanted(1, 0)));
				Awaitility.await()
					.ignoreExceptions()
					.until(() -> store.tokens(request).toCompletableFuture().get().waits().equals(List.of(0L)));
			});
	}

	@Test
	void nothingIsConnectedWhereLimitsAreSwitchedOff() {
		withRedis()
			.withPropertyValues("spring.application.name=shop", "penstock.enabled=false",
					"penstock.rate-limits.api.rps=3", "penstock.rate-limits.api.shared=true")
			.run((context) -> assertThat(context.getBean(RedisLimiterStore.class).state().questions()).isZero());
	}

	@Test
	void storeOfTheApplicationIsUsedInstead() {
		LimiterStore own = mock(LimiterStore.class);
		withRedis().withBean(LimiterStore.class, () -> own)
			.withPropertyValues("penstock.bulkheads.export.max=4", "penstock.bulkheads.export.shared=true")
			.run((context) -> {
				assertThat(context).hasSingleBean(LimiterStore.class).doesNotHaveBean(RedisLimiterStore.class);
				then(own).should().start();
			});
	}

	@Test
	void limitersKnowThatTheyAreShared() {
		withRedis()
			.withPropertyValues("spring.application.name=shop", "penstock.rate-limits.api.rps=3",
					"penstock.rate-limits.api.shared=true", "penstock.bulkheads.export.max=4",
					"penstock.bulkheads.export.shared=true", "penstock.bulkheads.export.on-outage=closed",
					"penstock.shared.on-outage=open", "penstock.bulkheads.own.max=1")
			.run((context) -> {
				LimiterRegistry registry = context.getBean(LimiterRegistry.class);
				assertThat(registry.rateLimiter("api").spec().sharing())
					.isEqualTo(Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.OPEN));
				assertThat(registry.concurrencyLimiter("export").spec().sharing())
					.isEqualTo(Sharing.DEFAULT.withOnOutage(Sharing.OnOutage.CLOSED));
				assertThat(registry.concurrencyLimiter("own").spec().sharing()).isNull();
			});
	}

	@Test
	void sharedLimitIsLocalShareInAnOutageByDefault() {
		withRedis()
			.withPropertyValues("spring.application.name=shop", "penstock.rate-limits.api.rps=3",
					"penstock.rate-limits.api.shared=true")
			.run((context) -> assertThat(context.getBean(LimiterRegistry.class).rateLimiter("api").spec().sharing())
				.isEqualTo(Sharing.DEFAULT));
	}

	@Test
	void sharedLimitNeedsLettuce() {
		this.contexts.withClassLoader(new FilteredClassLoader(RedisClient.class))
			.withPropertyValues("penstock.bulkheads.export.max=4", "penstock.bulkheads.export.shared=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("penstock.bulkheads.export.shared")
				.hasMessageContaining("Lettuce, which is not on the class path")
				.hasMessageContaining("spring-boot-starter-data-redis"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "bulkhead", "rate-limit" })
	void limitThatIsSharedByDefaultNeedsAConnectionAndHasIt(String kind) {
		String shared = "penstock.defaults." + kind + ".shared";
		this.contexts.withPropertyValues(shared + "=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining(shared)
				.hasMessageContaining("no connection to one is configured"));
		withRedis()
			.withPropertyValues("spring.application.name=shop", shared + "=true", "penstock.bulkheads.export.max=4",
					"penstock.rate-limits.api.rps=4", "penstock.data-sources.db.max=2")
			.run((context) -> {
				LimiterRegistry registry = context.getBean(LimiterRegistry.class);
				boolean bulkheads = kind.equals("bulkhead");
				assertThat(registry.concurrencyLimiter("export").spec().sharing() != null).isEqualTo(bulkheads);
				assertThat(registry.rateLimiter("api").spec().sharing() != null).isNotEqualTo(bulkheads);
				assertThat(registry.concurrencyLimiter("db").spec().sharing()).isNull();
			});
	}

	@Test
	void sharedLimitNeedsAConnection() {
		this.contexts.withPropertyValues("penstock.rate-limits.api.rps=4", "penstock.rate-limits.api.shared=true")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("penstock.rate-limits.api.shared")
				.hasMessageContaining("no connection to one is configured")
				.hasMessageContaining("spring.data.redis.host"));
	}

	@Test
	void limitThatIsNotSharedNeedsNothing() {
		this.contexts.withClassLoader(new FilteredClassLoader(RedisClient.class, DataRedisConnectionDetails.class))
			.withPropertyValues("penstock.bulkheads.export.max=4", "penstock.bulkheads.export.shared=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(LimiterStore.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"penstock.shared.budget=0ms        | penstock.shared.budget      | from 1ms to 10s",
			"penstock.shared.budget=50         | penstock.shared.budget      | has no unit",
			"penstock.shared.lease=500ms       | penstock.shared.lease       | from 1s to 1d",
			"penstock.shared.lease=2d          | penstock.shared.lease       | from 1s to 1d",
			"penstock.shared.namespace=a:b     | penstock.shared.namespace   | letters, digits",
			"spring.application.name=my shop   | spring.application.name     | or add penstock.shared.namespace",
			"spring.application.name=          | penstock.shared.namespace   | it is missing",
			"penstock.shared.on-outage=maybe   | penstock.shared.on-outage   | ",
			"penstock.shared.leese=3s          | penstock.shared.leese       | ",
			"penstock.rate-limits.own.on-outage=open    | penstock.rate-limits.own.on-outage | is not shared",
			"penstock.rate-limits.api.sliding=true      | penstock.rate-limits.api.sliding   | token bucket",
			"penstock.data-sources.dataSource.bulkhead=export | penstock.data-sources.dataSource.bulkhead | pool are not" })
	void valueThatMakesNoSenseIsToldWithItsPlace(String property, String place, String problem) {
		withRedis()
			.withPropertyValues("spring.application.name=shop", "penstock.rate-limits.api.limit=3",
					"penstock.rate-limits.api.per=1s", "penstock.rate-limits.api.shared=true",
					"penstock.rate-limits.own.rps=3", "penstock.bulkheads.export.max=4",
					"penstock.bulkheads.export.shared=true", property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining(place)
				.hasMessageContaining((problem != null) ? problem : ""));
	}

	@Test
	void scriptsAreKeptInANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new RedisHints().registerHints(hints, null);
		for (String script : List.of("tokens", "permits", "instances", "probe")) {
			assertThat(RuntimeHintsPredicates.resource().forResource("io/github/penstock/redis/" + script + ".lua"))
				.accepts(hints);
		}
	}

}
