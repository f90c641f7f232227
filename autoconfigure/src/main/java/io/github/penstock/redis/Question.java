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
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.github.penstock.LimiterStore.StoreUnavailableException;

/**
 * A question that is under way.
 *
 * @param <T> the type of its answer
 */
final class Question<T> extends CompletableFuture<T> implements Deadlines.Timed {

	private final Duration budget;

	private final Consumer<Throwable> outage;

	/**
	 * Create a question.
	 * @param budget how long it may take
	 * @param outage is told if it takes longer
	 */
	Question(Duration budget, Consumer<Throwable> outage) {
		this.budget = budget;
		this.outage = outage;
	}

	@Override
	public void expire() {
		if (isDone()) {
			return;
		}
		StoreUnavailableException failure = new StoreUnavailableException(
				"Redis did not answer within " + this.budget.toMillis() + " ms", null);
		if (completeExceptionally(failure)) {
			this.outage.accept(failure);
		}
	}

	/** Fail with what is wrong: with Redis, or with the question. */
	void fail(Throwable failure) {
		Throwable cause = Outages.unwrap(failure);
		if (!Outages.isOutage(cause)) {
			completeExceptionally(cause);
		}
		else if (completeExceptionally(
				new StoreUnavailableException("Redis does not answer: " + cause.getMessage(), cause))) {
			this.outage.accept(cause);
		}
	}

}
