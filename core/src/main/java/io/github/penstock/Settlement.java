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
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * What is still open of what a call has paid: when its work is done, the difference to
 * what it should have paid is charged or comes back. Never blocks, and never fails a
 * call.
 */
final class Settlement {

	private final List<RateLimiter> limiters;

	private final long[] taken;

	private final long[] stamps;

	private final ActualCost actual;

	private final Failed failed;

	/** Nothing is open before the tokens were taken, nor once this is settled. */
	private final AtomicBoolean open = new AtomicBoolean();

	Settlement(List<RateLimiter> limiters, long[] taken, ActualCost actual, Failed failed) {
		this.limiters = limiters;
		this.taken = taken;
		this.stamps = new long[taken.length];
		this.actual = actual;
		this.failed = failed;
	}

	/** This and another one of the same call, neither of which has begun. */
	Settlement and(Settlement other) {
		int own = this.taken.length;
		List<RateLimiter> limiters = new ArrayList<>(this.limiters);
		limiters.addAll(other.limiters);
		long[] taken = Arrays.copyOf(this.taken, own + other.taken.length);
		System.arraycopy(other.taken, 0, taken, own, other.taken.length);
		return new Settlement(limiters, taken, (index, result, error) -> (index < own)
				? this.actual.of(index, result, error) : other.actual.of(index - own, result, error),
				(index, failure) -> {
					if (index < own) {
						this.failed.failed(index, failure);
					}
					else {
						other.failed.failed(index - own, failure);
					}
				});
	}

	/** The tokens were taken just now. */
	void begin() {
		for (int i = 0; i < this.stamps.length; i++) {
			this.stamps[i] = (this.limiters.get(i) instanceof Settling settling) ? settling.stamp() : 0;
		}
		this.open.set(true);
	}

	void settle(@Nullable Object result, @Nullable Throwable error) {
		if (!this.open.compareAndSet(true, false)) {
			return;
		}
		for (int i = 0; i < this.taken.length; i++) {
			try {
				settle(i, this.actual.of(i, result, error));
			}
			catch (Throwable ex) {
				tell(i, ex);
			}
		}
	}

	private void settle(int index, long actual) {
		if (actual < 0) {
			return;
		}
		RateLimiter limiter = this.limiters.get(index);
		long more = actual - this.taken[index];
		if (more > 0) {
			limiter.charge(more);
		}
		else if (more < 0 && limiter instanceof Settling settling) {
			settling.putBack(-more, this.stamps[index]);
		}
		else if (more < 0) {
			limiter.refund(-more);
		}
	}

	private void tell(int index, Throwable failure) {
		try {
			this.failed.failed(index, failure);
		}
		catch (Throwable ex) {
			// The call has its result.
		}
	}

	/** What a call should have paid one of the limiters, less than 0 if nobody knows. */
	interface ActualCost {

		long of(int index, @Nullable Object result, @Nullable Throwable error);

	}

	/** Hears why something could not be settled. */
	interface Failed {

		void failed(int index, Throwable failure);

	}

}
