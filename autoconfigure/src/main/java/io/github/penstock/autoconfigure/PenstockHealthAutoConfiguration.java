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

import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.LimiterHealth;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.properties.PropertiesReader;
import io.github.penstock.redis.RedisLimiterStore;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link AutoConfiguration Auto-configuration} for the health of bulkheads, where the
 * configuration asks for it.
 */
@AutoConfiguration(after = { PenstockAutoConfiguration.class, PenstockRedisAutoConfiguration.class })
@ConditionalOnClass(HealthIndicator.class)
public final class PenstockHealthAutoConfiguration {

	/**
	 * If it is asked for.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnUnhealthyAfter.class)
	static final class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "penstockHealthIndicator", search = SearchStrategy.CURRENT)
		static LimiterHealth penstockHealthIndicator(LimiterRegistry registry, ConfiguredProperties properties,
				ObjectProvider<TimeSource> times) {
			return new LimiterHealth(registry, (name) -> {
				PenstockProperties.Bulkhead bulkhead = properties.bulkheads().find(name);
				return (bulkhead != null && bulkhead.unhealthyAfter() != null) ? bulkhead.unhealthyAfter()
						: properties.values().defaults().bulkhead().unhealthyAfter();
			}, times.getIfAvailable(TimeSource::system));
		}

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
		@ConditionalOnMissingBean(name = "penstockStoreHealthIndicator", search = SearchStrategy.CURRENT)
		static SharedStoreHealth penstockStoreHealthIndicator(RedisLimiterStore store) {
			return new SharedStoreHealth(store);
		}

	}

	/**
	 * Whether any bulkhead has the property.
	 */
	static final class OnUnhealthyAfter extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConfigurableEnvironment environment = (ConfigurableEnvironment) context.getEnvironment();
			String own = PropertiesReader.findName(environment, "penstock.bulkheads", "unhealthy-after");
			String name = (own != null) ? own
					: PropertiesReader.findName(environment, "penstock.defaults", "unhealthy-after");
			return (name != null) ? ConditionOutcome.match(name)
					: ConditionOutcome.noMatch("no bulkhead has unhealthy-after");
		}

	}

}
