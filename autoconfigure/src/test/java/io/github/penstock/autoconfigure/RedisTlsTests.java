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

import java.nio.file.Path;
import java.util.function.Consumer;

import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
import io.github.penstock.redis.RedisLimiterStore;
import io.github.penstock.redis.RedisServers;
import io.github.penstock.redis.TlsIdentity;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that shared limits reach a Redis by the TLS that Spring Boot has configured.
 */
@Timeout(60)
class RedisTlsTests {

	@TempDir
	static Path directory;

	private static TlsIdentity identity;

	@BeforeAll
	static void createIdentity() throws Exception {
		identity = TlsIdentity.create(directory, "redis");
	}

	private void run(Path trusted, Consumer<AssertableApplicationContext> test) {
		RedisServers.withTls(identity, (port) -> new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, PenstockAutoConfiguration.class,
					PenstockRedisAutoConfiguration.class, PenstockHealthAutoConfiguration.class))
			.withUserConfiguration(Connection.class)
			.withPropertyValues("spring.application.name=shop", "port=" + port,
					"spring.ssl.bundle.pem.redis.truststore.certificate=" + trusted.toUri(),
					"penstock.shared.budget=3s", "penstock.rate-limits.api.limit=2", "penstock.rate-limits.api.per=1d",
					"penstock.rate-limits.api.timeout=0s", "penstock.rate-limits.api.shared=true",
					"penstock.rate-limits.api.on-outage=closed")
			.run(test::accept));
	}

	@Test
	void limitsAreSharedByWayOfACertificateThatIsTrusted() {
		run(identity.certificate(), (context) -> {
			RateLimiter api = context.getBean(LimiterRegistry.class).rateLimiter("api");
			assertThat(api.tryAcquire(2)).isTrue();
			assertThat(api.tryAcquire()).isFalse();
			assertThat(context.getBean(RedisLimiterStore.class).state())
				.satisfies((state) -> assertThat(state.up()).isTrue())
				.satisfies((state) -> assertThat(state.failures()).isZero());
			assertThat(context.getBean(SharedStoreHealth.class).health().getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test // D5
	void aCertificateThatIsNotTrustedIsAnOutageThatSaysSo() throws Exception {
		run(TlsIdentity.create(directory, "other").certificate(), (context) -> {
			RateLimiter api = context.getBean(LimiterRegistry.class).rateLimiter("api");
			assertThatExceptionOfType(LimitExceededException.class).isThrownBy(api::acquire);
			Awaitility.await().until(() -> !context.getBean(RedisLimiterStore.class).state().up());
			assertThatExceptionOfType(LimitExceededException.class).isThrownBy(api::acquire)
				.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.UNAVAILABLE));
			Health health = context.getBean(SharedStoreHealth.class).health();
			assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health.getDetails().get("cause")).asString().containsIgnoringCase("certificat");
		});
	}

	/** What Spring Data Redis would have of its properties. */
	@Configuration(proxyBeanMethods = false)
	static class Connection {

		@Bean
		DataRedisConnectionDetails redis(SslBundles bundles, @Value("${port}") int port) {
			return new DataRedisConnectionDetails() {

				@Override
				public SslBundle getSslBundle() {
					return bundles.getBundle("redis");
				}

				@Override
				public Standalone getStandalone() {
					return Standalone.of("127.0.0.1", port);
				}

			};
		}

	}

}
