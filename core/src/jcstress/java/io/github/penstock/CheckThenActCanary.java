package io.github.penstock;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A semaphore that is wrong, to see that such a one fails the build. Not run unless it is
 * asked for: {@code -Djcstress.args="-m quick -t Canary"}.
 */
@JCStressTest
@Outcome(id = { "1, 0", "0, 1" }, expect = Expect.ACCEPTABLE, desc = "One of them has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
@State
public class CheckThenActCanary {

	private volatile int inUse;

	private int tryAcquire() {
		if (this.inUse >= 1) {
			return 0;
		}
		this.inUse++;
		return 1;
	}

	@Actor
	public void first(II_Result result) {
		result.r1 = tryAcquire();
	}

	@Actor
	public void second(II_Result result) {
		result.r2 = tryAcquire();
	}

}
