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

package io.github.penstock;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

import io.github.penstock.Sharing.OnOutage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who hears that a store does not answer, or does so again, may be the thread that reads
 * all answers: it does not see to many keys.
 */
@Timeout(60)
class OutageOfManyKeysTests {

	private static final int KEYS = 3 * KeyTable.FEW_KEYS;

	private static final Sharing CLOSED = Sharing.DEFAULT.withOnOutage(OnOutage.CLOSED);

	private final ModelStore store = new ModelStore(new ManualTime());

	private final LimiterStore instance = this.store.instance();

	private final Set<Thread> tellers = ConcurrentHashMap.newKeySet();

	private final Set<Thread> askers = ConcurrentHashMap.newKeySet();

	private final List<CompletableFuture<?>> waiting = new ArrayList<>();

	private final LimiterFactory factory = LimiterFactory.sharing(new ManualTime(), this::recorded);

	/** Takes note of who asks about keys. */
	private LimiterStore recorded() {
		return (LimiterStore) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { LimiterStore.class },
				(proxy, method, arguments) -> {
					if (arguments != null && arguments[0] instanceof LimiterStore.PermitRequest request
							&& request.supply().key() != null) {
						this.askers.add(Thread.currentThread());
					}
					try {
						return method.invoke(this.instance, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private Executor telling() {
		return (task) -> {
			this.tellers.add(Thread.currentThread());
			task.run();
		};
	}

	private void assertOthersAreTold() {
		Awaitility.await().until(() -> this.waiting.stream().allMatch(CompletableFuture::isCompletedExceptionally));
		assertThat(this.tellers).isNotEmpty().doesNotContain(Thread.currentThread());
	}

	@Test // D5, K1
	void permitsOfManyKeysFollowOnAnotherThread() {
		ConcurrencyLimiter limiter = this.factory.concurrencyLimiter("export",
				ConcurrencyLimiterSpec.of(1).withSharing(CLOSED));
		List<Permit> held = new ArrayList<>();
		for (int key = 0; key < KEYS; key++) {
			held.add(limiter.forKey(key).tryAcquire());
			this.waiting.add(limiter.forKey(key).acquireAsync(Duration.ofMinutes(1), telling()));
		}
		assertThat(held).hasSize(KEYS).doesNotContainNull();
		this.store.goDown();
		assertThat(limiter.tryAcquire()).isNull();
		assertOthersAreTold();
		this.store.forget();
		this.askers.clear();
		this.store.comeBack();
		Awaitility.await().until(() -> this.store.booked() == KEYS);
		assertThat(this.askers).isNotEmpty().doesNotContain(Thread.currentThread());
		held.forEach(Permit::close);
		Awaitility.await().until(() -> this.store.booked() == 0);
	}

	@Test // D5, K1
	void tokensOfManyKeysFollowOnAnotherThread() {
		RateLimiter limiter = this.factory.rateLimiter("api",
				RateLimiterSpec.of(1, Duration.ofHours(1)).withSharing(CLOSED));
		for (int key = 0; key < KEYS; key++) {
			assertThat(limiter.forKey(key).tryAcquire()).isTrue();
			this.waiting.add(limiter.forKey(key).acquireAsync(Duration.ofHours(2), telling()));
		}
		this.store.goDown();
		assertThat(limiter.tryAcquire()).isFalse();
		assertOthersAreTold();
		this.store.comeBack();
		assertThat(limiter.tryAcquire()).isTrue();
	}

	@Test // D5, K1
	void aFewKeysFollowAtOnce() {
		ConcurrencyLimiter limiter = this.factory.concurrencyLimiter("export",
				ConcurrencyLimiterSpec.of(1).withSharing(CLOSED));
		assertThat(limiter.forKey("ann").tryAcquire()).isNotNull();
		this.waiting.add(limiter.forKey("ann").acquireAsync(Duration.ofMinutes(1), Runnable::run));
		this.store.goDown();
		assertThat(limiter.tryAcquire()).isNull();
		assertThat(this.waiting.get(0)).isCompletedExceptionally();
	}

}
