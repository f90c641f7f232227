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

import org.jspecify.annotations.Nullable;

/**
 * What a limiter is known by, and what it has in common with the supplies of its keys.
 *
 * @param name the name
 * @param key whose supply it is, {@code null} if it is everybody's
 * @param time the time that it lives in
 * @param counters what counts for it
 * @param access the store that it borrows from, {@code null} if it has its own supply
 */
record Identity(String name, @Nullable Object key, TimeSource time, LimiterCounters counters,
		@Nullable StoreAccess access) {

	Identity(String name, TimeSource time, @Nullable StoreAccess access) {
		this(name, null, time, new LimiterCounters(), access);
	}

	Identity of(Object key) {
		return new Identity(this.name, key, this.time, this.counters, this.access);
	}

}
