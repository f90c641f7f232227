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

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * What the keys of a rate limiter have, from the first call of each until it is
 * forgotten: one rule and many supplies.
 * <p>
 * <b>What a key has.</b> A {@link KeyBucket}, which is one word, as long as nobody waits:
 * that is enough to let calls in and to refuse them. When the first call has to wait, a
 * {@link KeyLine} takes its place, which is a {@link TokenBucketLimiter} of the key's
 * own. The keys of a sliding window have a line from the beginning, and so have those
 * whose tokens a store lends. Keys that are not known share a line when there is no room
 * for them.
 * <p>
 * <b>What takes the place of what.</b> A bucket is frozen first, so that nobody takes
 * from it any more; then what is left of it goes into what takes its place in the
 * {@link KeyTable}, and whoever had the frozen one in hand looks there again. A line is
 * only ever replaced by nothing, when the key has as much as one that nobody knows.
 * <p>
 * <b>Changes</b> put a new {@link KeyRate} in force and then go over all keys; who comes
 * meanwhile helps. One that is not in force any more knows what came after it, so that a
 * key may be behind by several.
 */
final class TokenSupplies {

	private final TokenBucketLimiter limiter;

	private final TimeSource time;

	private final KeyTable table;

	private final AtomicReference<Rates> rates;

	private final LongAdder overflowed = new LongAdder();

	/** What keys share that are not known, when there is no room for them. */
	private final AtomicReference<@Nullable KeyLine<TokenBucketLimiter>> overflow = new AtomicReference<>();

	TokenSupplies(TokenBucketLimiter limiter) {
		this.limiter = limiter;
		this.time = limiter.time;
		this.table = new KeyTable(limiter.time);
		this.rates = new AtomicReference<>(Rates.of(limiter.inForce(), limiter.time.nanoTime()));
	}

	/** By what the keys go now. */
	Rates rates() {
		return this.rates.get();
	}

	/** What a key has; {@code null} if it is not known. */
	@Nullable KeySupply known(Object key) {
		return this.table.get(key);
	}

	/**
	 * What a key has, or shares for want of room; {@code null} if it has what nobody
	 * knows would have.
	 */
	@Nullable KeySupply now(Object key) {
		KeySupply supply = this.table.get(key);
		return (supply == null && this.table.size() >= this.limiter.spec().maxKeys()) ? this.overflow.get() : supply;
	}

	/** What a key has, of this rate unless others are changing it. */
	KeySupply of(Object key, KeyRate rate) {
		KeySupply supply = this.table.get(key);
		if (supply != null && rateOf(supply) != rate && supply.retire(this.time.nanoTime())) {
			// By another plan it has what nobody knows would have, also if it is not
			// forgotten yet.
			this.table.remove(key, supply);
			supply = null;
		}
		if (supply == null) {
			supply = this.table.add(key, newSupply(key, rate), this.limiter.spec().maxKeys());
			if (supply == null) {
				this.overflowed.increment();
				this.limiter.counters.listeners().keysExhausted(this.limiter.spec().maxKeys());
				return overflow();
			}
		}
		if (supply instanceof KeyBucket bucket && bucket.rate != rate) {
			replace(key, bucket, rate.latest());
		}
		return supply;
	}

	private static @Nullable KeyRate rateOf(KeySupply supply) {
		return (supply instanceof KeyBucket bucket) ? bucket.rate : ((KeyLine<?>) supply).rate();
	}

	private KeySupply newSupply(Object key, KeyRate rate) {
		return (rate.bucket() != null) ? new KeyBucket(rate) : newLine(this.limiter.identity().of(key), rate);
	}

	private KeyLine<TokenBucketLimiter> newLine(Identity identity, KeyRate rate) {
		return lineOf(new TokenBucketLimiter(identity, rate.copy(this.time.nanoTime())), rate, null);
	}

	private static KeyLine<TokenBucketLimiter> lineOf(TokenBucketLimiter limiter, KeyRate rate,
			@Nullable KeySupply before) {
		KeyLine<TokenBucketLimiter> line = new KeyLine<>(limiter, before);
		line.rate(rate);
		return line;
	}

