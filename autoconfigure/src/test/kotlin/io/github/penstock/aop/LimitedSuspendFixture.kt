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

package io.github.penstock.aop

import io.github.penstock.BulkheadFullException
import io.github.penstock.annotation.Bulkhead
import java.util.concurrent.CompletableFuture
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.future.await

/**
 * Limited suspending methods for the Java tests to call through a proxy.
 */
open class LimitedSuspendFixture {

	@Bulkhead(name = "one", max = 1)
	open suspend fun one(future: CompletableFuture<String>): String {
		return future.await()
	}

	@Bulkhead(max = 0)
	open suspend fun closed(): String {
		return "open"
	}

	@Bulkhead(max = 0, fallback = "refused")
	open suspend fun answered(item: String): String {
		return item
	}

	private suspend fun refused(item: String): String {
		delay(1)
		return "no $item"
	}

	@Bulkhead(max = 0, fallback = "refusedBy")
	open suspend fun explained(item: String): String {
		return item
	}

	private suspend fun refusedBy(item: String, refusal: BulkheadFullException): String {
		delay(1)
		return "no $item: ${refusal.name()}"
	}

	@Bulkhead(name = "flow", max = 1)
	open fun flow(): Flow<Int> = flow {
		emit(1)
		emit(2)
		emit(3)
	}

}
