package io.github.penstock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** T1: of two threads that want the one token exactly one gets it. */
@JCStressTest
@Outcome(id = { "1, 0, 1", "0, 1, 1" }, expect = Expect.ACCEPTABLE, desc = "One of them has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
@State
public class TwoTakersOneTokenTest {

	private final TokenBucketLimiter limiter = new TokenBucketLimiter("jcstress",
			RateLimiterSpec.of(1).withBurst(1L), new SteppedTime());

	@Actor
	public void first(III_Result result) {
		result.r1 = this.limiter.tryAcquire() ? 1 : 0;
	}

	@Actor
	public void second(III_Result result) {
		result.r2 = this.limiter.tryAcquire() ? 1 : 0;
	}

	@Arbiter
	public void after(III_Result result) {
		result.r3 = (int) this.limiter.stats().granted();
	}

}
