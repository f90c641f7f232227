package io.github.penstock.proof;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.junit.jupiter.api.Assumptions;

/** An executor of JDK 21 and later, for code that is compiled for 17. */
final class VirtualThreads {

	private VirtualThreads() {
	}

	static ExecutorService newExecutor() throws Exception {
		Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads");
		return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
	}

}
