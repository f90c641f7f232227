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
import org.openjdk.jcstress.infra.results.II_Result;

/** T5: taking, a change of the rate and the passing of time together make no token. */
@JCStressTest
@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "There is one token for one of them.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A token was made or lost.")
@State
public class LateClockAndChangeRateTest {

	private final SteppedTime time = new SteppedTime();

	private final TokenBucketLimiter limiter = new TokenBucketLimiter("jcstress",
			RateLimiterSpec.of(1).withBurst(1L), this.time);

	public LateClockAndChangeRateTest() {
		this.limiter.tryAcquire();
	}

	@Actor
	public void pass(II_Result result) {
		this.time.now = 1_000_000_000;
		result.r1 = this.limiter.tryAcquire() ? 1 : 0;
	}

	@Actor
	public void change() {
		this.limiter.change((spec) -> spec.withRate(1.000001));
	}

	@Arbiter
	public void after(II_Result result) {
		result.r2 = this.limiter.tryAcquire() ? 1 : 0;
	}

}
