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

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A token taken while there are enough: nothing waits, nothing is refused.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TokenBenchmark {

	private static final long MORE_THAN_CALLS = 100_000_000;

	/** Who limits. */
	@Param({ "GCRA", "PENSTOCK", "FAILSAFE", "GUAVA", "RESILIENCE4J", "BUCKET4J", "SENTINEL" })
	public TokenContender contender;

	private Tokens tokens;

	/** Make the limiter. */
	@Setup
	public void create() {
		this.tokens = this.contender.create(MORE_THAN_CALLS, MORE_THAN_CALLS);
	}

	/**
	 * Take a token.
	 * @throws Exception if the call was refused
	 */
	@Benchmark
	public void take() throws Exception {
		this.tokens.take();
	}

}
