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
