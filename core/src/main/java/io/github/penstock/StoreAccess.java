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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.penstock.Sharing.OnOutage;
import org.jspecify.annotations.Nullable;

/**
 * The store as one shared limiter sees it, and the supplies of its keys with it: either
 * it answers, or there is an outage and what the limiter says of outages holds. An outage
 * begins with the first question that fails, whosever it is, and ends when the store says
 * that it answers again.
 */
final class StoreAccess {

	/** When to try again if the store does not even say that it will say. */
	private static final long TRY_AGAIN = TimeUnit.SECONDS.toNanos(1);

	private final LimiterStore store;

	private final TimeSource time;

	/** How often an outage has begun or ended: odd while there is one. */
	private final AtomicInteger changes = new AtomicInteger();

	private volatile Runnable changed = () -> {
	};

	/** How often there was something to tell, until all is told. */
	private final AtomicInteger news = new AtomicInteger();

	StoreAccess(LimiterStore store, TimeSource time) {
		this.store = store;
		this.time = time;
	}

	LimiterStore store() {
		return this.store;
	}

	/** Do something when an outage begins or ends. */
	void onChange(Runnable changed) {
		this.changed = changed;
	}

	/**
	 * Tell whether there is an outage, on no timer's thread, one thread at a time: what
	 * is told last is what is the case.
	 */
	void tell(Consumer<Boolean> listener) {
		if (this.news.getAndIncrement() == 0) {
			LimiterThreads.executeOffTimer(() -> tellAll(listener), this.time);
		}
	}

	private void tellAll(Consumer<Boolean> listener) {
		int told;
		do {
			told = this.news.get();
			try {
				listener.accept(isOut());
			}
			catch (RuntimeException | Error ex) {
				this.news.set(0);
				throw ex;
			}
		}
		while (!this.news.compareAndSet(told, 0));
	}

	boolean isOut() {
		return (this.changes.get() & 1) != 0;
	}

	/** Another number after each beginning and each end of an outage. */
	int changes() {
		return this.changes.get();
	}

	/** A question has failed. */
	void failed() {
		int before = this.changes.get();
		if ((before & 1) == 0 && this.changes.compareAndSet(before, before + 1)) {
			try {
				this.store.whenAvailable(() -> back(before + 1));
			}
			catch (Throwable ex) {
				this.time.schedule(() -> back(before + 1), TRY_AGAIN);
			}
			this.changed.run();
		}
	}

	private void back(int outage) {
		if (this.changes.compareAndSet(outage, outage + 1)) {
			this.changed.run();
		}
	}

	/** How many instances there are. */
	private int instances() {
		return Math.max(1, this.store.instances());
	}

	/** How long a call waits for the store to answer, in nanoseconds. */
	long graceNanos() {
		return isOut() ? 0 : budgetNanos();
	}

	/** How long the store may take to answer, in nanoseconds. */
	long budgetNanos() {
		return Durations.toNanosSaturated(this.store.budget());
	}

	SharedStatus status(@Nullable Integer inUse) {
		return new SharedStatus(isOut(), this.store.instances(), inUse);
	}

	/** The permits that this instance has during an outage. */
	int permitsOf(ConcurrencyLimiterSpec values) {
		return switch (onOutage(values)) {
			case OPEN -> Integer.MAX_VALUE;
			case CLOSED -> 0;
			case LOCAL_SHARE -> Math.min(values.max(), Math.max(1, values.max() / instances()));
		};
	}

	/**
	 * The values that a rate limit has in this instance, which are its own in an outage.
	 */
	RateLimiterSpec inForce(RateLimiterSpec values) {
		if (!isOut()) {
			return values;
		}
		return switch (onOutage(values)) {
			case OPEN -> values.withSharing(null).withEnforce(0);
			case CLOSED -> values;
			case LOCAL_SHARE -> values.shareOf(instances());
		};
	}

	/** Whether nobody is let in, as there is an outage. */
	boolean isShut(LimiterSpec values) {
		return isOut() && onOutage(values) == OnOutage.CLOSED;
	}

	private static OnOutage onOutage(LimiterSpec values) {
		Sharing sharing = values.sharing();
		return (sharing != null) ? sharing.onOutage() : OnOutage.LOCAL_SHARE;
	}

}
