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

import java.util.List;

/**
 * The keys of a limiter that have a supply of their own now.
 *
 * @param known how many there are
 * @param overflowed how many calls came with a key that was not known when as many were
 * known as may be, and shared one supply
 * @param busiest those that were let in most often since they are known, most first
 * @param mostRefused those that were refused most often since they are known, most first
 */
public record LimiterKeys(int known, long overflowed, List<Key> busiest, List<Key> mostRefused) {

	/**
	 * Copy the lists.
	 */
	public LimiterKeys {
		busiest = List.copyOf(busiest);
		mostRefused = List.copyOf(mostRefused);
	}

	/**
	 * One key.
	 *
	 * @param hash the beginning of its SHA-256 hash, as refusals and endpoints show it
	 * @param value the key as text: not for everybody's eyes
	 * @param granted the calls that were let in since the key is known
	 * @param refused the calls that were not
	 * @param available the tokens or permits that there are for it now
	 */
	public record Key(String hash, String value, long granted, long refused, long available) {
	}

}
