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
