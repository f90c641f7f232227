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

/** P5: a call that joins while the gate opens is let in. */
@JCStressTest
@Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "It got the new permit.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It stands before an open gate.")
@State
public class GrowAndJoinTest extends Semaphores {

	private final Permit permit = this.limiter.tryAcquire();

	private CompletableFuture<Permit> future;

	public GrowAndJoinTest() {
		super(1);
	}

	@Actor
	public void grow() {
		this.limiter.change((spec) -> spec.withMax(2));
	}

	@Actor
	public void join(III_Result result) {
		this.future = join();
	}

	@Arbiter
	public void after(III_Result result) {
		result.r1 = bit(isGranted(this.future));
		result.r2 = this.limiter.inUse();
		result.r3 = this.limiter.waiting();
	}

}
