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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What listeners hear of a store and of what it has lent: when that is done, and on a
 * thread that they may hold up.
 */
@Timeout(60)
class SharedListenerTests {

	private static final Duration MAX_HOLD = Duration.ofSeconds(5);

	private static final ConcurrencyLimiterSpec ONE = ConcurrencyLimiterSpec.of(1)
		.withSharing(Sharing.DEFAULT.withMaxHold(MAX_HOLD));

	private final ManualTime time = new ManualTime();

	private final ModelStore store = new ModelStore(this.time);

	private final ModelStore.Instance instance = this.store.instance();

	private final LimiterFactory factory = LimiterFactory.sharing(this.time, () -> this.instance);

	private final ConcurrencyLimiter permits = this.factory.concurrencyLimiter("permits", ONE);

	private final RateLimiter tokens = this.factory.rateLimiter("tokens",
			RateLimiterSpec.of(10).withSharing(Sharing.DEFAULT));

	/** What is the case when a limiter tells of a loss or an outage. */
	private static <T> CompletableFuture<T> whenTold(Limiter limiter, Supplier<T> what) {
		CompletableFuture<T> told = new CompletableFuture<>();
		limiter.listen(new LimiterListener() {

			@Override
			public void lost(int permits) {
				told.complete(what.get());
			}

			@Override
			public void outage(boolean begins) {
				told.complete(what.get());
			}

		});
		return told;
	}

	private static void onTimer(Runnable action) {
		TimeSource.system().schedule(action, 0);
	}

	private static boolean isOnTimer(CompletableFuture<Boolean> told) throws Exception {
		return told.get(30, TimeUnit.SECONDS);
	}

	@Test // P2, D3
	void aPermitThatWasHeldForTooLongIsBackWhenThatIsTold() {
		this.permits.tryAcquire();
		CompletableFuture<Boolean> isFree = whenTold(this.permits, () -> this.permits.tryAcquire() != null);
		this.time.advance(MAX_HOLD);
		assertThat(isFree).isCompletedWithValue(true);
	}

	@Test
	void whoHearsOfAPermitThatWasHeldForTooLongHoldsUpNoTimer() throws Exception {
		this.permits.tryAcquire();
		CompletableFuture<Boolean> told = whenTold(this.permits, EngineThread::isTimer);
		onTimer(() -> this.time.advance(MAX_HOLD));
		assertThat(isOnTimer(told)).isFalse();
	}

	@Test
	void whoHearsOfALeaseThatWasLostHoldsUpNoTimer() throws Exception {
		ConcurrencyLimiter unbounded = this.factory.concurrencyLimiter("unbounded", ONE.withSharing(Sharing.DEFAULT));
		unbounded.tryAcquire();
		CompletableFuture<Boolean> told = whenTold(unbounded, EngineThread::isTimer);
		this.time.advance(ModelStore.LEASE);
		onTimer(this.instance::renew);
		assertThat(isOnTimer(told)).isFalse();
	}

	@Test // D5
	void anOutageIsToldWhenItBeginsAndWhenItEnds() {
		List<Boolean> told = new ArrayList<>();
		for (Limiter limiter : List.of(this.permits, this.tokens)) {
			limiter.listen(new LimiterListener() {

				@Override
				public void outage(boolean begins) {
					told.add(begins);
				}

			});
		}
		this.store.goDown();
		this.permits.tryAcquire();
		this.permits.tryAcquire();
		this.tokens.tryAcquire();
		assertThat(told).containsExactly(true, true);
		this.store.comeBack();
		assertThat(told).containsExactly(true, true, false, false);
	}

	@Test // D5
	void anEndThatComesWhileTheBeginningIsToldIsToldAfterIt() {
		List<Boolean> told = new ArrayList<>();
		this.permits.listen(new LimiterListener() {

			@Override
			public void outage(boolean begins) {
				if (begins) {
					SharedListenerTests.this.store.comeBack();
				}
				told.add(begins);
			}

		});
		this.store.goDown();
		this.permits.tryAcquire();
		assertThat(told).containsExactly(true, false);
	}

	@Test
	void whoHearsOfAnOutageHoldsUpNoTimer() throws Exception {
		CompletableFuture<Boolean> ofPermits = whenTold(this.permits, EngineThread::isTimer);
		CompletableFuture<Boolean> ofTokens = whenTold(this.tokens, EngineThread::isTimer);
		this.store.goDown();
		onTimer(() -> {
			this.permits.tryAcquire();
			this.tokens.tryAcquire();
		});
		assertThat(isOnTimer(ofPermits)).isFalse();
		assertThat(isOnTimer(ofTokens)).isFalse();
	}

}
