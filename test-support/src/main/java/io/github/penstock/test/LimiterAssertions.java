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

package io.github.penstock.test;

import io.github.penstock.Limiter;
import org.jspecify.annotations.Nullable;

/**
 * Entry point of assertions on limiters, to be imported statically.
 */
public final class LimiterAssertions {

	private LimiterAssertions() {
	}

	/**
	 * Begin assertions on a limiter.
	 * @param actual the limiter
	 * @return the assertions
	 */
	public static LimiterAssert assertThat(@Nullable Limiter actual) {
		return new LimiterAssert(actual);
	}

}
