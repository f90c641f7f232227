package io.github.penstock;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * One daemon thread that runs tasks at their time.
 * <p>
 * Not a {@code ScheduledThreadPoolExecutor}, since that takes a lock to schedule and to
 * cancel, for which an event loop would have to park. Here both are non-blocking: a new
 * task goes on a queue, from which the thread sorts it in when it is awake, and a
 * cancelled one only loses its action. The thread is woken for no task but one that is
 * due before the thread would wake anyway, so that the usual timeout, which is cancelled
 * long before it is due, costs an object and nothing else.
 */
final class Timer implements Runnable {

	/** The longest sleep: an unpark that the JDK loses delays, but never hangs. */
	private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(5);

	private static final int WORTH_PURGING = 1_000;

	private final long origin = System.nanoTime();

	private final Queue<Task> added = new ConcurrentLinkedQueue<>();

	private final PriorityQueue<Task> sorted = new PriorityQueue<>(Comparator.comparingLong((task) -> task.at));

	private final Thread thread;

	/** How many tasks may be in the order of time before cancelled ones are taken out. */
	private int purgeAt = WORTH_PURGING;

	private volatile long asleepUntil;

	private volatile boolean asleep;

	private Timer(String name) {
		this.thread = new Thread(null, this, name, 0, false);
		this.thread.setDaemon(true);
		// The thread outlives any application that is deployed into this JVM.
		this.thread.setContextClassLoader(null);
	}

	static Timer start(String name) {
		Timer timer = new Timer(name);
		timer.thread.start();
		return timer;
	}

	/** Run the action in so many nanoseconds; what is returned cancels it. */
	Runnable schedule(Runnable action, long nanos) {
		long now = now();
		Task task = new Task(action, (nanos < Long.MAX_VALUE - now) ? now + nanos : Long.MAX_VALUE);
		this.added.add(task);
		// The sleeper says until when, then looks for what was added: one sees the other.
		if (this.asleep && task.at < this.asleepUntil) {
			LockSupport.unpark(this.thread);
		}
		return task;
	}

	@Override
	public void run() {
		while (true) {
			long next = runDue();
			this.asleepUntil = next;
			this.asleep = true;
			if (this.added.isEmpty()) {
				long nanos = next - now();
				if (nanos > 0) {
					LockSupport.parkNanos(this, nanos);
				}
			}
			this.asleep = false;
		}
	}

	private void sortIn() {
		for (Task task = this.added.poll(); task != null; task = this.added.poll()) {
			if (!task.isCancelled()) {
				this.sorted.add(task);
			}
		}
		if (this.sorted.size() > this.purgeAt) {
			this.sorted.removeIf(Task::isCancelled);
			this.purgeAt = Math.max(WORTH_PURGING, 2 * this.sorted.size());
		}
	}

	/** Run what is due; the time to wake for what is not. */
	private long runDue() {
		while (true) {
			// The clock first: what is due now and was added is in order then.
			long now = now();
			sortIn();
			Task first = this.sorted.peek();
			if (first == null || first.at > now) {
				return Math.min((first != null) ? first.at : Long.MAX_VALUE, now + LONGEST_SLEEP);
			}
			this.sorted.poll();
			run(first);
		}
	}

	private void run(Task task) {
		Runnable action = task.action;
		if (action != null) {
			try {
				action.run();
			}
			catch (Throwable ex) {
				this.thread.getUncaughtExceptionHandler().uncaughtException(this.thread, ex);
			}
		}
	}

	private long now() {
		return System.nanoTime() - this.origin;
	}

	/** An action and its time; to run the task is to cancel it. */
	private static final class Task implements Runnable {

		private final long at;

		private volatile @Nullable Runnable action;

		private Task(Runnable action, long at) {
			this.action = action;
			this.at = at;
		}

		private boolean isCancelled() {
			return this.action == null;
		}

		@Override
		public void run() {
			this.action = null;
		}

	}

}
