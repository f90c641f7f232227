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
