package io.github.penstock.context;

import io.github.penstock.work.ContextCapture;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;

import org.springframework.util.ClassUtils;

/**
 * Takes along the context class loader and whatever Micrometer's context propagation
 * knows. The logging context (MDC) goes along as well, for which the library has an
 * accessor, but registers it nowhere.
 */
public final class MicrometerContextCapture implements ContextCapture {

	private static final boolean MDC_PRESENT = ClassUtils.isPresent("org.slf4j.MDC",
			MicrometerContextCapture.class.getClassLoader());

	private final ContextSnapshotFactory snapshots = ContextSnapshotFactory.builder().clearMissing(true).build();

	private final ContextSnapshotFactory logging = logging();

	private static ContextSnapshotFactory logging() {
		ContextRegistry registry = new ContextRegistry();
		if (MDC_PRESENT) {
			registry.registerThreadLocalAccessor(new Slf4jThreadLocalAccessor());
		}
		return ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build();
	}

	@Override
	public Captured capture() {
		ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
		ContextSnapshot loggingSnapshot = this.logging.captureAll();
		ContextSnapshot snapshot = this.snapshots.captureAll();
		return () -> {
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			// Tracing writes into the logging context, and so comes after it.
			ContextSnapshot.Scope outer = loggingSnapshot.setThreadLocals();
			ContextSnapshot.Scope inner = setThreadLocals(snapshot, outer);
			thread.setContextClassLoader(classLoader);
			return () -> {
				thread.setContextClassLoader(before);
				try (outer) {
					inner.close();
				}
			};
		};
	}

	private static ContextSnapshot.Scope setThreadLocals(ContextSnapshot snapshot, ContextSnapshot.Scope outer) {
		try {
			return snapshot.setThreadLocals();
		}
		catch (Throwable ex) {
			try (outer) {
				throw ex;
			}
		}
	}

}
