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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Tokens that a {@link LimiterStore} has lent, each of which is good from a moment on,
 * and what is known of the bucket that they come from.
 * <p>
 * A stock makes no tokens. It has those that were asked for by name of who waits, so that
 * it is empty as long as nobody does; who leaves the line leaves them to the next, and
 * what is not needed any more goes back (see {@link TokenBorrower}).
 * <p>
 * <b>What is known of the bucket</b> is when it will be full. Others only make that
 * later, apart from what they put back; so a wait that is too long by it is too long.
 * <p>
 * Immutable {@link Lots} in one field, which a compare-and-set replaces.
 */
final class Stock extends Tokens {

	/** A bucket of days is asked about again all the same. */
	private static final long REPEATED_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final VarHandle LOTS;

	static {
		try {
			LOTS = MethodHandles.lookup().findVarHandle(Stock.class, "lots", Lots.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final TokenBucket.Scale scale;

	/** Calls that were let in since the first predecessor was made. */
	private final AtomicLong granted;

	/** Tokens that are to be taken at the store whether they are there or not. */
	private final AtomicLong charged;

	private volatile Lots lots;

	/**
	 * The clock when the bucket will be full; nothing is known before the first reply.
	 */
	private volatile @Nullable Long fullAt;

	/** The clock when that was known. */
	private volatile long knownAt;

	Stock(RateLimiterSpec spec, long granted) {
		this(spec, Lots.NONE, new AtomicLong(granted), new AtomicLong());
	}

	private Stock(RateLimiterSpec spec, Lots lots, AtomicLong granted, AtomicLong charged) {
		super(spec);
		this.scale = TokenBucket.Scale.of(spec.limit(), spec.per(), spec.capacity());
		this.granted = granted;
		this.charged = charged;
		this.lots = lots;
	}

	/**
	 * Nothing, as nobody has asked the store yet. No {@code Stock} by its type, so that
	 * who makes one where it is needed does not have the class loaded where it is not.
	 * @param granted calls that were let in before
	 */
	static Tokens empty(RateLimiterSpec spec, long granted) {
		return new Stock(spec, granted);
	}

	/** Put tokens in that the store has lent; false if there is a successor. */
	boolean add(List<Lot> more) {
		return update((lots) -> lots.with(more));
	}

	/** The same of tokens that were asked for by another rate. */
	boolean add(List<Lot> more, RateLimiterSpec rate, long now) {
		Stock before = new Stock(rate, 0);
		before.add(more);
		Lots lots = before.lots.outdated(now, (lot) -> lot.fullAt(before.fullAtIn(this, lot.fullAt(), now)));
		return update((own) -> own.with(lots.all).withOutdated(lots.outdated));
	}

	private boolean update(UnaryOperator<Lots> update) {
		Lots before;
		do {
			before = this.lots;
			if (before.frozen) {
				return false;
			}
		}
		while (!LOTS.compareAndSet(this, before, update.apply(before)));
		return true;
	}

	/** Whether a token comes as often by those values, and as many have room. */
	boolean isOfRate(RateLimiterSpec rate) {
		return rate.limit().equals(this.spec.limit()) && rate.per().equals(this.spec.per())
				&& rate.capacity() == this.burst;
	}

	/**
	 * The clock when a bucket of another rate has as many as this one when it is full.
	 */
	private long fullAtIn(Stock other, long fullAt, long now) {
		BigInteger cost = BigInteger.valueOf(other.scale.cost());
		BigInteger missing = BigInteger.valueOf(Math.max(0, fullAt - now))
			.multiply(BigInteger.valueOf(this.scale.unitsPerNano()))
			.multiply(cost)
			.divide(BigInteger.valueOf(this.scale.cost()))
			.add(BigInteger.valueOf(other.burst - this.burst).multiply(cost));
		return now + missing.divide(BigInteger.valueOf(other.scale.unitsPerNano()))
			.max(BigInteger.ZERO)
			.min(BigInteger.valueOf(Long.MAX_VALUE / 2))
			.longValueExact();
	}

	/**
	 * Take out what nobody needs.
	 * @param needed as many are needed
	 * @param keptSince the clock: what was put back after that may be needed yet
	 * @return what is left, the last first
	 */
	List<Lot> takeSurplus(long needed, long keptSince) {
		while (true) {
			Lots before = this.lots;
			if (before.frozen || (before.total() <= needed && before.outdated.isEmpty())) {
				return List.of();
			}
			List<Lot> surplus = new ArrayList<>();
			if (LOTS.compareAndSet(this, before, before.first(needed, keptSince, surplus))) {
				return surplus;
			}
		}
	}

	/** The tokens that are here, whenever they are good. */
	long lent() {
		return this.lots.total();
	}

	/** The clock when the first of what was put back, and is here yet, came. */
	@Nullable Long firstPutBack() {
		return this.lots.firstPutBack();
	}

	/**
	 * What was charged since this was asked before; negative for more put back. What is
	 * frozen says nothing, as its successor does.
	 */
	long takeCharged() {
		return this.lots.frozen ? 0 : this.charged.getAndSet(0);
	}

	/** The clock when the bucket will be full, as a reply says. */
	void know(long fullAt, long now) {
		this.knownAt = now;
		this.fullAt = fullAt;
	}

	/**
	 * When a waiter gets its tokens, see {@link Supply#expectedFor}.
	 */
	long expectedFor(Waiter waiter, long ahead) {
		if (waiter.tokens > this.burst) {
			return NEVER;
		}
		if (waiter.toldNanos != 0) {
			return (waiter.toldNanos != NEVER) ? Supply.tooLate(waiter.toldNanos) : NEVER;
		}
		Lots lots = this.lots;
		if (ahead + waiter.tokens <= lots.total()) {
			return Math.max(1, lots.goodAt(ahead + waiter.tokens) - waiter.arrivedAt);
		}
		long expected = expected(waiter.arrivedAt, waiter.tokens);
		return (expected > waiter.timeoutNanos && expected > 1 && isRepeated(waiter.arrivedAt))
				? Supply.tooLate(expected) : Supply.UNKNOWN;
	}

	/** Whether it is known that a call which comes now would wait for too long. */
	boolean isTooLong(long now, long tokens, long timeoutNanos) {
		return tokens <= this.burst && isEmpty() && expected(now, tokens) > Math.max(1, timeoutNanos)
				&& isRepeated(now);
	}

	/**
	 * Whether what is known of the bucket is enough for a refusal. Somebody else may have
	 * put tokens back since, or the limit may be another one.
	 */
	private boolean isRepeated(long now) {
		return now - this.knownAt < REPEATED_NANOS;
	}

	private boolean isEmpty() {
		return this.lots.total() == 0;
	}

	/** How long after its arrival a call gets tokens, at least. */
	private long expected(long arrived, long tokens) {
		Long fullAt = this.fullAt;
		return (fullAt != null) ? Math.max(1, fullAt - nanosOf(this.burst - tokens) - arrived) : 1;
	}

	/** How long that many tokens take to come, rounded down. */
	long nanosOf(long tokens) {
		return tokens * this.scale.cost() / this.scale.unitsPerNano();
	}

	@Override
	long take(long now, long arrived, long tokens) {
		if (tokens > this.burst) {
			return NEVER;
		}
		while (true) {
			Lots before = this.lots;
			if (before.frozen) {
				return SUCCEED;
			}
			if (before.total() < tokens) {
				return Math.max(1, expected(now, tokens));
			}
			long wait = before.goodAt(tokens) - now;
			if (wait > 0) {
				return wait;
			}
			if (LOTS.compareAndSet(this, before, before.less(tokens))) {
				this.granted.getAndIncrement();
				return 0;
			}
		}
	}

	@Override
	long stamp(long now) {
		return latestStamp();
	}

	@Override
	long stampOf(long now, long tokens) {
		Lot next = this.lots.next();
		return (next != null) ? next.fullAt() : now;
	}

	@Override
	long latestStamp() {
		Long latest = this.lots.latestStamp;
		return (latest != null) ? latest : 0;
	}

	/**
	 * Put tokens back, where the next one in line finds them; and who has just put them
	 * back, if he comes for them at once.
	 */
	@Override
	boolean untake(long now, long stamp, long tokens) {
		return update((lots) -> lots.before(new Lot(now, tokens, stamp, LimiterStore.Returned.UNKNOWN_SERIAL, now)));
	}

	@Override
	long charge(long now, long tokens) {
		if (this.lots.frozen) {
			return SUCCEED;
		}
		long most = TokenBucket.Scale.MOST / 4 / this.scale.cost();
		if (tokens > most || this.charged.get() > most) {
			throw new IllegalArgumentException("A bucket of " + this.rate + " cannot owe " + tokens
					+ " tokens more: that is more than it can count");
		}
		this.charged.getAndAdd(tokens);
		return 0;
	}

	@Override
	boolean refund(long now, long tokens) {
		if (this.lots.frozen) {
			return false;
		}
		this.charged.getAndAdd(-Math.min(tokens, this.burst));
		return true;
	}

	private long missing(long now) {
		Long fullAt = this.fullAt;
		long nanos = (fullAt != null) ? fullAt - now : 0;
		if (nanos <= 0) {
			return 0;
		}
		return (nanos > Long.MAX_VALUE / 2 / this.scale.unitsPerNano()) ? Long.MAX_VALUE / 2
				: (nanos * this.scale.unitsPerNano() + this.scale.cost() - 1) / this.scale.cost();
	}

	@Override
	long debt(long now) {
		return Math.max(0, missing(now) - this.burst);
	}

	@Override
	long expected(long arrived, long firstArrived, long ahead, long tokens) {
		if (tokens > this.burst) {
			return NEVER;
		}
		Lots lots = this.lots;
		return (tokens <= lots.total() - ahead) ? Math.max(1, lots.goodAt(ahead + tokens) - arrived)
				: expected(arrived, tokens);
	}

	/** A refusal that is known is not forgotten; all else is the store's. */
	@Override
	boolean isUntouched(Tokens untouched, long now) {
		return untouched instanceof Stock && isEmpty() && this.lots.outdated.isEmpty() && this.charged.get() == 0
				&& available(now) > 0;
	}

	@Override
	boolean isOutdated(long now) {
		return false;
	}

	@Override
	long available(long now) {
		return Math.max(0, this.burst - missing(now));
	}

	@Override
	long granted() {
		return this.granted.get();
	}

	@Override
	void freeze() {
		Lots before;
		do {
			before = this.lots;
		}
		while (!before.frozen && !LOTS.compareAndSet(this, before, before.frozen(true)));
		WORD.getAndBitwiseOr(this, FROZEN);
	}

	@Override
	Tokens successor(RateLimiterSpec spec, long now) {
		if (spec.sharing() != null) {
			Stock successor = new Stock(spec, this.lots.frozen(false), this.granted, this.charged);
			// Those who wait for tokens of later are asked for again.
			return isOfRate(spec) ? successor.knowing(this) : successor.withoutLater(this, now);
		}
		// Its share of what is there, so that all together begin with no more than that.
		long tokens = available(now) * spec.capacity() / this.burst;
		Tokens own = TokenBucket.after(spec, now, Math.min(spec.capacity(), tokens + lent()), this.granted.get());
		// Not taken, as the successor that somebody else makes may be the one that
		// counts.
		long charged = this.charged.get();
		if (charged > 0) {
			own.charge(now, Math.min(charged, this.burst));
		}
		return own;
	}

	private Stock knowing(Stock before) {
		this.knownAt = before.knownAt;
		this.fullAt = before.fullAt;
		return this;
	}

	private Stock withoutLater(Stock before, long now) {
		this.lots = this.lots.outdated(now, (lot) -> lot.fullAt(before.fullAtIn(this, lot.fullAt(), now)));
		return this;
	}

	/**
	 * Tokens that came together.
	 *
	 * @param goodAt the clock from which they may be used
	 * @param tokens how many
	 * @param fullAt the clock when the bucket would have been full after them
	 * @param serial the number of the reply, see {@link LimiterStore.Returned#serial}
	 * @param putBack the clock when they were put back, {@code null} if nobody has had
	 * them yet
	 */
	record Lot(long goodAt, long tokens, long fullAt, long serial, @Nullable Long putBack) {

		Lot of(long tokens) {
			return new Lot(this.goodAt, tokens, this.fullAt, this.serial, this.putBack);
		}

		Lot fullAt(long fullAt) {
			return new Lot(this.goodAt, this.tokens, fullAt, this.serial, this.putBack);
		}

		boolean isKept(long keptSince) {
			return this.putBack != null && this.putBack - keptSince > 0;
		}

	}

	/**
	 * Tokens in the order in which they are used. They are counted through, so that to
	 * use some, and to find the moment from which so many are good, copies nothing.
	 */
	private static final class Lots {

		static final Lots NONE = of(List.of(), List.of(), null);

		/** The ones that are good earlier first. */
		private final List<Lot> all;

		/** Those of a rate that does not hold any more, which nobody uses. */
		private final List<Lot> outdated;

		/** Of each lot, how many tokens there are up to its end. */
		private final long[] ends;

		private final long used;

		private final boolean frozen;

		/** The stamp of what was used last. */
		private final @Nullable Long latestStamp;

		private Lots(List<Lot> all, List<Lot> outdated, long[] ends, long used, boolean frozen,
				@Nullable Long latestStamp) {
			this.all = all;
			this.outdated = outdated;
			this.ends = ends;
			this.used = used;
			this.frozen = frozen;
			this.latestStamp = latestStamp;
		}

		private static Lots of(List<Lot> left, List<Lot> outdated, @Nullable Long latestStamp) {
			long[] ends = new long[left.size()];
			long end = 0;
			for (int i = 0; i < ends.length; i++) {
				end += left.get(i).tokens();
				ends[i] = end;
			}
			return new Lots(left, outdated, ends, 0, false, latestStamp);
		}

		/** Those that are not used, each lot with what is left of it. */
		private List<Lot> left() {
			List<Lot> left = new ArrayList<>();
			for (int i = lotOf(1); i < this.ends.length; i++) {
				Lot lot = this.all.get(i);
				left.add(lot.of(Math.min(lot.tokens(), this.ends[i] - this.used)));
			}
			return left;
		}

		long total() {
			return (this.ends.length == 0) ? 0 : this.ends[this.ends.length - 1] - this.used;
		}

		/** The lot that a token is in, counted from 1. */
		private int lotOf(long token) {
			int from = 0;
			int to = this.ends.length;
			while (from < to) {
				int middle = (from + to) >>> 1;
				if (this.ends[middle] - this.used >= token) {
					to = middle;
				}
				else {
					from = middle + 1;
				}
			}
			return from;
		}

		/** The clock from which the first so many are good. */
		long goodAt(long tokens) {
			return this.all.get(lotOf(tokens)).goodAt();
		}

		@Nullable Lot next() {
			return (total() != 0) ? this.all.get(lotOf(1)) : null;
		}

		@Nullable Long firstPutBack() {
			Long first = null;
			for (int i = lotOf(1); i < this.ends.length; i++) {
				Long putBack = this.all.get(i).putBack();
				if (putBack != null && (first == null || putBack - first < 0)) {
					first = putBack;
				}
			}
			return first;
		}

		Lots less(long tokens) {
			return new Lots(this.all, this.outdated, this.ends, this.used + tokens, this.frozen,
					this.all.get(lotOf(1)).fullAt());
		}

		/**
		 * With others that came later. They may be good earlier, as when another instance
		 * has put some back.
		 */
		Lots with(List<Lot> more) {
			List<Lot> left = left();
			for (Lot lot : more) {
				int at = left.size();
				while (at > 0 && left.get(at - 1).goodAt() - lot.goodAt() > 0) {
					at--;
				}
				left.add(at, lot);
			}
			return of(left, this.outdated, this.latestStamp);
		}

		/** With tokens that are good now. */
		Lots before(Lot lot) {
			List<Lot> left = left();
			left.add(0, lot);
			return of(left, this.outdated, this.latestStamp);
		}

		Lots withOutdated(List<Lot> more) {
			List<Lot> outdated = new ArrayList<>(more);
			outdated.addAll(this.outdated);
			return new Lots(this.all, outdated, this.ends, this.used, this.frozen, this.latestStamp);
		}

		/**
		 * Without those that are not good yet, as the rate that they are of does not hold
		 * any more.
		 * @param atNewRate makes of one what it is by the new rate
		 */
		Lots outdated(long now, UnaryOperator<Lot> atNewRate) {
			List<Lot> good = new ArrayList<>();
			List<Lot> later = new ArrayList<>();
			for (Lot lot : left()) {
				if (lot.goodAt() - now <= 0) {
					good.add(atNewRate.apply(lot));
				}
				else {
					later.add(0, atNewRate.apply(lot));
				}
			}
			return of(good, this.outdated, this.latestStamp).withOutdated(later);
		}

		/**
		 * Keep the first so many, and those that have to stay.
		 * @param keptSince see {@link Lot#isKept}
		 * @param rest where to put the others, the last first
		 */
		Lots first(long tokens, long keptSince, List<Lot> rest) {
			List<Lot> first = new ArrayList<>();
			long missing = tokens;
			for (Lot lot : left()) {
				long kept = lot.isKept(keptSince) ? lot.tokens() : Math.min(missing, lot.tokens());
				if (kept > 0) {
					first.add(lot.of(kept));
				}
				if (kept < lot.tokens()) {
					rest.add(0, lot.of(lot.tokens() - kept));
				}
				missing = Math.max(0, missing - lot.tokens());
			}
			rest.addAll(0, this.outdated);
			return of(first, List.of(), this.latestStamp);
		}

		Lots frozen(boolean frozen) {
			return new Lots(this.all, this.outdated, this.ends, this.used, frozen, this.latestStamp);
		}

	}

}
