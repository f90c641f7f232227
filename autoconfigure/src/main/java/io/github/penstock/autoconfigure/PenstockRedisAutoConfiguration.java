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

import java.util.stream.Stream;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStore;
import io.github.penstock.actuate.LimiterExchange;
import io.github.penstock.http.HttpLimits;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.SharedChanges;
import io.github.penstock.redis.SharedPauses;
import io.lettuce.core.RedisClient;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/**
 * {@link AutoConfiguration Auto-configuration} for limiters that all instances of a
 * service share.
 */
@AutoConfiguration(after = PenstockAutoConfiguration.class,
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@Conditional(OnRedis.class)
public final class PenstockRedisAutoConfiguration {

	/**
	 * Sees to it that there is what shared limiters need.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnSharedAtTheStart.class)
	static final class SharedConfiguration {

		@Bean
		static SharedLimits sharedLimits(ConfiguredProperties penstockConfiguredProperties, Beans penstockBeans,
				ApplicationContext context) {
			return new SharedLimits(penstockConfiguredProperties, penstockBeans.ifAvailable(LimiterStore.class),
					context.getClassLoader());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ RedisClient.class, DataRedisConnectionDetails.class })
	@ConditionalOnBean(DataRedisConnectionDetails.class)
	@ConditionalOnMissingBean(LimiterStore.class)
	@Conditional(OnSharedNamespace.class)
	@ImportRuntimeHints(RedisHints.class)
	static class StoreConfiguration {

		/** Connects when there is a shared limiter, and not before. */
		@Bean(destroyMethod = "close")
		static RedisLimiterStore redisLimiterStore(ConfiguredProperties penstockConfiguredProperties,
				Environment environment, DataRedisConnectionDetails connection,
				ObjectProvider<ClientResourcesBuilderCustomizer> resources,
				ObjectProvider<LettuceClientOptionsBuilderCustomizer> options) {
			RedisConnectionSource source = new RedisConnectionSource(connection, environment);
			return new RedisLimiterStore(source.target(), SharedSettings.of(penstockConfiguredProperties, environment),
					(builder) -> resources.orderedStream().forEach((customizer) -> customizer.customize(builder)),
					(builder) -> {
						source.secure(builder);
						options.orderedStream().forEach((customizer) -> customizer.customize(builder));
					});
		}

		@Bean
		static SharedChanges sharedLimiterChanges(RedisLimiterStore redisLimiterStore,
				LimiterRegistry limiterRegistry) {
			return new SharedChanges(redisLimiterStore, limiterRegistry);
		}

		@Bean
		static LimiterExchange sharedLimiterExchange(SharedChanges sharedLimiterChanges) {
			return new SharedExchange(sharedLimiterChanges);
		}

		@Bean
		static ClientPauses sharedClientPauses(RedisLimiterStore redisLimiterStore,
				ObjectProvider<HttpLimits> httpLimits, ConfiguredProperties penstockConfiguredProperties,
				LimiterRegistry limiterRegistry) {
			return new ClientPauses(new SharedPauses(redisLimiterStore), httpLimits,
					() -> SharedLimits.firstShared(penstockConfiguredProperties) != null
							|| isAnyShared(limiterRegistry));
		}

		private static boolean isAnyShared(LimiterRegistry registry) {
			return Stream.<Limiter>concat(registry.concurrencyLimiters().stream(), registry.rateLimiters().stream())
				.anyMatch((limiter) -> limiter.sharedStatus() != null);
		}

	}

}
