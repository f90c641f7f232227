package io.github.penstock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** P2: a permit that two threads close at the same moment comes back once. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The other permit is still out.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It came back twice or never.")
@State
public class DoubleCloseTest extends Semaphores {

	private final Permit permit = this.limiter.tryAcquire();

	private final Permit other = this.limiter.tryAcquire();

	public DoubleCloseTest() {
		super(2);
	}

	@Actor
	public void first() {
		this.permit.close();
	}

	@Actor
	public void second() {
		this.permit.close();
	}

	@Arbiter
	public void after(I_Result result) {
		result.r1 = this.limiter.inUse();
	}

}
