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
 * A call of an annotated method that is refused, with the exception that the caller
 * catches.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RefusedCallBenchmark {

	/** What stands before the method. */
	@Param
	public RefusedCallContender contender;

	private ConfigurableApplicationContext context;

	private Service service;

	private final Thread holder = new Thread(() -> this.service.call(HoldingService.HOLD), "holder");

	/** Start the context. */
	@Setup
	public void start() throws InterruptedException {
		this.context = this.contender.start();
		this.service = this.context.getBean(Service.class);
		if (this.service instanceof HoldingService holding) {
			this.holder.setDaemon(true);
			this.holder.start();
			holding.awaitHeld();
		}
		if (!(refused() instanceof RuntimeException)) {
			throw new IllegalStateException(this.contender + " let a second call in");
		}
	}

	/**
	 * Call the method.
	 * @return the exception
	 */
	@Benchmark
	public Object refused() {
		try {
			return this.service.call("it");
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	/** Close the context. */
	@TearDown
	public void close() {
		this.holder.interrupt();
		this.context.close();
	}

}
