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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Limits;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
import io.github.penstock.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The way of one request through the rules that it matches: it is let in by all of them
 * or takes nothing; and when its response is there, what that decides is settled.
 */
final class RequestPass {

	private static final Runnable NOTHING = () -> {
	};

	private final IncomingRequest request;

	private final List<RequestRule> rules;

	private final boolean undoable;

	/** Of the rules of which the response decides whether a token was taken. */
	private final List<Charge> charges = new ArrayList<>();

	private final AtomicBoolean ended = new AtomicBoolean();

	private volatile Limits limits = Limits.NONE;

	/**
	 * Create a way.
	 * @param rules the rules, at least one
	 * @param undoable whether a rule that is asked later may have all that is taken here
	 * come back
	 */
	RequestPass(List<RequestRule> rules, IncomingRequest request, boolean undoable) {
		// In the order of the limiters, so that no two requests wait for each other.
		this.rules = (rules.size() == 1) ? rules
				: rules.stream().sorted(Comparator.comparing(RequestRule::bulkhead)).toList();
		this.request = request;
		this.undoable = undoable;
		for (RequestRule rule : rules) {
			// Also where it is needed later: another thread may not know who calls.
			rule.keyOf(request);
			Outcomes outcomes = rule.outcomes();
			if (outcomes != null) {
				Charge charge = chargeOf(rule);
				if (charge == null) {
					charge = new Charge(outcomes, rule.keyOf(request), rule.tokens(request));
					this.charges.add(charge);
				}
				charge.rules.add(rule);
			}
		}
		this.charges.sort(Comparator.comparing((charge) -> charge.tokens.name()));
	}

	/** Whether something is left to do when the response is there. */
	boolean isDecidedLater() {
		return this.undoable || !this.charges.isEmpty();
	}

	/** Ask to be let in. To complete the future from outside leaves the line. */
	CompletableFuture<Permit> admit() {
		if (this.charges.isEmpty()) {
			return acquire();
		}
		Admission admission = new Admission();
		admission.start();
		return admission;
	}

	private CompletableFuture<Permit> acquire() {
		List<Limits> all = new ArrayList<>(this.rules.size());
		for (int i = 0; i < this.rules.size(); i++) {
			all.add(limitsOf(this.rules.get(i), i));
		}
		Limits limits = Limits.allOf(all);
		this.limits = limits;
		return limits.acquireAsync(null);
	}

	private Limits limitsOf(RequestRule rule, int index) {
		Limits own = rule.limits(this.request, this.undoable);
		boolean hasToken = isLetIn(rule) || isTaken(rule, index, RequestRule::takesSameTokens);
		Limits open = hasToken ? own.withoutTokens() : own;
		return isTaken(rule, index, RequestRule::takesSamePermits) ? open.withoutPermits() : open;
	}

	/** Whether a rule before takes the same: a request is one request. */
	private boolean isTaken(RequestRule rule, int index, Same same) {
		for (int i = 0; i < index; i++) {
			if (same.test(rule, this.rules.get(i), this.request)) {
				return true;
			}
		}
		return false;
	}

	private boolean isLetIn(RequestRule rule) {
		for (Charge charge : this.charges) {
			if (charge.rules.contains(rule)) {
				return charge.letIn;
			}
		}
		return false;
	}

	private @Nullable Charge chargeOf(RequestRule rule) {
		for (Charge charge : this.charges) {
			if (rule.takesSameTokens(charge.rules.get(0), this.request)) {
				return charge;
			}
		}
		return null;
	}

	/**
	 * The response is there, or there will be none. Does nothing when called again.
	 */
	void end() {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		this.limits.settle(null, null);
		this.charges.forEach(Charge::end);
	}

	/** Whether two rules take the same. */
	private interface Same {

		boolean test(RequestRule rule, RequestRule other, IncomingRequest request);

	}

	/**
	 * What the response decides for one rule, or several that take the same token.
	 */
	private final class Charge {

		private final List<RequestRule> rules = new ArrayList<>(1);

		private final Outcomes outcomes;

		private final Object key;

		private final RateLimiter tokens;

		private boolean letIn;

