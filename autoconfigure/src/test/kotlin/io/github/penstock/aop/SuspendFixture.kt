package io.github.penstock.aop

import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.future.await

/**
 * Suspending methods for the Java tests to call through a proxy.
 */
open class SuspendFixture {

	/**
	 * Suspends until the future is completed; does not suspend at all when it is already.
	 */
	open suspend fun await(future: CompletableFuture<String>): String {
		return future.await()
	}

}
