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
		return new LimiterFactory() {

			@Override
			public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
				EngineClasses.initialize();
				return new SemaphoreLimiter(name, spec, time);
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				EngineClasses.initialize();
				return new TokenBucketLimiter(name, spec, time);
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
				if (limiter instanceof SemaphoreLimiter local) {
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
