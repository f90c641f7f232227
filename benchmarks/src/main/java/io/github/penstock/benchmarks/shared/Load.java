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

package io.github.penstock.benchmarks.shared;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.benchmarks.scale.VirtualThreads;

/**
 * Threads that call, and how long their calls took.
 */
final class Load {

	private final int threads;

	private final boolean virtual;

	private final long warmUpNanos;

	private final long nanos;

	/**
	 * Create a load.
	 * @param threads how many: {@code 50}, or {@code 50v} for virtual ones
	 */
	Load(String threads, long warmUpMillis, long millis) {
		this.virtual = threads.endsWith("v");
		this.threads = Integer.parseInt(threads.replace("v", ""));
		this.warmUpNanos = TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
		this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
	}

	/** Call as often as possible; return how long each call took, sorted. */
	long[] run(Call call, Runnable begins, Runnable ends) throws InterruptedException {
		return run((thread) -> {
			Times times = new Times();
			long start = System.nanoTime();
			long now = start;
			while (now - start < this.warmUpNanos) {
				call.run();
				now = System.nanoTime();
			}
			while (now - start < this.warmUpNanos + this.nanos) {
				call.run();
				long ended = System.nanoTime();
				times.add(ended - now);
				now = ended;
			}
			return times;
		}, begins, ends);
	}

	/** Call with a pause before each call; return how long each call took, sorted. */
	long[] runWithPauses(Call call, long pauseNanos) throws InterruptedException {
		return run((thread) -> {
			Times times = new Times();
			long start = System.nanoTime();
			while (System.nanoTime() - start < this.warmUpNanos + this.nanos) {
				LockSupport.parkNanos(pauseNanos);
				long began = System.nanoTime();
				call.run();
				times.add(System.nanoTime() - began);
			}
			return times;
		}, () -> {
		}, () -> {
		});
	}

	/**
	 * Call at a steady rate over all threads; return how long each call took, sorted. One
	 * that the call before it made late counts from when it should have begun.
	 */
	long[] run(Call call, int perSecond) throws InterruptedException {
		long interval = TimeUnit.SECONDS.toNanos(this.threads) / perSecond;
		return run((thread) -> {
			Times times = new Times();
			long start = System.nanoTime();
			long end = this.warmUpNanos + this.nanos;
			long took = 0;
			for (long due = interval * thread / this.threads; due < end; due += interval) {
				boolean late = took > interval;
				for (long left = start + due - System.nanoTime(); left > 0; left = start + due - System.nanoTime()) {
					LockSupport.parkNanos(left);
				}
				long began = late ? start + due : System.nanoTime();
				call.run();
				took = System.nanoTime() - began;
				if (due >= this.warmUpNanos) {
					times.add(took);
				}
			}
			return times;
		}, () -> {
		}, () -> {
		});
	}

	private long[] run(Body body, Runnable begins, Runnable ends) throws InterruptedException {
		Times[] times = new Times[this.threads];
		List<Thread> all = new ArrayList<>();
		for (int i = 0; i < this.threads; i++) {
			int index = i;
			all.add(start(() -> {
				try {
					times[index] = body.run(index);
				}
				catch (Throwable ex) {
					ex.printStackTrace();
					Runtime.getRuntime().halt(1);
				}
			}));
		}
		TimeUnit.NANOSECONDS.sleep(this.warmUpNanos);
		begins.run();
		TimeUnit.NANOSECONDS.sleep(this.nanos);
		ends.run();
		for (Thread thread : all) {
			thread.join();
		}
		return Arrays.stream(times).flatMapToLong((of) -> Arrays.stream(of.all())).sorted().toArray();
	}

	private Thread start(Runnable task) {
		if (this.virtual) {
			return VirtualThreads.start(task);
		}
		Thread thread = new Thread(task);
		thread.start();
		return thread;
	}

	/** The time within which so many percent of the calls ended, in microseconds. */
	static double percentile(long[] sorted, double percent) {
		return sorted[(int) Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
	}

	/** What is called. */
	@FunctionalInterface
	interface Call {

		void run() throws Exception;

	}

	@FunctionalInterface
	private interface Body {

		Times run(int thread) throws Exception;

	}

	/** How long calls of one thread took. */
	private static final class Times {

		private long[] times = new long[1024];

		private int count;

		void add(long nanos) {
			if (this.count == this.times.length) {
				this.times = Arrays.copyOf(this.times, 2 * this.count);
			}
			this.times[this.count++] = nanos;
		}

		long[] all() {
			return Arrays.copyOf(this.times, this.count);
		}

	}

}
