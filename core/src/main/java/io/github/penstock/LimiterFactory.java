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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Makes limiters for a {@link LimiterRegistry}, which has checked the name.
 */
public interface LimiterFactory {

	/**
	 * Make a concurrency limiter.
	 * @param name its name
	 * @param spec its values
	 * @return the limiter
	 */
	ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec);

	/**
	 * Make a rate limiter.
	 * @param name its name
	 * @param spec its values
	 * @return the limiter
	 */
	RateLimiter rateLimiter(String name, RateLimiterSpec spec);

	/**
	 * Return a factory of limiters that live in this JVM.
	 * @param time the time that they live in
	 * @return the factory
	 */
	static LimiterFactory local(TimeSource time) {
		return sharing(time, () -> null);
	}

	/**
	 * Return a factory of limiters that live in this JVM, of which those that are shared
	 * borrow from a store what they let calls in with. Public for Penstock's own modules,
	 * and no API: it may change in any release.
	 * @param time the time that they live in
	 * @param stores gives what all instances share, asked for when the first limiter is
	 * made that is shared; {@code null} if there is none, so that such a limiter cannot
	 * be made
	 * @return the factory
	 */
	static LimiterFactory sharing(TimeSource time, Supplier<@Nullable LimiterStore> stores) {
		return new LimiterFactory() {

			private @Nullable StoreAccess access(String kind, String name, LimiterSpec spec) {
				if (spec.sharing() == null) {
					return null;
				}
				LimiterStore store = stores.get();
				if (store == null) {
					throw new IllegalStateException(
							"There is no store of what instances share, which " + kind + " '" + name + "' needs");
				}
				return new StoreAccess(store, time);
			}

			@Override
			public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
				EngineClasses.initialize();
				SemaphoreLimiter limiter = new SemaphoreLimiter(name, spec, time, access("bulkhead", name, spec));
				Sharing sharing = spec.sharing();
				// Whose hold is bounded must be known by its permit.
				return (sharing != null && sharing.maxHold() != null)
						? new TrackedLimiter(limiter, new CallTracker(time, () -> null)) : limiter;
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				EngineClasses.initializeForTokens();
				return new TokenBucketLimiter(name, spec, time, access("rate limit", name, spec));
			}

		};
	}

	/**
	 * Return a factory whose limiters know who waits, and who holds their permits. Only
	 * limiters of this JVM do, as {@link #local} makes them; others stay as they are.
	 * Each call that such a bulkhead lets in costs more for it: see
	 * {@link ConcurrencyLimiter#calledBy}.
	 * @param factory what makes the limiters
	 * @param time the time by which ages are told
	 * @return the factory
	 */
	static LimiterFactory tracking(LimiterFactory factory, TimeSource time) {
		return tracking(factory, time, () -> null);
	}

	/**
	 * Return a factory whose limiters know who waits, and who holds their permits.
	 * @param factory what makes the limiters
	 * @param time the time by which ages are told
	 * @param trace tells the id of the trace that the current thread's call is part of
	 * @return the factory, see {@link #tracking(LimiterFactory, TimeSource)}
	 */
	static LimiterFactory tracking(LimiterFactory factory, TimeSource time, Supplier<@Nullable String> trace) {
		return new LimiterFactory() {

			@Override
			public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
				ConcurrencyLimiter limiter = factory.concurrencyLimiter(name, spec);
				SemaphoreLimiter local = (limiter instanceof TrackedLimiter tracked && tracked.isForHoldsOnly())
						? tracked.limiter() : (limiter instanceof SemaphoreLimiter untracked) ? untracked : null;
				if (local != null) {
					local.trackWaiters(new CallTracker(time, trace));
					return new TrackedLimiter(local, new CallTracker(time, trace));
				}
				return limiter;
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				RateLimiter limiter = factory.rateLimiter(name, spec);
				if (limiter instanceof TokenBucketLimiter local) {
					local.trackWaiters(new CallTracker(time, trace));
				}
				return limiter;
			}

		};
	}

}
