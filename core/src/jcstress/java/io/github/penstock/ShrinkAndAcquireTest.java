package io.github.penstock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** P1: once a shrink has returned nobody is let in by the limit of before. */
@JCStressTest
@Outcome(id = { "0, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Before or after.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Let in after the gate was closed.")
@State
public class ShrinkAndAcquireTest extends Semaphores {

	public ShrinkAndAcquireTest() {
		super(1);
	}

	@Actor
	public void shrink(II_Result result) {
		this.limiter.change((spec) -> spec.withMax(0));
		result.r1 = this.limiter.inUse();
	}

	@Actor
	public void acquire(II_Result result) {
		result.r2 = bit(this.limiter.tryAcquire() != null);
	}

}
