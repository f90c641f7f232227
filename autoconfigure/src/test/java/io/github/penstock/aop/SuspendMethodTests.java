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

package io.github.penstock.aop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import kotlin.ResultKt;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import kotlinx.coroutines.reactor.ReactorFlowKt;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kotlin's suspending functions hold the permit until they resume, and its flows while
 * they are collected.
 */
class SuspendMethodTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private LimitedContext context;

	private LimitedSuspendFixture fixture;

	@BeforeEach
	void start() {
		this.context = LimitedContext.of(LimitedSuspendFixture.class);
		this.fixture = this.context.bean(LimitedSuspendFixture.class);
	}

	@AfterEach
	void stop() {
		this.context.close();
	}

	@Test
	void suspendingFunctionWhenItSuspendsHoldsThePermitUntilItResumes() {
		CompletableFuture<String> future = new CompletableFuture<>();
		Resumed resumed = new Resumed();
		assertThat(this.fixture.one(future, resumed)).isSameAs(IntrinsicsKt.getCOROUTINE_SUSPENDED());
		assertThat(limiter().inUse()).isEqualTo(1);
		future.complete("drop");
		assertThat(resumed).succeedsWithin(SOON).isEqualTo("drop");
		this.context.assertQuiet();
	}

	@Test
	void suspendingFunctionWhenItMustWaitSuspendsUntilThePermitComes() {
		CompletableFuture<String> first = new CompletableFuture<>();
		Resumed resumed = new Resumed();
		Resumed waiting = new Resumed();
		this.fixture.one(first, resumed);
		assertThat(this.fixture.one(CompletableFuture.completedFuture("second"), waiting))
			.isSameAs(IntrinsicsKt.getCOROUTINE_SUSPENDED());
		Awaitility.await().until(() -> limiter().waiting() == 1);
		assertThat(waiting).isNotDone();
		first.complete("first");
		assertThat(waiting).succeedsWithin(SOON).isEqualTo("second");
		// The permit goes on before the first caller hears of it.
		assertThat(resumed).succeedsWithin(SOON).isEqualTo("first");
	}

	@Test
	void suspendingFunctionWhenItFailsGivesThePermitBack() {
		Resumed resumed = new Resumed();
		Object returned = null;
		try {
			returned = this.fixture.one(CompletableFuture.failedFuture(new IllegalStateException()), resumed);
		}
		catch (IllegalStateException ex) {
			resumed.completeExceptionally(ex);
		}
		assertThat(resumed).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(IllegalStateException.class);
		assertThat(returned).isIn(null, IntrinsicsKt.getCOROUTINE_SUSPENDED());
		this.context.assertQuiet();
	}

	@Test
	void suspendingFunctionWhenRefusedFails() {
		Resumed resumed = new Resumed();
		try {
			this.fixture.closed(resumed);
		}
		catch (BulkheadFullException ex) {
			resumed.completeExceptionally(ex);
		}
		assertThat(resumed).failsWithin(SOON).withThrowableThat().withCauseInstanceOf(BulkheadFullException.class);
	}

	@Test
	void suspendingFunctionWhenRefusedResumesWithItsFallback() {
		assertThat(resume((continuation) -> this.fixture.answered("tea", continuation))).isEqualTo("no tea");
		assertThat(resume((continuation) -> this.fixture.explained("tea", continuation)))
			.isEqualTo("no tea: LimitedSuspendFixture.explained");
	}

	@Test
	void flowWhenCollectedHoldsThePermit() {
		var flow = this.fixture.flow();
		assertThat(limiter("flow").stats().granted()).isZero();
		assertThat(ReactorFlowKt.asFlux(flow).collectList().block(SOON)).containsExactly(1, 2, 3);
		assertThat(limiter("flow").stats().granted()).isEqualTo(1);
	}

	private static @Nullable Object resume(java.util.function.Function<Continuation<? super String>, Object> function) {
		Resumed resumed = new Resumed();
		Object returned = function.apply(resumed);
		return (returned != IntrinsicsKt.getCOROUTINE_SUSPENDED()) ? returned : resumed.join();
	}

	private ConcurrencyLimiter limiter() {
		return limiter("one");
	}

	private ConcurrencyLimiter limiter(String name) {
		return this.context.bulkhead(name);
	}

	private static final class Resumed extends CompletableFuture<Object> implements Continuation<String> {

		@Override
		public CoroutineContext getContext() {
			return EmptyCoroutineContext.INSTANCE;
		}

		@Override
		public void resumeWith(Object result) {
			try {
				ResultKt.throwOnFailure(result);
				complete(result);
			}
			catch (Throwable ex) {
				completeExceptionally(ex);
			}
		}

	}

}
