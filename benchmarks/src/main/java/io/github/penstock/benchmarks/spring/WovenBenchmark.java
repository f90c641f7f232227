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

package io.github.penstock.benchmarks.spring;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * A call of a woven method with permits and tokens enough. Needs the weaver as Java
 * agent; without it only the direct call is measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WovenBenchmark {

	/** What is woven into the method. */
	@Param("DIRECT")
	public WovenContender contender;

	private ConfigurableApplicationContext context;

	private Service service;

	/** Start the context. */
	@Setup
	public void start() {
		this.context = this.contender.start();
		this.service = this.context.getBean(Service.class);
	}

	/**
	 * Call the method.
	 * @return its result
	 */
	@Benchmark
	public Object call() {
		return this.service.call("it");
	}

	/** Close the context. */
	@TearDown
	public void close() {
		this.context.close();
	}

}
