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
