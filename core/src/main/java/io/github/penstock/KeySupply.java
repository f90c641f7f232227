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
 * What one key of a limiter has: nothing that it shares with other keys is in here.
 */
abstract class KeySupply {

	/**
	 * Be of no use any more, if to forget the key changes nothing: nobody finds out
	 * whether the next call got this supply or a new one.
	 * @param now the clock
	 * @return whether it is of no use any more
	 */
	abstract boolean retire(long now);

	/** Calls that were let in since the key is known. */
	abstract long granted();

	/** Count {@link #granted} elsewhere from now on: nothing is counted twice. */
	abstract long takeGranted();

	/** Calls that were refused since the key is known. */
	abstract long refused();

	/** What could be taken now. */
	abstract long available(long now);

}
