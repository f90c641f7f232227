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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.github.penstock.LimiterStore.PermitReply;
import io.github.penstock.LimiterStore.PermitRequest;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import io.github.penstock.RateLimiterSpec;
import io.lettuce.core.RedisURI;
import org.awaitility.Awaitility;

/**
 * The stores of several instances in one namespace that no other test has.
 */
final class Stores implements AutoCloseable {

	/** Ample, so that a pause of the machine is no outage. */
	static final Duration AMPLE = Duration.ofSeconds(3);

	private static final AtomicLong NAMESPACES = new AtomicLong();

	private final List<RedisLimiterStore> stores = new ArrayList<>();

	private final String namespace = "test-" + ProcessHandle.current().pid() + "-" + NAMESPACES.incrementAndGet();

	String namespace() {
		return this.namespace;
	}

	RedisLimiterStore create(int port) {
		return create(port, AMPLE, Duration.ofSeconds(30));
	}

	RedisLimiterStore create(int port, Duration budget, Duration lease) {
		return create(RedisURI.create("127.0.0.1", port), budget, lease);
	}

	RedisLimiterStore create(RedisURI uri, Duration budget, Duration lease) {
		return create(new RedisTarget(RedisTarget.Kind.SINGLE, List.of(uri)), budget, lease);
	}

	RedisLimiterStore create(RedisTarget target, Duration budget, Duration lease) {
		RedisLimiterStore store = new RedisLimiterStore(target, new RedisStoreSettings(this.namespace, budget, lease),
				(resources) -> {
				}, (options) -> {
				});
		this.stores.add(store);
		return store;
	}

	/** One that has connected, however short its budget is. */
	RedisLimiterStore createUp(int port, Duration budget, Duration lease) {
		RedisLimiterStore store = create(port, budget, lease);
		store.start();
		Awaitility.await()
			.until(() -> store.state().up() && store.state().questions() > 0 && !store.state().answerTime().isZero());
		return store;
	}

	static TokenRequest take(Supply supply, RateLimiterSpec rate, int calls, long patienceNanos) {
		return new TokenRequest(supply, rate, 0, List.of(), 0,
				Stream.generate(() -> new Wanted(1, patienceNanos)).limit(calls).toList());
	}

	static TokenReply tokens(RedisLimiterStore store, TokenRequest request) {
		return get(store.tokens(request));
	}

	static PermitReply permits(RedisLimiterStore store, Supply supply, int max, int keep, int want) {
		return get(store.permits(new PermitRequest(supply, max, keep, want, keep > 0)));
	}

	static <T> T get(CompletionStage<T> stage) {
		try {
			return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex);
		}
		catch (InterruptedException | TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.stores.forEach(RedisLimiterStore::close);
	}

}
