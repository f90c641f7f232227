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
