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

import java.util.List;

import io.github.penstock.redis.RedisTarget;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RedisConnectionSource}.
 */
class RedisConnectionSourceTests {

	private final MockEnvironment environment = new MockEnvironment();

	private RedisTarget target(DataRedisConnectionDetails details) {
		return new RedisConnectionSource(details, this.environment).target();
	}

	@Test
	void serverHasItsDatabaseAndItsCredentials() {
		this.environment.setProperty("spring.data.redis.client-name", "shop");
		RedisTarget target = target(new Details() {

			@Override
			public Standalone getStandalone() {
				return Standalone.of("redis.internal", 7000, 3);
			}

		});
		assertThat(target.kind()).isEqualTo(RedisTarget.Kind.SINGLE);
		RedisURI uri = target.uris().get(0);
		assertThat(uri.getHost()).isEqualTo("redis.internal");
		assertThat(uri.getPort()).isEqualTo(7000);
		assertThat(uri.getDatabase()).isEqualTo(3);
		assertThat(uri.getClientName()).isEqualTo("shop");
		assertThat(uri.isSsl()).isFalse();
		assertCredentials(uri, "ann", "secret");
	}

	@Test
	void secureUrlIsSecure() {
		this.environment.setProperty("spring.data.redis.url", "rediss://redis.internal");
		assertThat(target(new Details() {

			@Override
			public Standalone getStandalone() {
				return Standalone.of("redis.internal", 7000);
			}

		}).uris()).allMatch(RedisURI::isSsl);
	}

	@Test
	void bundleIsUsed() {
		Details details = new Details() {

			@Override
			public Standalone getStandalone() {
				return Standalone.of("redis.internal", 7000);
			}

			@Override
			public SslBundle getSslBundle() {
				return SslBundle.systemDefault();
			}

		};
		assertThat(target(details).uris()).allMatch(RedisURI::isSsl);
		ClientOptions.Builder builder = ClientOptions.builder();
		new RedisConnectionSource(details, this.environment).secure(builder);
		assertThat(builder.build().getSslOptions()).isNotSameAs(ClientOptions.create().getSslOptions());
	}

	@Test
	void sentinelsHaveCredentialsOfTheirOwn() {
		RedisTarget target = target(new Details() {

			@Override
			public Sentinel getSentinel() {
				return new Sentinel() {

					@Override
					public int getDatabase() {
						return 2;
					}

					@Override
					public String getMaster() {
						return "main";
					}

					@Override
					public List<Node> getNodes() {
						return List.of(new Node("one", 1), new Node("two", 2));
					}

					@Override
					public String getUsername() {
						return "guard";
					}

					@Override
					public String getPassword() {
						return "hidden";
					}

				};
			}

		});
		assertThat(target.kind()).isEqualTo(RedisTarget.Kind.SINGLE);
		RedisURI uri = target.uris().get(0);
		assertThat(uri.getSentinelMasterId()).isEqualTo("main");
		assertThat(uri.getDatabase()).isEqualTo(2);
		assertCredentials(uri, "ann", "secret");
		assertThat(uri.getSentinels()).extracting(RedisURI::getHost).containsExactly("one", "two");
		assertThat(uri.getSentinels()).allSatisfy((sentinel) -> assertCredentials(sentinel, "guard", "hidden"));
	}

	@Test
	void clusterHasAllItsNodes() {
		RedisTarget target = target(new Details() {

			@Override
			public Cluster getCluster() {
				return () -> List.of(new Node("one", 1), new Node("two", 2));
			}

		});
		assertThat(target.kind()).isEqualTo(RedisTarget.Kind.CLUSTER);
		assertThat(target.uris()).extracting(RedisURI::getHost).containsExactly("one", "two");
		assertThat(target.uris()).allSatisfy((uri) -> assertCredentials(uri, "ann", "secret"));
	}

	@Test
	void replicasAreAllKnown() {
		RedisTarget target = target(new Details() {

			@Override
			public MasterReplica getMasterReplica() {
				return () -> List.of(new Node("one", 1), new Node("two", 2));
			}

		});
		assertThat(target.kind()).isEqualTo(RedisTarget.Kind.REPLICAS);
		assertThat(target.uris()).hasSize(2);
	}

	@Test
	void detailsOfNothingAreAnError() {
		assertThatIllegalStateException().isThrownBy(() -> target(new Details()));
	}

	private static void assertCredentials(RedisURI uri, String username, String password) {
		assertThat(uri.getCredentialsProvider().resolveCredentials().block()).satisfies((credentials) -> {
			assertThat(credentials.getUsername()).isEqualTo(username);
			assertThat(String.valueOf(credentials.getPassword())).isEqualTo(password);
		});
	}

	private static class Details implements DataRedisConnectionDetails {

		@Override
		public @Nullable String getUsername() {
			return "ann";
		}

		@Override
		public @Nullable String getPassword() {
			return "secret";
		}

	}

}
