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
