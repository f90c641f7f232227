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

package io.github.penstock.work;

/**
 * Takes along what belongs to the calling thread: logging, security and tracing contexts,
 * say. With Spring Boot and Micrometer's context propagation on the class path there is
 * one that takes along all that it knows.
 */
@FunctionalInterface
public interface ContextCapture {

	/**
	 * Take what belongs to the current thread. Called once for each call of the queue, on
	 * the thread of the caller.
	 * @return what was taken
	 */
	Captured capture();

	/**
	 * Return a capture that takes nothing.
	 * @return the capture
	 */
	static ContextCapture none() {
		return () -> () -> () -> {
		};
	}

	/**
	 * What was taken from a thread.
	 */
	@FunctionalInterface
	interface Captured {

		/**
		 * Give it to the current thread. Called before each item, also by several threads
		 * at a time; if it throws, the item has failed.
		 * @return what takes it away again after the item, on the same thread
		 */
		Scope restore();

	}

	/**
	 * The time in which a thread has a captured context.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/**
		 * Give the thread back what it had before.
		 */
		@Override
		void close();

	}

}
