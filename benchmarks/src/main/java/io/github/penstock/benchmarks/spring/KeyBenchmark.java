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
 * A call of an annotated method whose key is known, with tokens enough.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KeyBenchmark {

	/** What stands before the method. */
	@Param
	public KeyContender contender;

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
		return this.service.call("customer-17");
	}

	/** Close the context. */
	@TearDown
	public void close() {
		this.context.close();
	}

}
