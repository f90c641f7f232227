package io.github.penstock.benchmarks.core;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A call that is refused.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RefusalBenchmark {

	/** Who refuses. */
	@Param
	public RefusalContender contender;

	private Supplier<Object> call;

	/** Make the limiter. */
	@Setup
	public void create() {
		this.call = this.contender.create();
	}

	/**
	 * Be refused.
	 * @return the answer, or the exception
	 */
	@Benchmark
	public Object refused() {
		return RefusalContender.call(this.call);
	}

}
