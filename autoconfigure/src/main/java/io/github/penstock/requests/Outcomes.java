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

package io.github.penstock.requests;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.github.penstock.LimiterSpec;
import io.github.penstock.Limits;
import io.github.penstock.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a rule whose responses decide whether they have cost a token, and those
 * that wait for that.
 * <p>
 * Of each key no more requests are undecided at a time than there are tokens: so the
 * limit holds however many come at once, and no token is taken but for a response that
 * costs one. A request for which there is no token, but which may be let in when others
 * turn out to cost nothing, waits for their outcome, first come, first served. When none
 * is undecided any more there is nothing to hope for, and the limiter itself refuses it,
 * or has it wait for the clock.
 * <p>
 * A key is known here as long as a request of it is undecided.
 */
final class Outcomes {

	private final Map<Object, Undecided> byKey = new ConcurrentHashMap<>();

	/**
	 * Begin a request.
	 * @param key whose tokens it may cost
	 * @param tokens the limiter of that key
	 * @return when it is decided how the request goes on, at once if it need not wait
	 */
	Turn begin(Object key, RateLimiter tokens) {
		Turn turn = new Turn();
		this.byKey.compute(key, (same, found) -> {
			Undecided undecided = (found != null) ? found : new Undecided();
			if (undecided.waiting.isEmpty() && undecided.hasRoom(tokens)) {
				undecided.free++;
				turn.complete(Way.LET_IN);
			}
			else if (undecided.isEmpty() || tokens.spec().enforce() != LimiterSpec.ENFORCED) {
				turn.complete(Way.TO_LIMITER);
			}
			else if (undecided.waiting.size() >= tokens.spec().maxWaiting()) {
				turn.complete(Way.LINE_FULL);
			}
			else {
				undecided.waiting.addLast(turn);
			}
			return undecided.orNull();
		});
		return turn;
	}

	/** A request that was let in has its outcome. */
	void decided(Object key, RateLimiter tokens, boolean charged) {
		if (charged) {
			tokens.charge(1);
		}
		follow(key, tokens, (undecided) -> undecided.free--);
	}

	/** A request begins that has taken its token from the limiter. */
	void beginPaid(Object key) {
		this.byKey.compute(key, (same, found) -> {
			Undecided undecided = (found != null) ? found : new Undecided();
			undecided.paid++;
			return undecided;
		});
	}

	/**
	 * A request that had taken its token has its outcome, and the token if that is so.
	 */
	void decidedPaid(Object key, RateLimiter tokens) {
		follow(key, tokens, (undecided) -> undecided.paid--);
	}

	/**
	 * A request has waited long enough. The tokens that the limiter has are those of the
	 * undecided, unless it has got more meanwhile.
	 */
	void giveUp(Object key, RateLimiter tokens, Turn turn) {
		List<Way> ways = new ArrayList<>(1);
		this.byKey.computeIfPresent(key, (same, undecided) -> {
			if (undecided.waiting.remove(turn)) {
				boolean room = undecided.hasRoom(tokens);
				undecided.free += room ? 1 : 0;
				boolean enforced = tokens.spec().enforce() == LimiterSpec.ENFORCED;
				ways.add(room ? Way.LET_IN : enforced ? Way.TIMED_OUT : Way.TO_LIMITER);
			}
			return undecided.orNull();
		});
		for (Way way : ways) {
			if (!turn.complete(way) && way == Way.LET_IN) {
				decided(key, tokens, false);
			}
		}
	}

	/** A request is not there any more. What was decided already, it hears. */
	void leave(Object key, Turn turn) {
		if (turn.cancel(false)) {
			remove(key, turn);
		}
	}

	private void remove(Object key, Turn turn) {
		this.byKey.computeIfPresent(key, (same, undecided) -> {
			undecided.waiting.remove(turn);
			return undecided;
		});
	}

	/**
	 * Do a step of an undecided request, and tell those for whom that makes a difference.
	 */
	private void follow(Object key, RateLimiter tokens, Step step) {
		List<Turn> letIn = new ArrayList<>();
		List<Turn> hopeless = new ArrayList<>();
		this.byKey.computeIfPresent(key, (same, undecided) -> {
			step.on(undecided);
			while (!undecided.waiting.isEmpty() && undecided.hasRoom(tokens)) {
				undecided.free++;
				letIn.add(undecided.waiting.removeFirst());
			}
			if (undecided.isEmpty()) {
				hopeless.addAll(undecided.waiting);
				undecided.waiting.clear();
			}
			return undecided.orNull();
		});
		letIn.forEach((turn) -> tell(turn, Way.LET_IN, () -> decided(key, tokens, false)));
		hopeless.forEach((turn) -> tell(turn, Way.TO_LIMITER, () -> {
		}));
	}

	/**
	 * On a thread of its own: it goes on from there, and not on that of another request.
	 */
	private static void tell(Turn turn, Way way, Runnable gone) {
		Runnable tell = () -> {
			if (!turn.complete(way)) {
				gone.run();
			}
		};
		try {
			Limits.executor().execute(tell);
		}
		catch (Throwable ex) {
			tell.run();
		}
	}

	/** How many keys have undecided requests. */
	int keys() {
		return this.byKey.size();
	}

	/**
	 * Tells how the request goes on.
	 */
	static final class Turn extends CompletableFuture<Way> {

	}

	/** How a request goes on. */
	enum Way {

		/** It has no token and may need one. */
		LET_IN,

		/** Nobody else may need the tokens: the limiter itself decides. */
		TO_LIMITER,

		/** What tokens there are is kept for others, who are still undecided. */
		TIMED_OUT,

		/** As many as may wait do so. */
		LINE_FULL

	}

	private interface Step {

		void on(Undecided undecided);

	}

	/** The requests of a key. Guarded by its entry. */
	private static final class Undecided {

		private final Deque<Turn> waiting = new ArrayDeque<>();

		/** Those that have no token yet and may need one. */
		private int free;

		/** Those that have a token which may come back. */
		private int paid;

		boolean hasRoom(RateLimiter tokens) {
			return tokens.available() > this.free;
		}

		boolean isEmpty() {
			return this.free == 0 && this.paid == 0;
		}

		@Nullable Undecided orNull() {
			return (isEmpty() && this.waiting.isEmpty()) ? null : this;
		}

	}

}
