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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;

/**
 * A client of our own, which gives up and tries again sooner than those of applications
 * do.
 */
final class RedisClients implements AutoCloseable {

	/** How long a server may take to say hello. */
	private static final Duration HELLO = Duration.ofSeconds(2);

	/** More than that many unanswered commands have no chance to be answered in time. */
	private static final int MOST_PENDING = 1 << 15;

	private static final Duration UNANSWERED = Duration.ofSeconds(5);

	private static final Duration TOPOLOGY_AGE = Duration.ofSeconds(30);

	private final RedisTarget target;

	private final ClientResources resources;

	private final AbstractRedisClient client;

	RedisClients(RedisTarget target, Consumer<DefaultClientResources.Builder> resources,
			Consumer<ClientOptions.Builder> options) {
		this.target = target;
		DefaultClientResources.Builder builder = DefaultClientResources.builder()
			.ioThreadPoolSize(DefaultClientResources.MIN_IO_THREADS)
			.computationThreadPoolSize(DefaultClientResources.MIN_COMPUTATION_THREADS);
		resources.accept(builder);
		this.resources = builder
			.reconnectDelay(Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS))
			.build();
		target.uris().forEach((uri) -> uri.setTimeout(HELLO));
		if (target.kind() == RedisTarget.Kind.CLUSTER) {
			RedisClusterClient cluster = RedisClusterClient.create(this.resources, target.uris());
			cluster.setOptions((ClusterClientOptions) options(ClusterClientOptions.builder(), options));
			this.client = cluster;
		}
		else {
			RedisClient single = RedisClient.create(this.resources);
			single.setOptions(options(ClientOptions.builder(), options));
			this.client = single;
		}
	}

	private static ClientOptions options(ClientOptions.Builder builder, Consumer<ClientOptions.Builder> others) {
		others.accept(builder);
		// What was written and not answered is asked again by who asked, if at all.
		builder.autoReconnect(true)
			.replayFilter((command) -> true)
			.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
			.requestQueueSize(MOST_PENDING)
			.timeoutOptions(TimeoutOptions.create())
			.socketOptions(socketOptions());
		if (builder instanceof ClusterClientOptions.Builder cluster) {
			// Also when a node does not answer, which Lettuce does by itself.
			cluster.topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
				.adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
				.enablePeriodicRefresh(TOPOLOGY_AGE)
				.build());
		}
		return builder.build();
	}

	private static SocketOptions socketOptions() {
		// Only the native transports can say that a written byte was not acknowledged.
		boolean isNative = EpollProvider.isAvailable() || IOUringProvider.isAvailable();
		return SocketOptions.builder()
			.connectTimeout(HELLO)
			.keepAlive(SocketOptions.KeepAliveOptions.builder()
				.enable()
				.idle(UNANSWERED)
				.interval(Duration.ofSeconds(1))
				.count(3)
				.build())
			.tcpUserTimeout(
					SocketOptions.TcpUserTimeoutOptions.builder().enable(isNative).tcpUserTimeout(UNANSWERED).build())
			.build();
	}

	/** Connect to the server that can be written to. */
	CompletionStage<RedisConnection> connect() {
		if (this.client instanceof RedisClusterClient cluster) {
			// Where the slots are is read first, and again for each connection.
			return cluster.refreshPartitionsAsync()
				.thenCompose((read) -> cluster.connectAsync(StringCodec.UTF8))
				.thenApply((connection) -> new RedisConnection(connection, connection.async()));
		}
		RedisClient single = (RedisClient) this.client;
		if (this.target.kind() == RedisTarget.Kind.REPLICAS) {
			return MasterReplica.connectAsync(single, StringCodec.UTF8, this.target.uris()).thenApply((connection) -> {
				connection.setReadFrom(ReadFrom.UPSTREAM);
				return new RedisConnection(connection, connection.async());
			});
		}
		return single.connectAsync(StringCodec.UTF8, this.target.uris().get(0))
			.thenApply((connection) -> new RedisConnection(connection, connection.async()));
	}

	/** Connect to a server that tells what is published. */
	CompletionStage<? extends StatefulRedisPubSubConnection<String, String>> connectToMessages() {
		if (this.client instanceof RedisClusterClient cluster) {
			return cluster.refreshPartitionsAsync().thenCompose((read) -> cluster.connectPubSubAsync(StringCodec.UTF8));
		}
		return ((RedisClient) this.client).connectPubSubAsync(StringCodec.UTF8, this.target.uris().get(0));
	}

	@Override
	public void close() {
		CompletableFuture<Void> closed = this.client.shutdownAsync(0, HELLO.toMillis(), TimeUnit.MILLISECONDS);
		closed.whenComplete((nothing, failure) -> this.resources.shutdown(0, HELLO.toMillis(), TimeUnit.MILLISECONDS));
	}

}
