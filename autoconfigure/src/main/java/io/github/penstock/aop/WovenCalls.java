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

package io.github.penstock.aop;

import java.util.Arrays;

import io.github.penstock.Limits;
import org.jspecify.annotations.Nullable;

/**
 * The woven calls that the current thread is in, outermost first: for each one its limits
 * and what it entered them with, both {@code null} if it has none. Advice before a body
 * and advice after it share no variable, and what one has entered with, the other needs.
 * <p>
 * An array of how many they are and of the array that they stand in: while no call runs,
 * there is nothing but types of the JDK in it, so that an idle pool thread keeps nothing
 * of ours.
 */
final class WovenCalls {

	private static final ThreadLocal<Object[]> OPEN = ThreadLocal
		.withInitial(() -> new Object[] { new int[1], new Object[8] });

	private WovenCalls() {
	}

	/** The calls of the current thread, with room for one more. */
	static Object[] current() {
		Object[] open = OPEN.get();
		Object[] calls = (Object[]) open[1];
		if (2 * ((int[]) open[0])[0] == calls.length) {
			open[1] = Arrays.copyOf(calls, 2 * calls.length);
		}
		return open;
	}

	/** Leave the innermost call. */
	static void exit() {
		Object[] open = OPEN.get();
		int last = 2 * --((int[]) open[0])[0];
		@Nullable Object[] calls = (@Nullable Object[]) open[1];
		Limits limits = (Limits) calls[last];
		if (limits != null) {
			calls[last] = null;
			limits.exit(calls[last + 1]);
		}
	}

}
