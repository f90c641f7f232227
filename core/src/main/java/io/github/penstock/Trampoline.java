package io.github.penstock;

import java.util.ArrayDeque;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after the other that would otherwise call each other: an executor that
 * runs its tasks on the spot may give the permit back, which tells the next waiter, and
 * so on to the end of the stack.
 */
final class Trampoline {

	private static final ThreadLocal<@Nullable Queue<Runnable>> RUNNING = new ThreadLocal<>();

	private Trampoline() {
	}

	/** Run the task now, or as soon as those that run on this thread have ended. */
	static void run(Runnable task) {
		Queue<Runnable> running = RUNNING.get();
		if (running != null) {
			running.add(task);
			return;
		}
		Queue<Runnable> queue = new ArrayDeque<>();
		RUNNING.set(queue);
		try {
			for (Runnable next = task; next != null; next = queue.poll()) {
				next.run();
			}
		}
		finally {
			RUNNING.remove();
		}
	}

}
