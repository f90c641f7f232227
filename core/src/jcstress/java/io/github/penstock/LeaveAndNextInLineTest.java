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

import java.util.concurrent.CompletableFuture;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** P4: the first leaves while the permit comes back, and the second gets it or stands next. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "The first left in time: the second has the permit.")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "The first has the permit, the second waits.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The permit is lost on the way from one to the other.")
@State
public class LeaveAndNextInLineTest extends Semaphores {

	private final Permit permit = this.limiter.tryAcquire();

	private final CompletableFuture<Permit> first = join();

	private final CompletableFuture<Permit> second = join();

	public LeaveAndNextInLineTest() {
		super(1);
	}

	@Actor
	public void release() {
		this.permit.close();
	}

	@Actor
	public void leave() {
		this.first.cancel(false);
	}

	@Arbiter
	public void after(III_Result result) {
		result.r1 = bit(isGranted(this.second));
		result.r2 = this.limiter.inUse();
		result.r3 = this.limiter.waiting();
	}

}
