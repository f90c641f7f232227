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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link Limits#withTimeouts}.
 */
class PlaceTimeoutTests {

	private static final UnaryOperator<Duration> NONE = (inForce) -> Duration.ZERO;

	private static final UnaryOperator<Duration> LONG = (inForce) -> Duration.ofHours(1);

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void impatientPlaceIsRefusedWhereTheLimiterWouldWait(boolean tracked) {
		ConcurrencyLimiter bulkhead = bulkhead(tracked, Duration.ofHours(1));
		Limits limits = Limits.of(bulkhead, null).withTimeouts(NONE, null);
		Permit permit = bulkhead.tryAcquire();
		CompletableFuture.runAsync(() -> {
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(limits::enter);
			assertThat(limits.acquireAsync(null)).isCompletedExceptionally();
			assertThat(limits.acquireAsync(Runnable::run)).isCompletedExceptionally();
			assertThat(limits.withoutTokens().acquireAsync(null)).isCompletedExceptionally();
		}).join();
		assertThat(permit).isNotNull();
		permit.close();
		limits.exit(limits.enter());
		assertThat(bulkhead.available()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void patientPlaceWaitsWhereTheLimiterWouldNot(boolean tracked) throws Exception {
		ConcurrencyLimiter bulkhead = bulkhead(tracked, Duration.ZERO);
		Limits limits = Limits.of(bulkhead, null).withTimeouts(LONG, null);
		Permit permit = bulkhead.tryAcquire();
		assertThat(permit).isNotNull();
		CompletableFuture<Void> call = CompletableFuture.runAsync(() -> limits.exit(limits.enter()),
				PlaceTimeoutTests::run);
		await().until(() -> bulkhead.waiting() == 1);
		CompletableFuture<Permit> later = CompletableFuture
			.supplyAsync(() -> limits.acquireAsync(null), PlaceTimeoutTests::run)
			.thenCompose((future) -> future);
		await().until(() -> bulkhead.waiting() == 2);
		permit.close();
		call.get(30, TimeUnit.SECONDS);
		later.get(30, TimeUnit.SECONDS).close();
		assertThat(bulkhead.available()).isEqualTo(1);
	}

	@Test
	void tokensHaveATimeoutOfThePlaceAsWell() {
		RateLimiter rate = new LimiterRegistry().register("r",
				new RateLimiterSpec(java.math.BigDecimal.ONE, Duration.ofMinutes(30), 1L, Duration.ofHours(1), 9));
		Limits limits = Limits.of(null, rate).withTimeouts(null, NONE);
		limits.enter();
		assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(limits::enter);
		assertThat(limits.acquireAsync(null)).isCompletedExceptionally();
		assertThatThrownBy(() -> limits.acquireAsync(Runnable::run).join())
			.hasCauseInstanceOf(RateLimitExceededException.class);
		CompletableFuture<Permit> patient = Limits.of(null, rate).withTimeouts(null, LONG).acquireAsync(null);
		assertThat(patient).isNotDone();
		patient.cancel(false);
	}

	@Test
	void callThatNeedNotWaitAsksNobody() {
		AtomicInteger asked = new AtomicInteger();
		UnaryOperator<Duration> counting = (inForce) -> {
			asked.incrementAndGet();
			return inForce;
		};
		Limits limits = Limits
			.of(bulkhead(false, Duration.ZERO), new LimiterRegistry().register("r", RateLimiterSpec.of(9)))
			.withTimeouts(counting, counting);
		limits.exit(limits.enter());
		assertThat(asked).hasValue(0);
	}

	/** The common pool may have but one thread, which the one that parks would take. */
	private static void run(Runnable task) {
		new Thread(task).start();
	}

	private static ConcurrencyLimiter bulkhead(boolean tracked, Duration timeout) {
		LimiterFactory factory = LimiterFactory.local(TimeSource.system());
		return new LimiterRegistry((tracked) ? LimiterFactory.tracking(factory, TimeSource.system()) : factory)
			.register("b", ConcurrencyLimiterSpec.of(1).withTimeout(timeout));
	}

}
