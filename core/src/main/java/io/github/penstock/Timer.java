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

package io.github.penstock;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Runs tasks at their time, on one daemon thread, which is there as long as there are
 * tasks.
 * <p>
 * Not a {@code ScheduledThreadPoolExecutor}, since that takes a lock to schedule and to
 * cancel, for which an event loop would have to park. Here both are non-blocking: a new
 * task goes on a queue, from which the thread sorts it in when it is awake, and a
 * cancelled one only loses its action. The thread is woken for no task but one that is
 * due before the thread would wake anyway, so that the usual timeout, which is cancelled
 * long before it is due, costs an object and nothing else.
 * <p>
 * <b>Nothing that is thrown loses a task.</b> A task stays where it is until it is where
 * it goes. One that a full heap or stack has cut off is run again in a moment. What is
 * thrown is reported on another thread, whose handler may throw or block.
 * <p>
 * <b>It goes when nobody needs it.</b> The thread says that it is gone, then looks for
 * what was added. Who adds a task looks for the thread afterwards, and starts another one
 * if it is gone: one of the two sees the other.
 */
final class Timer implements Runnable {

	/**
	 * The longest sleep, so that an unpark that the JDK loses delays, but never hangs. So
	 * long the thread stays without a task, too.
	 */
	private static final long LONGEST_SLEEP = TimeUnit.SECONDS.toNanos(2);

	private static final int WORTH_PURGING = 1_000;

	/** How many tasks are sorted in before those that are due have their turn. */
	private static final int MOST_AT_ONCE = 10_000;

	private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(10);

	private static final int MOST_TRIES = 10;

	private final Queue<Task> added = new ConcurrentLinkedQueue<>();

	private final PriorityQueue<Task> sorted = new PriorityQueue<>();

	private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

	private final String name;

	private final TimeSource time;

	private final long origin;

	private final long longestSleep;

	/** How many tasks may be in the order of time before cancelled ones are taken out. */
	private int purgeAt = WORTH_PURGING;

	/** When it was seen last that there was something to do. */
	private long busyAt;

	private volatile long asleepUntil;

	private volatile boolean asleep;

	/** About how many tasks were added since the thread was awake. */
	private int unseen;

	/**
	 * Create a timer.
	 * @param time the clock that it goes by, and what its thread sleeps in
	 */
	Timer(String name, TimeSource time) {
		this(name, time, LONGEST_SLEEP);
	}

	Timer(String name, TimeSource time, long longestSleep) {
		this.name = name;
		this.time = time;
		this.origin = time.nanoTime();
		this.longestSleep = longestSleep;
	}

	/** Run the action in so many nanoseconds; what is returned cancels it. */
	Runnable schedule(Runnable action, long nanos) {
		long now = now();
		long at = (nanos < Long.MAX_VALUE - now) ? now + nanos : Long.MAX_VALUE;
		Task task = new Task(action, at);
		this.added.add(task);
		Thread thread = this.thread.get();
		if (thread == null) {
			start(task);
		}
		// The sleeper says until when, then looks for what was added: one sees the other.
		else if (this.asleep && (at < this.asleepUntil || ++this.unseen >= MOST_AT_ONCE)) {
			LockSupport.unpark(thread);
		}
		return task;
	}

	private void start(Task task) {
		try {
			Thread thread = EngineThread.create(this, this.name);
			if (this.thread.compareAndSet(null, thread)) {
				start(thread);
			}
		}
		catch (Throwable ex) {
			task.run();
			throw ex;
		}
	}

	private void start(Thread thread) {
		boolean started = false;
		try {
			thread.start();
			started = true;
		}
		finally {
			if (!started) {
				// Who has added a task meanwhile has to wait for the next who does.
				this.thread.set(null);
			}
		}
	}

	/** Whether it has a thread now. */
	boolean isRunning() {
		return this.thread.get() != null;
	}

	@Override
	public void run() {
		this.busyAt = now();
		boolean goesOn = true;
		while (goesOn) {
			try {
				goesOn = runDueAndSleep();
			}
			catch (Throwable ex) {
				// What was not done is done in the next round, when there may be memory.
				this.time.parkNanos(this, TRY_AGAIN);
				goesOn = isCurrent() || !end();
			}
		}
	}

	private boolean runDueAndSleep() {
		this.asleep = false;
		long next = runDue();
		if (this.sorted.isEmpty() && now() - this.busyAt >= this.longestSleep) {
			return !end();
		}
		this.asleepUntil = next;
		this.unseen = 0;
		this.asleep = true;
		if (this.added.isEmpty()) {
			long nanos = next - now();
			if (nanos > 0) {
				this.time.parkNanos(this, nanos);
			}
		}
		return true;
	}

	private boolean isCurrent() {
		return this.thread.get() == Thread.currentThread();
	}

	/** Let another thread run the next task; false if there is one and none has come. */
	private boolean end() {
		Thread thread = Thread.currentThread();
		this.thread.set(null);
		return this.added.isEmpty() || !this.thread.compareAndSet(null, thread);
	}

	private void sortIn() {
		Task task = this.added.peek();
		for (int i = 0; task != null && i < MOST_AT_ONCE; i++) {
			if (!task.isCancelled()) {
				this.sorted.add(task);
			}
			this.added.poll();
			task = this.added.peek();
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
			if (first != null && first.isCancelled()) {
				this.sorted.poll();
				continue;
			}
			if (first != null) {
				this.busyAt = now;
			}
			if (first == null || first.at > now) {
				return Math.min((first != null) ? first.at : Long.MAX_VALUE, now + this.longestSleep);
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
			catch (VirtualMachineError ex) {
				runAgain(task, ex);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/** There is room for it where it has just been. */
	private void runAgain(Task task, VirtualMachineError thrown) {
		task.tries++;
		if (task.tries < MOST_TRIES) {
			task.at = now() + (TRY_AGAIN << task.tries);
			this.sorted.add(task);
		}
		else {
			report(thrown);
		}
	}

	private void report(Throwable thrown) {
		try {
			LimiterThreads.INSTANCE.execute(() -> rethrow(thrown));
		}
		catch (Throwable ex) {
			// Nobody to tell.
		}
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void rethrow(Throwable thrown) throws X {
		throw (X) thrown;
	}

	private long now() {
		return this.time.nanoTime() - this.origin;
	}

	/** An action and its time; to run the task is to cancel it. */
	private static final class Task implements Runnable, Comparable<Task> {

		private volatile @Nullable Runnable action;

		// Of the timer's thread, once it is added.
		private long at;

		private int tries;

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

		@Override
		public int compareTo(Task other) {
			return Long.compare(this.at, other.at);
		}

	}

}