	/** What keys share that are not known, when there is no room for them. */
	private KeyLine<TokenBucketLimiter> overflow() {
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow == null) {
			this.overflow.compareAndSet(null,
					newLine(this.limiter.identity().of(LimiterStore.OtherKeys.TOGETHER), this.rates.get().own()));
			overflow = Objects.requireNonNull(this.overflow.get());
		}
		return overflow;
	}

	/** Begin to use a line, by this rate; {@code null} if it is of no use any more. */
	@SuppressWarnings("unchecked")
	@Nullable KeyLine<TokenBucketLimiter> use(Object key, KeySupply supply, KeyRate rate) {
		KeyLine<TokenBucketLimiter> line = (KeyLine<TokenBucketLimiter>) supply;
		if (!line.use()) {
			this.table.remove(key, line);
			return null;
		}
		bringTo(line, (line != this.overflow.get()) ? rate.latest() : this.rates.get().own());
		if (this.limiter.line.isClosed()) {
			line.limiter.shutdown();
		}
		return line;
	}

	private static void bringTo(KeyLine<TokenBucketLimiter> line, KeyRate rate) {
		if (line.rate() != rate) {
			line.rate(rate);
		}
		bringToLatest(line);
	}

	/** Go by the rate that calls came with last, as it is now. */
	private static void bringToLatest(KeyLine<TokenBucketLimiter> line) {
		// Until nothing has changed meanwhile: calls of other plans do the same, and
		// whatever has the last word, the values are those of the rate.
		for (KeyRate now = line.rate(); now != null && !isBroughtTo(line, now); now = line.rate()) {
			if (now.next != null) {
				line.latestRate(now);
			}
			else {
				KeyRate latest = now;
				long fullAt = line.limiter.adopt(now.spec, () -> latest.next == null && line.rate() == latest);
				if (line.hasMoved()) {
					line.keepUntil(fullAt);
				}
			}
		}
	}

	private static boolean isBroughtTo(KeyLine<TokenBucketLimiter> line, KeyRate rate) {
		return rate.next == null && line.limiter.spec() == rate.spec && line.rate() == rate;
	}

	/** See to it that something takes the place of a bucket that gives nothing more. */
	void renew(Object key, KeyBucket bucket) {
		KeyRate rate = bucket.rate;
		// The clock has gone further than this bucket can count, or whoever changes the
		// values has not come to its end.
		while (rate.next == null && (rate.ending || rate.untouched.isOutdated(this.time.nanoTime()))) {
			putInForce(rate);
		}
		replace(key, bucket, rate.latest());
	}

	/** Put a line in the place of a bucket, for a call that has to wait. */
	void replaceByLine(Object key, KeyBucket bucket) {
		bucket.freeze();
		putLine(key, bucket, bucket.rate);
	}

	/** Put what the key has by this rate in the place of a bucket. */
	private void replace(Object key, KeyBucket bucket, KeyRate rate) {
		bucket.freeze();
		if (rate.bucket() != null) {
			KeyBucket successor = bucket.successor(rate, this.time.nanoTime());
			if (this.table.replace(key, bucket, successor)) {
				successor.goOnFrom(bucket);
			}
		}
		else if (rate.isShared()) {
			// What the key has is elsewhere.
			this.table.remove(key, bucket);
		}
		else {
			putLine(key, bucket, rate);
		}
	}

	/** Put a line in the place of a frozen bucket. */
	private void putLine(Object key, KeyBucket frozen, KeyRate rate) {
		TokenBucketLimiter waiting = new TokenBucketLimiter(this.limiter.identity().of(key), frozen.bucket());
		if (rate != frozen.rate) {
			waiting.adopt(rate.spec, () -> true);
		}
		this.table.replace(key, frozen, lineOf(waiting, rate, frozen));
	}

	/**
	 * Count calls that a frozen bucket has counted by now: what has taken its place may
	 * have looked before.
	 */
	void countLate(KeyBucket frozen) {
		this.table.countBefore(frozen.takeGranted());
	}

	/** Put the limiter's values in force for all keys. */
	void adopt() {
		putInForce();
		this.table.forEach((key, supply) -> {
			if (supply instanceof KeyBucket bucket && bucket.rate.next != null) {
				renew(key, bucket);
			}
		});
		// Lines that are put in place of buckets meanwhile have the new rate.
		this.table.forEachLine(this::follow);
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			follow(overflow);
		}
	}

	@SuppressWarnings("unchecked")
	private void follow(KeyLine<?> line) {
		KeyRate rate = line.rate();
		if (rate != null && rate.next != null && line.use()) {
			try {
				bringToLatest((KeyLine<TokenBucketLimiter>) line);
			}
			finally {
				line.leave();
			}
		}
	}

	/** Put the limiter's values in force for all keys that calls come for from now on. */
	void putInForce() {
		putInForce(null);
	}

	/**
	 * Put the limiter's values in force, if they are not.
	 * @param outdated what is to be succeeded in any case, {@code null} for nothing
	 */
	private void putInForce(@Nullable KeyRate outdated) {
		while (true) {
			Rates before = this.rates.get();
			before.tellBefore();
			RateLimiterSpec spec = this.limiter.inForce();
			boolean done = (outdated != null) ? outdated.next != null : before.spec() == spec && !before.isEnding();
			if (done) {
				return;
			}
			before.end();
			this.rates.compareAndSet(before, before.successor(spec, this.time.nanoTime()));
		}
	}

	/**
	 * Put the limiter's values in force, and have all lines look at what holds now.
	 * @param soon whether that is done on another thread for many keys
	 */
	void followStore(boolean soon) {
		putInForce();
		if (soon) {
			this.table.forEachSoon(this::followStore);
		}
		else {
			this.table.forEach(this::followStore);
		}
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			follow(overflow);
			overflow.limiter.followOutage();
		}
	}

	@SuppressWarnings("unchecked")
	private void followStore(Object key, KeySupply supply) {
		if (supply instanceof KeyBucket bucket && bucket.rate.next != null) {
			renew(key, bucket);
		}
		else if (supply instanceof KeyLine<?> line) {
			follow(line);
			((KeyLine<TokenBucketLimiter>) line).limiter.followOutage();
		}
	}

	void shutdown() {
		this.table.forEachLine((line) -> line.limiter.shutdown());
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		if (overflow != null) {
			overflow.limiter.shutdown();
		}
	}

	int waiting() {
		int[] waiting = new int[1];
		this.table.forEachLine((line) -> waiting[0] += line.limiter.waiting());
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		return waiting[0] + ((overflow != null) ? overflow.limiter.waiting() : 0);
	}

	long granted() {
		KeyLine<TokenBucketLimiter> overflow = this.overflow.get();
		return this.table.granted() + ((overflow != null) ? overflow.granted() : 0);
	}

	LimiterKeys keys(int most) {
		return this.table.keys(most, this.overflowed.sum());
	}

}
