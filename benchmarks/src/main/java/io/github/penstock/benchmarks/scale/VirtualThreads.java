package io.github.penstock.benchmarks.scale;

import java.util.concurrent.ThreadFactory;

/**
 * Makes virtual threads, on JDKs that have them. The sources are for one that has not.
 */
final class VirtualThreads {

	private static final ThreadFactory FACTORY = factory();

	private VirtualThreads() {
	}

	static Thread start(Runnable task) {
		Thread thread = FACTORY.newThread(task);
		thread.start();
		return thread;
	}

	private static ThreadFactory factory() {
		try {
			Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
			return (ThreadFactory) Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("This needs a JDK with virtual threads", ex);
		}
	}

	/** A body that may fail. */
	@FunctionalInterface
	interface Body {

		void run() throws Exception;

		/** Fail the program, not this thread only. */
		default Runnable orExit() {
			return () -> {
				try {
					run();
				}
				catch (Throwable ex) {
					ex.printStackTrace();
					Runtime.getRuntime().halt(1);
				}
			};
		}

	}

}
