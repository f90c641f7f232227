package io.github.penstock.micrometer;

import java.util.function.Supplier;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Knows the trace that the current thread works in.
 */
public final class TraceIds implements Supplier<@Nullable String>, SmartInitializingSingleton {

	private final ObjectProvider<Tracer> tracers;

	private volatile @Nullable Tracer tracer;

	/**
	 * Create the ids.
	 * @param tracers gives the tracer; none is asked for before all beans are there
	 */
	public TraceIds(ObjectProvider<Tracer> tracers) {
		this.tracers = tracers;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.tracer = this.tracers.getIfUnique();
	}

	@Override
	public @Nullable String get() {
		Tracer tracer = this.tracer;
		Span span = (tracer != null) ? tracer.currentSpan() : null;
		return (span != null) ? span.context().traceId() : null;
	}

}
