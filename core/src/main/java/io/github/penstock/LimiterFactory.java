package io.github.penstock;

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
				return new SemaphoreLimiter(name, spec, time);
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				return new TokenBucketLimiter(name, spec, time);
			}

		};
	}

	/**
	 * Return a factory whose concurrency limiters know who holds their permits and who
	 * waits for them. Each call that they let in costs more for it: a look at its stack.
	 * @param factory what makes the limiters
	 * @param time the time by which ages are told
	 * @return the factory
	 */
	static LimiterFactory tracking(LimiterFactory factory, TimeSource time) {
		return new LimiterFactory() {

			@Override
			public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
				return new TrackedLimiter(factory.concurrencyLimiter(name, spec), time);
			}

			@Override
			public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
				return factory.rateLimiter(name, spec);
			}

		};
	}

}
