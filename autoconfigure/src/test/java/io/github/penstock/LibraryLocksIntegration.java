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

import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.BlockingOperationError;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets libraries take their own locks for a moment, whatever the thread: under load two
 * threads meet there, which is no business of ours. Public, to be loaded.
 */
public final class LibraryLocksIntegration implements BlockHoundIntegration {

	@Override
	public void applyTo(BlockHound.Builder builder) {
		builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
			.allowBlockingCallsInside("io.netty.buffer.AbstractReferenceCountedByteBuf", "release")
			// Who reads the body has the queue's lock: a piece that is refused is lost,
			// and the reader waits for ever.
			.allowBlockingCallsInside("org.springframework.http.client.SubscriberInputStream", "onNext")
			// Not by a predicate of threads, as that of Netty may have the last word.
			.blockingMethodCallback(LibraryLocksIntegration::refuse);
	}

	/**
	 * The Redis client takes locks and reads certificates on its threads: a lock that is
	 * refused to it stays locked, and its connection never ends.
	 */
	private static void refuse(BlockingMethod method) {
		if (!Thread.currentThread().getName().startsWith("lettuce-")) {
			throw new BlockingOperationError(method);
		}
	}

}
