package io.github.penstock.aop;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * What belongs to the thread of a caller whose call goes on by another thread: the
 * context class loader, and whatever Micrometer's context propagation knows.
 */
final class CallerContext {

	private static final boolean PROPAGATION_PRESENT = ClassUtils.isPresent("io.micrometer.context.ContextSnapshot",
			CallerContext.class.getClassLoader());

	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final Runner runner;

	private CallerContext(Runner runner) {
		this.runner = runner;
	}

	/** Take what belongs to the current thread. */
	static CallerContext capture() {
		return new CallerContext(PROPAGATION_PRESENT ? Snapshot.capture() : Runnable::run);
	}

	/** Run the task in this context, and leave nothing of it on the thread. */
	void run(Runnable task) {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		thread.setContextClassLoader(this.classLoader);
		try {
			this.runner.run(task);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	private interface Runner {

		void run(Runnable task);

	}

	/** Loaded only where the library is there. */
	private static final class Snapshot {

		private static final ContextSnapshotFactory FACTORY = ContextSnapshotFactory.builder()
			.clearMissing(true)
			.build();

		static Runner capture() {
			ContextSnapshot snapshot = FACTORY.captureAll();
			return (task) -> {
				try (ContextSnapshot.Scope scope = snapshot.setThreadLocals()) {
					task.run();
				}
			};
		}

	}

}
