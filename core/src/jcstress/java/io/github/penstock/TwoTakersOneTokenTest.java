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
import org.openjdk.jcstress.infra.results.III_Result;

/** T1: of two threads that want the one token exactly one gets it. */
@JCStressTest
@Outcome(id = { "1, 0, 1", "0, 1, 1" }, expect = Expect.ACCEPTABLE, desc = "One of them has it.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both or neither.")
@State
public class TwoTakersOneTokenTest {

	private final TokenBucketLimiter limiter = new TokenBucketLimiter("jcstress",
			RateLimiterSpec.of(1).withBurst(1L), new SteppedTime());

	@Actor
	public void first(III_Result result) {
		result.r1 = this.limiter.tryAcquire() ? 1 : 0;
	}

	@Actor
	public void second(III_Result result) {
		result.r2 = this.limiter.tryAcquire() ? 1 : 0;
	}

	@Arbiter
	public void after(III_Result result) {
		result.r3 = (int) this.limiter.stats().granted();
	}

}
