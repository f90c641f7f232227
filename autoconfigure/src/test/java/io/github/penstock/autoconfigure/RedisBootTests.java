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

import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisServers;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PenstockRedisAutoConfiguration} with what Spring Boot does about
 * Redis.
 */
class RedisBootTests {

	private final ApplicationContextRunner contexts = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class, PenstockRedisAutoConfiguration.class,
				DataRedisAutoConfiguration.class, SslAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "penstock.bulkheads.export.max=3",
				"penstock.bulkheads.export.shared=true");

	@ParameterizedTest
	@ValueSource(strings = { "lettuce", "jedis" })
	void redisOfSpringBootIsUsedWhateverItsOwnClientIs(String client) {
		this.contexts
			.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.client-type=" + client,
					"spring.data.redis.port=" + RedisServers.sharedPort())
			.run((context) -> {
				RedisLimiterStore store = context.getBean(RedisLimiterStore.class);
				Awaitility.await().until(() -> store.state().up() && !store.state().answerTime().isZero());
			});
	}

	@Test
	void applicationStartsWithoutRedis() {
		this.contexts.withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.port=1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				RedisLimiterStore store = context.getBean(RedisLimiterStore.class);
				Awaitility.await().until(() -> !store.state().up());
			});
	}

}
