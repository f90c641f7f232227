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

import java.util.concurrent.CompletableFuture;

import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlin.coroutines.intrinsics.IntrinsicsKt;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SuspendFixture}: Java tests can call Kotlin's suspending methods.
 */
class SuspendFixtureTests {

	private final CompletableFuture<Object> resumed = new CompletableFuture<>();

	@Test
	void awaitWhenFutureIsOpenSuspendsUntilItIsCompleted() {
		CompletableFuture<String> future = new CompletableFuture<>();
		Object returned = new SuspendFixture().await(future, new RecordingContinuation());
		assertThat(returned).isSameAs(IntrinsicsKt.getCOROUTINE_SUSPENDED());
		assertThat(this.resumed).isNotDone();
		future.complete("drop");
		assertThat(this.resumed).isCompletedWithValue("drop");
	}

	@Test
	void awaitWhenFutureIsCompletedReturnsItsValue() {
		CompletableFuture<String> future = CompletableFuture.completedFuture("drop");
		Object returned = new SuspendFixture().await(future, new RecordingContinuation());
		assertThat(returned).isEqualTo("drop");
		assertThat(this.resumed).isNotDone();
	}

	private final class RecordingContinuation implements Continuation<String> {

		@Override
		public CoroutineContext getContext() {
			return EmptyCoroutineContext.INSTANCE;
		}

		@Override
		public void resumeWith(Object result) {
			SuspendFixtureTests.this.resumed.complete(result);
		}

	}

}
