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

package io.github.penstock.http;

import org.jspecify.annotations.Nullable;

/**
 * The request that a client sends first, as it is seen where redirects are followed. A
 * redirect ends it: what follows is a request of its own.
 */
interface Hop {

	/** Where it is found below the client's interceptors and filters. */
	String ATTRIBUTE = Hop.class.getName();

	/** The limits that let it through, {@code null} if nobody limits it. */
	@Nullable HttpLimit limit();

	/** Whether the current thread may end it. */
	boolean canEnd();

	/** Whether it has ended. */
	boolean hasEnded();

	/** Give its permit back. */
	void end();

}
