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

import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * As many daemon threads as there are tasks that block, for JDKs without virtual threads.
 * <p>
 * While there are tasks that nobody has taken, one thread seeks them ({@code seeking}).
 * It sees to it that another one does before it runs what it has taken. So to hand over a
 * task starts one thread at most, however many tasks there are; and tasks that end at
 * once are run by a few threads, while those that block lack none.
 * <p>
 * A thread ends when it was idle, or has lived, for a while, and what its tasks have left
 * behind in thread locals goes with it.
 */
final class DaemonThreads implements Executor {

	private static final long KEEP_ALIVE = TimeUnit.SECONDS.toNanos(1);

	private static final long LONGEST_LIFE = TimeUnit.SECONDS.toNanos(30);

	private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Deque<Worker> idle = new ConcurrentLinkedDeque<>();

	private final AtomicBoolean seeking = new AtomicBoolean();

	private final AtomicLong number = new AtomicLong();

	private final String name;

	DaemonThreads(String name) {
		this.name = name;
	}

	@Override
	public void execute(Runnable task) {
		this.tasks.add(task);
		try {
			haveSought();
		}
		catch (Throwable ex) {
			if (this.tasks.remove(task)) {
				throw ex;
			}
			// Another thread has become free and runs it.
		}
	}

	/** See to it that a thread seeks what was added. */
	private void haveSought() {
		while (!this.tasks.isEmpty() && this.seeking.compareAndSet(false, true)) {
			Worker free = this.idle.pollFirst();
			if (free == null) {
				start();
				return;
			}
			if (free.wake()) {
				return;
			}
			this.seeking.set(false);
		}
	}

	private void haveSoughtIfPossible() {
		try {
			haveSought();
		}
		catch (Throwable ex) {
			// Tried again by the timer.
		}
	}

	private void start() {
		boolean started = false;
		try {
			EngineThread.create(new Worker(), this.name + this.number.getAndIncrement()).start();
			started = true;
		}
		finally {
			if (!started) {
				this.seeking.set(false);
				tryAgain();
			}
		}
	}

	/** Others may have added a task meanwhile, and rely on this start. */
	private void tryAgain() {
		try {
			TimeSource.system().schedule(this::haveSoughtIfPossible, TRY_AGAIN);
		}
		catch (Throwable ex) {
			// Whoever adds the next task tries again.
		}
	}

	/** One thread. */
	private final class Worker implements Runnable {

		private final long startedAt = System.nanoTime();

		private final AtomicBoolean idle = new AtomicBoolean();

		private volatile @Nullable Thread thread;

		/** Become the one who seeks; false if it is not idle any more. */
		private boolean wake() {
			boolean woken = this.idle.compareAndSet(true, false);
			if (woken) {
				LockSupport.unpark(this.thread);
			}
			return woken;
		}

		@Override
		public void run() {
			this.thread = Thread.currentThread();
			do {
				// Here it is the one who seeks.
				Runnable task = DaemonThreads.this.tasks.poll();
				DaemonThreads.this.seeking.set(false);
				haveSoughtIfPossible();
				for (; task != null; task = next()) {
					run(task);
				}
			}
			while (rest());
			haveSoughtIfPossible();
		}

		private @Nullable Runnable next() {
			return isOld() ? null : DaemonThreads.this.tasks.poll();
		}

		private boolean isOld() {
			return System.nanoTime() - this.startedAt >= LONGEST_LIFE;
		}

		private void run(Runnable task) {
			try {
				task.run();
			}
			catch (Throwable ex) {
				report(ex);
			}
			finally {
				Thread.interrupted();
				Thread.currentThread().setContextClassLoader(DaemonThreads.class.getClassLoader());
			}
		}

		private void report(Throwable thrown) {
			try {
				Thread thread = Thread.currentThread();
				thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
			}
			catch (Throwable ex) {
				// As the JVM does.
			}
		}

		/** Wait to be the one who seeks; false if nobody needs this thread any more. */
		private boolean rest() {
			if (isOld()) {
				return false;
			}
			this.idle.set(true);
			DaemonThreads.this.idle.addFirst(this);
			// Who adds a task looks for idle threads after it: one sees the other.
			haveSoughtIfPossible();
			long since = System.nanoTime();
			while (this.idle.get()) {
				long left = KEEP_ALIVE - (System.nanoTime() - since);
				if (left > 0) {
					LockSupport.parkNanos(DaemonThreads.this, left);
				}
				else if (this.idle.compareAndSet(true, false)) {
					DaemonThreads.this.idle.remove(this);
					return false;
				}
			}
			return true;
		}

	}

}
