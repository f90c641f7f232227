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
