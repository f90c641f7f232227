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

package io.github.penstock.redis;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts questions, and knows how long answers take.
 */
final class Answers {

	/** What one answer weighs among all before it: an eighth. */
	private static final int WEIGHT = 3;

	private final LongAdder questions = new LongAdder();

	private final LongAdder failures = new LongAdder();

	private final LongAdder refused = new LongAdder();

	private final LongAdder nanos = new LongAdder();

	/** Written by several threads, each of which may overwrite another's. */
	private volatile long recentNanos;

	void sent() {
		this.questions.increment();
	}

	void answered(long nanos) {
		this.nanos.add(nanos);
		long recent = this.recentNanos;
		this.recentNanos = (recent != 0) ? recent + ((nanos - recent) >> WEIGHT) : nanos;
	}

	void failed() {
		this.failures.increment();
	}

	void refused() {
		this.refused.increment();
	}

	long questions() {
		return this.questions.sum();
	}

	long failures() {
		return this.failures.sum();
	}

	long refusals() {
		return this.refused.sum();
	}

	Duration total() {
		return Duration.ofNanos(this.nanos.sum());
	}

	long recentNanos() {
		return this.recentNanos;
	}

}