		private boolean paid;

		Charge(Outcomes outcomes, Object key, RateLimiter tokens) {
			this.outcomes = outcomes;
			this.key = key;
			this.tokens = tokens;
		}

		void end() {
			if (this.letIn) {
				this.letIn = false;
				this.outcomes.decided(this.key, this.tokens,
						this.rules.stream().anyMatch((rule) -> rule.isCharged(RequestPass.this.request)));
			}
			else if (this.paid) {
				this.paid = false;
				this.outcomes.decidedPaid(this.key, this.tokens);
			}
		}

		void pay() {
			if (!this.letIn) {
				this.outcomes.beginPaid(this.key);
				this.paid = true;
			}
		}

		/** It was let in by this rule, and not by another. */
		void undo() {
			if (this.letIn) {
				this.letIn = false;
				this.outcomes.decided(this.key, this.tokens, false);
			}
		}

	}

	/**
	 * Waits for the outcome of other requests, then for what all requests wait for.
	 */
	private final class Admission extends CompletableFuture<Permit> {

		/** How to leave what it waits for. */
		private final AtomicReference<Runnable> leave = new AtomicReference<>(NOTHING);

		void start() {
			whenComplete((permit, failure) -> {
				if (failure != null) {
					this.leave.get().run();
				}
			});
			await(0);
		}

		private void await(int index) {
			try {
				if (index == RequestPass.this.charges.size()) {
					take();
				}
				else {
					await(index, RequestPass.this.charges.get(index));
				}
			}
			catch (Throwable ex) {
				fail(ex);
			}
		}

		private void await(int index, Charge charge) {
			Outcomes.Turn turn = charge.outcomes.begin(charge.key, charge.tokens);
			if (turn.isDone()) {
				goOn(index, charge, turn.join());
				return;
			}
			Runnable stop = TimeSource.system()
				.schedule(
						() -> Limits.executor().execute(() -> charge.outcomes.giveUp(charge.key, charge.tokens, turn)),
						charge.rules.get(0).patienceNanos());
			waitFor(() -> charge.outcomes.leave(charge.key, turn));
			turn.whenComplete((way, left) -> {
				stop.run();
				this.leave.set(NOTHING);
				if (way == Outcomes.Way.LET_IN && isDone()) {
					charge.outcomes.decided(charge.key, charge.tokens, false);
					undo();
				}
				else if (left == null) {
					try {
						goOn(index, charge, way);
					}
					catch (Throwable ex) {
						fail(ex);
					}
				}
				else {
					undo();
				}
			});
		}

		private void goOn(int index, Charge charge, Outcomes.Way way) {
			switch (way) {
				case LINE_FULL -> fail(Limits.refusal(charge.tokens, RefusalReason.LINE_FULL, Duration.ZERO));
				case TIMED_OUT -> fail(Limits.refusal(charge.tokens, RefusalReason.TIMED_OUT,
						Duration.ofNanos(charge.rules.get(0).patienceNanos())));
				default -> {
					charge.letIn = way == Outcomes.Way.LET_IN;
					await(index + 1);
				}
			}
		}

		private void take() {
			CompletableFuture<Permit> acquired = acquire();
			waitFor(() -> acquired.cancel(false));
			acquired.whenComplete((permit, refusal) -> {
				this.leave.set(NOTHING);
				if (permit == null) {
					fail(refusal);
				}
				else {
					taken(permit);
				}
			});
		}

		private void taken(Permit permit) {
			RequestPass.this.charges.forEach(Charge::pay);
			if (!complete(permit)) {
				RequestPass.this.request.refuseLater();
				end();
				permit.close();
			}
		}

		private void waitFor(Runnable leave) {
			this.leave.set(leave);
			if (isDone()) {
				leave.run();
			}
		}

		private void undo() {
			RequestPass.this.charges.forEach(Charge::undo);
		}

		private void fail(@Nullable Throwable failure) {
			undo();
			Throwable cause = (failure instanceof CompletionException && failure.getCause() != null)
					? failure.getCause() : failure;
			completeExceptionally((cause != null) ? cause : new IllegalStateException("No permit"));
		}

	}

}
