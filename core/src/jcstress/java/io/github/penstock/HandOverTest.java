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
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A holder's work is visible to the call that gets the permit next. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "The next holder sees the work.")
@Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "The permit was not free yet.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The next holder misses the work.")
@State
public class HandOverTest extends Semaphores {

	private final Permit permit = this.limiter.tryAcquire();

	private int work;

	public HandOverTest() {
		super(1);
	}

	@Actor
	public void holder() {
		this.work = 1;
		this.permit.close();
	}

	@Actor
	public void next(I_Result result) {
		result.r1 = (this.limiter.tryAcquire() != null) ? this.work : -1;
	}

}
