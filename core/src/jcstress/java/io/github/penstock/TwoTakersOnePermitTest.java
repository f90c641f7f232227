package io.github.penstock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** P1: of two threads that want the one permit exactly one gets it. */
@JCStressTest
@Outcome(id = { "1, 0, 1", "0, 1, 1" }, expect = Expect.ACCEPTABLE, desc = "One of them has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
@State
public class TwoTakersOnePermitTest extends Semaphores {

	public TwoTakersOnePermitTest() {
		super(1);
	}

	@Actor
	public void first(III_Result result) {
		result.r1 = bit(this.limiter.tryAcquire() != null);
	}

	@Actor
	public void second(III_Result result) {
		result.r2 = bit(this.limiter.tryAcquire() != null);
	}

	@Arbiter
	public void after(III_Result result) {
		result.r3 = this.limiter.inUse();
	}

}
