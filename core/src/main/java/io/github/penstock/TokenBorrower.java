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

import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Fills the {@link Stock} of a rate limiter with what its line needs, and brings back
 * what it does not need any more.
 * <p>
 * Each waiter is asked for once, with what it wants and how long it can still wait; the
 * store lends that with the moment from which it is good, or says how long it would have
 * taken. The line is served from the stock in its own order, so that those who stand
 * behind one that leaves move up, and it is the tokens of the last moments that go back.
 */
final class TokenBorrower extends Borrower<TokenBorrower.Question, TokenReply> {

	private static final int MOST_WANTED = 10_000;

	private final TokenBucketLimiter limiter;

	private volatile boolean laterPlanned;

	/**
	 * How much more the store's clock said than ours, or a little less; nothing is known
	 * before the first reply.
	 */
	private volatile @Nullable Long ahead;

	TokenBorrower(TokenBucketLimiter limiter, StoreAccess access) {
		super(limiter, access);
		this.limiter = limiter;
	}

	@Override
	@Nullable Question question(@Nullable Waiter first) {
		Stock stock = this.limiter.stock();
		if (stock == null) {
			return null;
		}
		long now = this.time.nanoTime();
		long lent = stock.lent();
		boolean enough = this.limiter.line.wanted() <= lent;
		long needed = enough ? this.limiter.line.wanted() : 0;
		List<Waiter> waiters = new ArrayList<>();
		List<Wanted> wanted = new ArrayList<>();
		for (Waiter waiter = enough ? null : first; waiter != null
				&& wanted.size() < MOST_WANTED; waiter = waiter.behind) {
			if (!waiter.isWaiting() || waiter.tokens > stock.burst) {
				continue;
			}
			if (needed + waiter.tokens <= lent) {
				needed += waiter.tokens;
			}
			else if (waiter.toldNanos == 0) {
				// The later ones are not to have what was lent for the earlier.
				lent = needed;
				waiters.add(waiter);
				wanted.add(new Wanted(waiter.tokens, Math.max(0, waiter.timeoutNanos - (now - waiter.arrivedAt))));
			}
		}
		List<Returned> returned = new ArrayList<>();
		long keptNanos = keptNanos();
		Long ahead = this.ahead;
		for (Stock.Lot lot : stock.takeSurplus(needed, now - keptNanos)) {
			// A store that has never answered has lent nothing.
			if (ahead != null) {
				returned.add(new Returned(lot.tokens(), lot.fullAt() - now, lot.serial()));
			}
		}
		long charged = stock.takeCharged();
		if (returned.isEmpty() && wanted.isEmpty() && charged == 0) {
			lookAgain(stock, now, keptNanos);
			return null;
		}
		waiters.forEach(this.limiter.line::markAsked);
		long askedAt = (ahead != null) ? now + ahead : 0;
		return new Question(new TokenRequest(this.supply, stock.spec, charged, returned, askedAt, wanted), waiters);
	}

	/**
	 * How long tokens stay that were put back: a call that needs the tokens of several
	 * shared limiters has those of one while it asks for those of two others.
	 */
	private long keptNanos() {
		return 2 * Math.min(this.access.budgetNanos(), Long.MAX_VALUE / 4);
	}

	/** Bring back what stays for a moment, when that is over. */
	private void lookAgain(Stock stock, long now, long keptNanos) {
		Long putBack = stock.firstPutBack();
		if (putBack == null || this.laterPlanned) {
			return;
		}
		boolean planned = false;
		try {
			this.laterPlanned = true;
			this.time.schedule(() -> {
				this.laterPlanned = false;
				this.limiter.line.attend();
			}, Math.max(0, putBack + keptNanos - now));
			planned = true;
		}
		finally {
			if (!planned) {
				this.laterPlanned = false;
			}
		}
	}

	/** Each of them was asked for by itself. */
	@Override
	boolean knowsWithoutAsking() {
		return false;
	}

	@Override
	CompletionStage<TokenReply> send(Question question) {
		return this.access.store().tokens(question.request());
	}

	@Override
	boolean accept(Question question, TokenReply reply, long askedAt, long now) {
		LinkedList<Stock.Lot> lots = new LinkedList<>();
		RateLimiterSpec rate = question.request().rate();
		// Who was refused by another rate than that which holds now is asked for again.
		Stock stock = this.limiter.stock();
		boolean holds = stock != null && stock.isOfRate(rate);
		// Less, as the answer was under way: what goes back is worth so much less.
		this.ahead = reply.answeredAt() - now;
		// Early, as what runs over makes no tokens and who is refused is refused rightly.
		long fullAt = askedAt + reply.fullInNanos();
		long fullAfter = fullAt;
		// From the last one on: without those behind it, the bucket would be full
		// earlier.
		for (int i = question.waiters().size() - 1; i >= 0; i--) {
			Waiter waiter = question.waiters().get(i);
			long wait = reply.waits().get(i);
			if (wait >= 0) {
				// Late, so that no token is used before it is there.
				lots.addFirst(new Stock.Lot(now + wait, waiter.tokens, fullAfter, reply.serial(), null));
				fullAfter -= (stock != null) ? stock.nanosOf(waiter.tokens) + 1 : 0;
			}
			else if (holds) {
				waiter.toldNanos = (wait == Long.MIN_VALUE) ? Supply.NEVER
						: Math.max(1, now - 1 - wait - waiter.arrivedAt);
			}
		}
		this.limiter.receive(lots, fullAt, rate, now);
		return lots.size() != question.waiters().size() || rate.maxWaiting() != Integer.MAX_VALUE;
	}

	/** What was to be charged is charged, if need be twice: too much is no harm. */
	@Override
	void giveUp(Question question) {
		if (question.request().charged() > 0) {
			this.limiter.tryCharge(question.request().charged());
		}
	}

	/**
	 * A request, and who it is for.
	 *
	 * @param request what to ask
	 * @param waiters who wants what, in the order of {@link TokenRequest#wanted}
	 */
	record Question(TokenRequest request, List<Waiter> waiters) {
	}

}
