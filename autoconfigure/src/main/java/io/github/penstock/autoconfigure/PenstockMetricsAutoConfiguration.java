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
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.http.HttpLimit;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.micrometer.LimiterMetrics;
import io.github.penstock.micrometer.PauseMetrics;
import io.github.penstock.micrometer.StoreMetrics;
import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisStoreState;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * {@link AutoConfiguration Auto-configuration} for the meters of limiters and of HTTP
 * clients.
 */
@AutoConfiguration(
		after = { PenstockAutoConfiguration.class, PenstockHttpClientAutoConfiguration.class,
				PenstockRedisAutoConfiguration.class },
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class PenstockMetricsAutoConfiguration {

	private PenstockMetricsAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static LimiterMetrics limiterMetrics(LimiterRegistry limiters) {
		return new LimiterMetrics(limiters);
	}

	@Bean
	@ConditionalOnBean(HttpLimits.class)
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	static PauseMetrics httpClientPauseMetrics(HttpLimits clients) {
		return new PauseMetrics(() -> clients.all()
			.values()
			.stream()
			.collect(Collectors.toMap(HttpLimit::name, PenstockMetricsAutoConfiguration::paused)));
	}

	private static Supplier<Duration> paused(HttpLimit client) {
		return () -> client.pause().paused();
	}

	/**
	 * If limits are shared.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "io.lettuce.core.RedisClient")
	@Conditional(OnShared.class)
	static final class SharedStoreConfiguration {

		@Bean
		@ConditionalOnBean(RedisLimiterStore.class)
		@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
		static StoreMetrics sharedStoreMetrics(RedisLimiterStore store) {
			return new StoreMetrics(() -> {
				RedisStoreState state = store.state();
				return new StoreMetrics.State(state.up(), state.instances(), state.questions(), state.failures(),
						state.answerTime());
			});
		}

	}

}
