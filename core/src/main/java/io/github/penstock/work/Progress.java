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
 * How far a call of the queue is. Each item that was read is either running, or waiting
 * for its permit or token, or done, or failed, or was cancelled.
 *
 * @param done how many items have a result
 * @param failed how many items have failed
 * @param running how many items are being processed
 * @param total how many items there are, {@link #UNKNOWN} if the input does not tell
 * @param ended whether the call has ended, so that this is the last to be heard of it
 */
public record Progress(long done, long failed, int running, long total, boolean ended) {

	/** The total of an input that does not tell its size. */
	public static final long UNKNOWN = -1;

}
