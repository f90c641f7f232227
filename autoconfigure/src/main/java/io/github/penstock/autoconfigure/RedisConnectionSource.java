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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.github.penstock.redis.RedisTarget;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Takes from Spring Boot what is configured about Redis, as its own connections do.
 */
final class RedisConnectionSource {

	private final DataRedisConnectionDetails details;

	private final @Nullable String clientName;

	private final boolean secureUrl;

	RedisConnectionSource(DataRedisConnectionDetails details, Environment environment) {
		this.details = details;
		this.clientName = environment.getProperty("spring.data.redis.client-name");
		String url = environment.getProperty("spring.data.redis.url", "");
		this.secureUrl = url.toLowerCase(Locale.ROOT).startsWith("rediss:");
	}

	RedisTarget target() {
		DataRedisConnectionDetails.Sentinel sentinel = this.details.getSentinel();
		if (sentinel != null) {
			return new RedisTarget(RedisTarget.Kind.SINGLE, List.of(uri(sentinel)));
		}
		DataRedisConnectionDetails.Cluster cluster = this.details.getCluster();
		if (cluster != null) {
			return new RedisTarget(RedisTarget.Kind.CLUSTER, uris(cluster.getNodes()));
		}
		DataRedisConnectionDetails.MasterReplica replicas = this.details.getMasterReplica();
		if (replicas != null) {
			return new RedisTarget(RedisTarget.Kind.REPLICAS, uris(replicas.getNodes()));
		}
		DataRedisConnectionDetails.Standalone standalone = this.details.getStandalone();
		if (standalone == null) {
			throw new IllegalStateException("The connection details say of no Redis where it is");
		}
		RedisURI uri = uri(standalone.getHost(), standalone.getPort());
		uri.setDatabase(standalone.getDatabase());
		return new RedisTarget(RedisTarget.Kind.SINGLE, List.of(uri));
	}

	private RedisURI uri(DataRedisConnectionDetails.Sentinel sentinel) {
		RedisURI.Builder builder = RedisURI.builder().withSentinelMasterId(sentinel.getMaster());
		for (Node node : sentinel.getNodes()) {
			RedisURI uri = RedisURI.create(node.host(), node.port());
			authenticate(uri, sentinel.getUsername(), sentinel.getPassword());
			secure(uri);
			builder.withSentinel(uri);
		}
		RedisURI uri = builder.withDatabase(sentinel.getDatabase()).build();
		complete(uri);
		return uri;
	}

	private List<RedisURI> uris(List<Node> nodes) {
		List<RedisURI> uris = new ArrayList<>();
		nodes.forEach((node) -> uris.add(uri(node.host(), node.port())));
		return uris;
	}

	private RedisURI uri(String host, int port) {
		RedisURI uri = RedisURI.create(host, port);
		complete(uri);
		return uri;
	}

	private void complete(RedisURI uri) {
		authenticate(uri, this.details.getUsername(), this.details.getPassword());
		secure(uri);
		if (StringUtils.hasText(this.clientName)) {
			uri.setClientName(this.clientName);
		}
	}

	private static void authenticate(RedisURI uri, @Nullable String username, @Nullable String password) {
		if (StringUtils.hasText(password)) {
			RedisURI.Builder builder = RedisURI.builder().withHost("localhost");
			RedisURI credentials = StringUtils.hasText(username)
					? builder.withAuthentication(username, password.toCharArray()).build()
					: builder.withPassword(password.toCharArray()).build();
			uri.setCredentialsProvider(credentials.getCredentialsProvider());
		}
	}

	private void secure(RedisURI uri) {
		if (this.details.getSslBundle() != null || this.secureUrl) {
			uri.setSsl(true);
		}
	}

	/** Have a client use the bundle. */
	void secure(ClientOptions.Builder builder) {
		SslBundle bundle = this.details.getSslBundle();
		if (bundle == null) {
			return;
		}
		SslOptions.Builder options = SslOptions.builder()
			.keyManager(bundle.getManagers().getKeyManagerFactory())
			.trustManager(bundle.getManagers().getTrustManagerFactory());
		if (bundle.getOptions().getCiphers() != null) {
			options.cipherSuites(bundle.getOptions().getCiphers());
		}
		if (bundle.getOptions().getEnabledProtocols() != null) {
			options.protocols(bundle.getOptions().getEnabledProtocols());
		}
		builder.sslOptions(options.build());
	}

}
