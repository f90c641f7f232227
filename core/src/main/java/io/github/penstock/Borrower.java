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

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Asks a {@link LimiterStore} for what a line needs, one question at a time: whatever
 * comes while one is under way is part of the next one.
 * <p>
 * Whoever serves the line <i>plans</i> a question at the end of a pass during which
 * nobody came, or of every eighth, while the line is his alone; he <i>asks</i> it
 * afterwards, as the store is foreign code. The answer makes the supply what it is from
 * then on, and has the line served. Who does that <i>hears</i> of it first: until then
 * the question is under way, so that whatever looks at the line sees it before the answer
 * or after it.
 *
 * @param <Q> the question
 * @param <R> the reply
 */
abstract class Borrower<Q, R> {

	final LineLimiter limiter;

	final StoreAccess access;

	final LimiterStore.Supply supply;

	final TimeSource time;

	private final AtomicReference<@Nullable Q> planned = new AtomicReference<>();

	// Only for the thread that serves the line; others look on.
	private volatile boolean asking;

	/** Whether the question that is under way is over, which the line has not heard. */
	private volatile boolean answered;

	/** Whether a call could not wait for the answer, and nobody has heard that yet. */
	private volatile boolean late;

	/** Whether some will not be served in time by what was answered. */
	private volatile boolean anew;

	Borrower(LineLimiter limiter, StoreAccess access) {
		this.limiter = limiter;
		this.access = access;
		this.supply = new LimiterStore.Supply(limiter.name(), limiter.identity().key());
		this.time = limiter.time;
	}

	/** Whether a question is under way, or about to be. */
	final boolean isAsking() {
		return this.asking;
	}

	/** See {@link Supply#hear}. Only for who serves the line. */
	final boolean hear() {
		if (!this.answered) {
			return false;
		}
		boolean anew = this.anew;
		this.answered = false;
		this.asking = false;
		return anew;
	}

	/**
	 * Plan the next question, if there is something to ask. Only for who serves the line.
	 * @param first who is first in line
	 * @return whether there is nothing to ask, and some in line do not know that yet
	 */
	final boolean plan(@Nullable Waiter first) {
		if (this.asking || this.access.isOut()) {
			return false;
		}
		this.limiter.line.beginQuestion();
		Q question = question(first);
		if (question != null) {
			this.planned.set(question);
			this.asking = true;
			return false;
		}
		return knowsWithoutAsking();
	}

	/**
	 * Whether the question that is under way has not been answered when the time of a
	 * waiter is over that it is for, or that has to wait for the next one: the store does
	 * not answer in time. Only for who serves the line.
	 */
	final boolean outlasts(Waiter waiter) {
		if (this.access.isOut()) {
			// What holds then comes into force in a moment, and is for who has waited
			// until now.
			return waiter.graceNanos != 0 && !this.limiter.isInForce();
		}
		// One that could not be sent is nobody's fault.
		if (!this.asking || this.planned.get() != null || waiter.toldNanos != 0
				|| this.limiter.line.isAnswered(waiter)) {
			return false;
		}
		this.late = true;
		return true;
	}

	/** Whether an outage begins in a moment, as an answer is late. */
	final boolean isLate() {
		return this.late;
	}

	/** Ask what was planned. What it throws stops it before anything has happened. */
	final void ask() {
		tell();
		if (this.late) {
			this.access.failed();
			this.late = false;
			this.limiter.line.attendAnew();
		}
		if (!this.asking || this.planned.get() == null) {
			return;
		}
		StackRoom.checkMuch();
		Q question = this.planned.get();
		if (question == null) {
			return;
		}
		Hearing hearing = new Hearing(question, this.time.nanoTime());
		if (!this.planned.compareAndSet(question, null)) {
			return;
		}
		try {
			send(question).whenComplete(hearing);
		}
		catch (Throwable ex) {
			hearing.accept(null, ex);
		}
	}

	/** What to ask now, {@code null} for nothing. */
	abstract @Nullable Q question(@Nullable Waiter first);

	/**
	 * There is nothing to ask: those in line have to wait.
	 * @return whether one hears of that for the first time
	 */
	abstract boolean knowsWithoutAsking();

	abstract CompletionStage<R> send(Q question);

	/**
	 * Put a reply into force.
	 * @param askedAt the clock when it was asked for
	 * @param now the clock
	 * @return whether some will not be served in time now
	 */
	abstract boolean accept(Q question, R reply, long askedAt, long now);

	/** Tell others what has happened, which may be foreign code. By any thread. */
	void tell() {
	}

	/** Nobody knows what has become of a question. */
	abstract void giveUp(Q question);

	/**
	 * Waits for the reply to a question, and hears the first one. It keeps what is thrown
	 * at it to itself, as nobody else could mend it: that is as good as no reply.
	 */
	private final class Hearing implements BiConsumer<@Nullable R, @Nullable Throwable> {

		private final AtomicBoolean over = new AtomicBoolean();

		private final Q question;

		private final long askedAt;

		Hearing(Q question, long askedAt) {
			this.question = question;
			this.askedAt = askedAt;
		}

		@Override
		public void accept(@Nullable R reply, @Nullable Throwable failure) {
			if (!this.over.compareAndSet(false, true)) {
				return;
			}
			Borrower.this.anew = true;
			try {
				if (failure != null || reply == null || !isAccepted(reply)) {
					fail();
				}
			}
			finally {
				Borrower.this.answered = true;
				Borrower.this.limiter.line.attend();
			}
		}

		private boolean isAccepted(R reply) {
			try {
				Borrower.this.anew = Borrower.this.accept(this.question, reply, this.askedAt,
						Borrower.this.time.nanoTime());
				return true;
			}
			catch (Throwable ex) {
				return false;
			}
		}

		private void fail() {
			try {
				giveUp(this.question);
			}
			catch (Throwable ex) {
				// What there is goes back when its time is over.
			}
			finally {
				Borrower.this.access.failed();
			}
		}

	}

}
