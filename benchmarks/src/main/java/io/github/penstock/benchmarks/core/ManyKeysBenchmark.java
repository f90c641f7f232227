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

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * A token of one of ten thousand keys, taken by sixteen threads, with tokens enough.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(16)
public class ManyKeysBenchmark {

	private static final int KEYS = 10_000;

	/** Who limits. */
	@Param
	public KeyedContender contender;

	private final String[] names = new String[KEYS];

	private KeyedTokens tokens;

	/** Make the limiter. */
	@Setup
	public void create() {
		this.tokens = this.contender.create();
		for (int i = 0; i < KEYS; i++) {
			this.names[i] = "customer-" + i;
			this.tokens.take(this.names[i]);
		}
	}

	/**
	 * Take a token.
	 * @return whether there was one
	 */
	@Benchmark
	public boolean take() {
		return this.tokens.take(this.names[ThreadLocalRandom.current().nextInt(KEYS)]);
	}

}
