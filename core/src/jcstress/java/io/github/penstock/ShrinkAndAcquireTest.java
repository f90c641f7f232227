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
