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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimiterStore.PermitReply;
import io.github.penstock.LimiterStore.PermitRequest;
import org.jspecify.annotations.Nullable;

/**
 * Has a store lend a bulkhead as many permits as are in use or waited for, and gives back
 * those that are not.
 * <p>
 * <b>Never more than the store knows of.</b> {@code lent} is how many may be in use here,
 * and the limit that {@link SemaphoreLimiter} goes by. It grows when the store has said
 * so, and shrinks before the store hears of it. {@code booked} is what the store has put
 * down, which is more while calls have to end that others want the permits of.
 * <p>
 * <b>A lease.</b> What was lent holds for a time, and again from each question on. Once
 * that time is over without an answer, as in a process that stood still, somebody else
 * may have the permits: those that were out are lost, and nothing is taken of what was
 * lent before.
 */
final class PermitBorrower extends Borrower<PermitRequest, PermitReply> {

	private final SemaphoreLimiter limiter;

	private final AtomicReference<@Nullable Runnable> unwatch = new AtomicReference<>();

	private volatile int lent;

	/**
	 * Whether the limit has changed since: nobody else is let in before the next answer.
	 */
	private volatile boolean outdated;

	/** What is lent holds until then, if anything is. */
	private volatile long validUntil;

	/** Whether less is lent than was wanted, and nothing has changed since. */
	private volatile boolean hungry;

	private volatile boolean woken;

	// Written before a question ends, read before the next one begins.
	private volatile int booked;

	private volatile int wanted;

	/** How many others have, as of the last answer. */
	private volatile int elsewhere;

	/** See {@link StoreAccess#changes}, when that was asked which was answered last. */
	private volatile int changes;

	// Only for the one question that is under way.
	private int changesWhenAsked;

	private final AtomicInteger lost = new AtomicInteger();

	PermitBorrower(SemaphoreLimiter limiter, StoreAccess access) {
		super(limiter, access);
		this.limiter = limiter;
	}

	/** How many permits may be in use here. */
	int lent() {
		return (isUpToDate() && !this.outdated) ? this.lent : 0;
	}

	/**
	 * Whether there was no outage since the last answer. After one, what is in use is put
	 * down anew, whatever the store remembers; nothing is lost before that.
	 */
	private boolean isUpToDate() {
		return this.changes == this.access.changes();
	}

	/** How many permits others have; nobody knows where none was asked for. */
	int elsewhere() {
		return (isIdle() || this.access.isOut()) ? 0 : this.elsewhere;
	}

	/** Whether a permit that is taken now is one that others do not have. */
	boolean isValid(long now) {
		return this.booked == 0 || now - this.validUntil < 0 || !isUpToDate();
	}

	/** Whether the store has lent less than there is use for. */
	boolean isShort() {
		return this.hungry;
	}

	/** Whether a call that may not wait gets no permit. */
	boolean isHopeless(Waiter waiter) {
		return waiter.timeoutNanos <= 0 && !isAsking() && (waiter.asked || this.access.isOut());
	}

	/** Whether the store has nothing put down for this, and is not asked. */
	boolean isIdle() {
		return this.booked == 0 && this.wanted == 0 && !isAsking();
	}

	/** There are more permits over all, or fewer. */
	void valuesChanged() {
		this.outdated = true;
		this.hungry = false;
		this.woken = true;
	}

	/** Ask at the next opportunity, whatever there is to ask. By any thread. */
	private void wake() {
		this.woken = true;
		this.limiter.line.attend();
	}

	@Override
	@Nullable PermitRequest question(@Nullable Waiter first) {
		checkLease();
		int max = this.limiter.spec().max();
		int want = (int) Math.min(max, (long) this.limiter.inUse() + this.limiter.line.waiting());
		int lent = lent();
		if (want < lent) {
			lent = want;
			this.lent = lent;
			this.limiter.putInForce();
		}
		// Until the answer comes others may take up to what is lent, and no more.
		int keep = Math.max(lent, this.limiter.inUse());
		want = Math.max(want, keep);
		// It has put down less than there is if it has forgotten, or some went in beyond.
		boolean asks = this.woken || (want > lent && !this.hungry) || this.booked != keep
				|| (this.wanted > want && want <= this.booked);
		if (!asks || (want == 0 && this.booked == 0 && this.wanted == 0)) {
			return null;
		}
		this.woken = false;
		this.limiter.line.markAllAsked();
		return new PermitRequest(this.supply, max, keep, want, this.booked != 0 && isUpToDate());
	}

	/** Give up what was lent for a time that is over. */
	private void checkLease() {
		if (!isValid(this.time.nanoTime())) {
			loseAll();
		}
	}

	private void loseAll() {
		this.lent = 0;
		this.booked = 0;
		this.limiter.putInForce();
		this.lost.addAndGet(this.limiter.lose());
	}

	@Override
	void tell() {
		int lost = (this.lost.get() != 0) ? this.lost.getAndSet(0) : 0;
		if (lost != 0) {
			this.limiter.tellOfLoss(lost);
		}
	}

	/** As many are lent as there are, or as others leave. */
	@Override
	boolean knowsWithoutAsking() {
		return this.limiter.line.markAllAsked();
	}

	@Override
	CompletionStage<PermitReply> send(PermitRequest request) {
		if (this.unwatch.get() == null) {
			// Nobody else does so: the question before this one is over.
			this.unwatch.set(this.access.store().watch(this.supply, this::wake));
		}
		this.changesWhenAsked = this.access.changes();
		return this.access.store().permits(request);
	}

	@Override
	boolean accept(PermitRequest request, PermitReply reply, long askedAt, long now) {
		if (reply.lost() && now - this.validUntil >= 0) {
			loseAll();
		}
		this.validUntil = askedAt + reply.validNanos();
		this.booked = reply.booked();
		this.elsewhere = reply.inUse() - reply.booked();
		this.wanted = request.want();
		this.hungry = reply.lent() < request.want();
		this.lent = reply.lent();
		this.outdated = false;
		// Read after that: whoever lowers it says so afterwards.
		if (request.max() > this.limiter.max()) {
			this.outdated = true;
		}
		this.changes = this.changesWhenAsked;
		this.limiter.putInForce();
		if (reply.booked() == 0 && request.want() == 0) {
			unwatch();
		}
		return true;
	}

	private void unwatch() {
		Runnable unwatch = this.unwatch.getAndSet(null);
		if (unwatch != null) {
			unwatch.run();
		}
	}

	@Override
	void giveUp(PermitRequest request) {
		this.hungry = false;
		checkLease();
		// It is watched again with the next question, if there is one.
		unwatch();
	}

	/** An outage has begun or ended. */
	void outageChanged() {
		this.woken = true;
		this.limiter.putInForce();
		this.limiter.line.attendAnew();
	}

}
