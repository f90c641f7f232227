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

package io.github.penstock.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiterSpec;
import io.github.penstock.Sharing;
import io.github.penstock.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a user of Redis who may do what the documentation says may do enough.
 */
@Timeout(60)
class RedisAccessTests {

	private static final Path PAGE = Path.of("..", "docs", "shared-limits.md");

	@Test
	void theUserOfTheDocumentationIsEnough() throws Exception {
		try (RedisServer server = RedisServer.start(); Stores stores = new Stores()) {
			allow(server.port(), documented());
			RedisURI uri = RedisURI.builder()
				.withHost("127.0.0.1")
				.withPort(server.port())
				.withAuthentication("penstock", "secret".toCharArray())
				.build();
			List<RedisLimiterStore> instances = new ArrayList<>();
			List<LimiterRegistry> registries = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				RedisLimiterStore store = stores.create(uri, Stores.AMPLE, Duration.ofSeconds(30));
				LimiterRegistry registry = new LimiterRegistry(
						LimiterFactory.sharing(TimeSource.system(), () -> store));
				registry.register("api", RateLimiterSpec.of(2, Duration.ofDays(1)).withSharing(Sharing.DEFAULT));
				registry.register("export", ConcurrencyLimiterSpec.of(1).withSharing(Sharing.DEFAULT));
				new SharedChanges(store, registry).afterSingletonsInstantiated();
				instances.add(store);
				registries.add(registry);
			}
			assertThat(registries.get(0).rateLimiter("api").tryAcquire(2)).isTrue();
			assertThat(registries.get(1).rateLimiter("api").tryAcquire()).isFalse();
			Permit permit = registries.get(0).concurrencyLimiter("export").acquire();
			assertThat(registries.get(1).concurrencyLimiter("export").tryAcquire()).isNull();
			permit.close();
			registries.get(1).concurrencyLimiter("export").acquire().close();
			registries.get(0).concurrencyLimiter("export").change((spec) -> spec.withMax(5));
			Awaitility.await().until(() -> registries.get(1).concurrencyLimiter("export").max() == 5);
			assertThat(instances).allMatch((store) -> store.state().up() && store.state().failures() == 0);
		}
	}

	/** The rules of the user, as they are written there. */
	private static List<String> documented() throws IOException {
		String page = Files.readString(PAGE);
		int begin = page.indexOf("ACL SETUSER penstock ");
		String rules = page.substring(begin, page.indexOf("```", begin));
		return List.of(rules.trim().split("\\s+")).subList(2, rules.trim().split("\\s+").length);
	}

	private static void allow(int port, List<String> rules) {
		RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port));
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8).add("SETUSER");
			rules.forEach(arguments::add);
			assertThat(connection.sync().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), arguments))
				.isEqualTo("OK");
		}
		finally {
			client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
		}
	}

}
