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

package io.github.penstock.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

import org.jspecify.annotations.Nullable;

/**
 * The number of a thread, which no other one has. Before JDK 19 a subclass of
 * {@link Thread} may give itself any {@link Thread#getId() id}, and then it has one of
 * ours.
 */
final class ThreadNumber {

	private static final @Nullable MethodHandle THREAD_ID = find();

	/** Downwards from here, far from those that the VM gives. */
	private static long last = 1L << 40;

	private static final ThreadLocal<Long> own = ThreadLocal.withInitial(ThreadNumber::next);

	private static final ClassValue<Boolean> givesItself = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			try {
				return type.getMethod("getId").getDeclaringClass() != Thread.class;
			}
			catch (NoSuchMethodException | LinkageError ex) {
				// A native image does not tell of every class.
				return true;
			}
		}

	};

	private ThreadNumber() {
	}

	private static @Nullable MethodHandle find() {
		try {
			return MethodHandles.publicLookup()
				.findVirtual(Thread.class, "threadId", MethodType.methodType(long.class));
		}
		catch (ReflectiveOperationException ex) {
			return null;
		}
	}

	private static synchronized long next() {
		return --last;
	}

	static long ofCurrent() {
		Thread thread = Thread.currentThread();
		if (THREAD_ID != null) {
			try {
				return (long) THREAD_ID.invokeExact(thread);
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex);
			}
		}
		return (thread.getClass() == Thread.class || !givesItself.get(thread.getClass())) ? thread.getId() : own.get();
	}

}
