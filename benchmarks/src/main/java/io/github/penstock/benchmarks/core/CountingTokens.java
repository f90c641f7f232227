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

package io.github.penstock.benchmarks.core;

import java.util.concurrent.atomic.LongAdder;

/**
 * {@link CasTokens} of which one can say how often they let a call in, and how often they
 * refused one: what a limit costs that can be looked at.
 */
final class CountingTokens implements Tokens {

	private final CasTokens tokens;

	private final LongAdder granted = new LongAdder();

	private final LongAdder refused = new LongAdder();

	CountingTokens(long nanosPerToken, long burst) {
		this.tokens = new CasTokens(nanosPerToken, burst);
	}

	@Override
	public void take() {
		this.tokens.take();
		this.granted.increment();
	}

	boolean tryTake() {
		boolean taken = this.tokens.tryTake();
		(taken ? this.granted : this.refused).increment();
		return taken;
	}

}
