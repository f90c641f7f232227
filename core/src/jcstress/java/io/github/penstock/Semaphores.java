package io.github.penstock;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** What the tests of the semaphore have in common. */
abstract class Semaphores {

	final ConcurrencyLimiter limiter;

	Semaphores(int max) {
		this.limiter = new SemaphoreLimiter("jcstress", ConcurrencyLimiterSpec.of(max), new SteppedTime());
	}

	final CompletableFuture<Permit> join() {
		return this.limiter.acquireAsync(Duration.ofSeconds(1), Runnable::run);
	}

	static int bit(boolean value) {
		return value ? 1 : 0;
	}

	static boolean isGranted(CompletableFuture<Permit> future) {
		return future.isDone() && !future.isCompletedExceptionally();
	}

}
