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
 * Hears how far a call of the queue is: when it begins, after each item, and when it has
 * ended, however it ended.
 */
@FunctionalInterface
public interface ProgressListener {

	/**
	 * Called by the threads that process items, never by two at a time for one call of
	 * the queue. Items that end while it runs are told together, and it is best brief:
	 * the thread that is here processes nothing meanwhile. What it throws is ignored.
	 * @param progress how far the call is
	 */
	void onProgress(Progress progress);

}
