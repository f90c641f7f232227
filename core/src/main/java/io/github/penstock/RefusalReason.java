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

/**
 * Why a limiter did not let a call in.
 */
public enum RefusalReason {

	/** No permit was free, and the call may not wait. */
	FULL,

	/** As many calls as may wait stood in line already. */
	LINE_FULL,

	/** The gate is closed: the limit is 0. */
	CLOSED,

	/** The call waited for its whole timeout. */
	TIMED_OUT,

	/** The token would have come after the timeout, so the call did not wait for it. */
	WAIT_TOO_LONG,

	/** The call costs more tokens than there can ever be at once. */
	TOO_COSTLY,

	/** The waiting thread was interrupted. */
	INTERRUPTED,

	/** The caller gave up the wait, as by cancelling its future. */
	CANCELLED,

	/** The application ends, so that nobody waits any more. */
	SHUT_DOWN,

	/**
	 * The store that all instances share does not answer, and nobody is to be let in
	 * meanwhile.
	 */
	UNAVAILABLE

}
