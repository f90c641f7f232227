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

import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other that would otherwise call each other: an executor that
 * runs its tasks on the spot may give the permit back, which tells the next waiter, and
 * so on to the end of the stack.
 */
final class Trampoline {

	private static final ThreadLocal<@Nullable Queue<Runnable>> RUNNING = new ThreadLocal<>();

	private Trampoline() {
	}

	/** Run the task now, or as soon as those that run on this thread have ended. */
	static void run(Runnable task) {
		Queue<Runnable> running = RUNNING.get();
		if (running != null) {
			running.add(task);
			return;
		}
		Queue<Runnable> queue = new ArrayDeque<>();
		RUNNING.set(queue);
		try {
			for (Runnable next = task; next != null; next = queue.poll()) {
				next.run();
			}
		}
		finally {
			RUNNING.remove();
		}
	}

}
