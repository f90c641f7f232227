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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.penstock.LimiterStore.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Redis: each question is answered in time or fails, one that fails for anything but
 * its own fault begins an outage, and while there is one nothing is asked.
 */
final class Questions {

	/** The first answer takes as long as it takes to load what reads it. */
	private static final long BEGINNING_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final long created = System.nanoTime();

	private final Answers answers = new Answers();

	private final Duration budget;

	private final Deadlines deadlines;

	private final Link link;

	private final Breaker breaker;

	private volatile boolean answered;

	private volatile boolean closed;

	Questions(Duration budget, Deadlines deadlines, Link link, Breaker breaker) {
		this.budget = budget;
		this.deadlines = deadlines;
		this.link = link;
		this.breaker = breaker;
	}

	Answers answers() {
		return this.answers;
	}

	/** One question that is one call. */
	<T> CompletionStage<T> ask(String name, LuaScript script, Function<List<Object>, T> reply, String... arguments) {
		StoreUnavailableException refusal = refusal();
		if (refusal != null) {
			return refused(refusal);
		}
		Question<T> question = begin(name);
		run(question, script, name, arguments).whenComplete((answer, failure) -> {
			if (failure != null) {
				question.fail(failure);
			}
			else if (!question.isDone()) {
				try {
					question.complete(reply.apply(answer));
				}
				catch (RuntimeException ex) {
					question.completeExceptionally(ex);
				}
			}
		});
		return question;
	}

	/** Why nothing is asked now, {@code null} if it is. */
	@Nullable StoreUnavailableException refusal() {
		return this.closed ? new StoreUnavailableException("The store is closed", null) : this.breaker.refusal();
	}

	<T> CompletionStage<T> refused(StoreUnavailableException refusal) {
		this.answers.refused();
		return CompletableFuture.failedFuture(refusal);
	}

	/** Begin a question, whose time runs from now on. */
	<T> Question<T> begin(String name) {
		Question<T> question = new Question<>(this.budget, (failure) -> {
			this.answers.failed();
			failed(name, failure);
		});
		this.deadlines.add(question);
		return question;
	}

	/** Take note that something was not answered. */
	void failed(String name, Throwable failure) {
		boolean begins = failure instanceof StoreUnavailableException && !this.answered
				&& System.nanoTime() - this.created < BEGINNING_NANOS;
		if (!this.closed && !begins) {
			this.breaker.failed(name, failure);
		}
	}

	/** Run a script for a question. */
	CompletionStage<List<Object>> run(Question<?> question, LuaScript script, String name, String... arguments) {
		this.answers.sent();
		long asked = System.nanoTime();
		return this.link.run(script, name, arguments).whenComplete((answer, failure) -> {
			this.answered |= failure == null;
			if (failure == null && !question.isDone()) {
				this.answers.answered(System.nanoTime() - asked);
			}
		});
	}

	/** Tell Redis something of which nobody awaits an answer. */
	void tell(LuaScript script, String name, String... arguments) {
		this.link.run(script, name, arguments);
	}

	/** Refuse all questions from now on. */
	void close() {
		this.closed = true;
	}

}
