package io.github.penstock;

import java.util.concurrent.CompletableFuture;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** P4: a waiter that leaves while it is granted has the permit or gives it on. */
@JCStressTest
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "Granted first: it holds the permit.")
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "Left first: nobody holds it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The permit is lost, or counted for nobody.")
@State
public class GrantAndCancelTest extends Semaphores {

	private final Permit permit = this.limiter.tryAcquire();

	private final CompletableFuture<Permit> future = join();

	public GrantAndCancelTest() {
		super(1);
	}

	@Actor
	public void release() {
		this.permit.close();
	}

	@Actor
	public void cancel(III_Result result) {
		result.r1 = bit(this.future.cancel(false));
	}

	@Arbiter
	public void after(III_Result result) {
		result.r2 = this.limiter.inUse();
		result.r3 = this.limiter.waiting();
	}

}
