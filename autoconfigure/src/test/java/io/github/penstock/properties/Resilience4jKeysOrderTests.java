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

package io.github.penstock.properties;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

import io.github.resilience4j.common.bulkhead.configuration.CommonBulkheadConfigurationProperties;
import io.github.resilience4j.common.bulkhead.configuration.CommonThreadPoolBulkheadConfigurationProperties;
import io.github.resilience4j.common.ratelimiter.configuration.CommonRateLimiterConfigurationProperties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForeignKeys}, with Resilience4j's own properties.
 */
class Resilience4jKeysOrderTests {

	@ParameterizedTest
	@ValueSource(classes = { CommonBulkheadConfigurationProperties.InstanceProperties.class,
			CommonThreadPoolBulkheadConfigurationProperties.InstanceProperties.class,
			CommonRateLimiterConfigurationProperties.InstanceProperties.class })
	void eachPropertyOfALimiterIsExplained(Class<?> type) {
		assertThat(Stream.of(type.getMethods()).map(Method::getName).filter((name) -> name.startsWith("set")))
			.isNotEmpty()
			.allSatisfy((setter) -> {
				String key = KnownProperties.dashed(setter.substring(3, 4).toLowerCase() + setter.substring(4));
				assertThat(ForeignKeys.explain(List.of("bulkheads", "a", key), false)).as(key).isNotNull();
			});
	}

}
