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

package io.github.penstock.redis;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;

/**
 * The main class of a process that is one instance of a service. It does what it is told
 * by lines, and writes down what happens, at once: one that is killed has told all.
 */
final class Instance {

	/** What a line of an {@link Event} begins with, beside those of the log. */
	static final String MARK = "> ";

	/** How long a call works, or waits before it asks for what it was refused. */
	private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

	/** Whoever holds permits has them sooner or later, whatever was done to Redis. */
	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final PrintStream out = System.out;

	private final List<Permit> held = new ArrayList<>();

	private final AtomicLong longestNanos = new AtomicLong();

	private final AtomicLong holds = new AtomicLong();

	private final RedisLimiterStore store;

	private final RateLimiter rateLimiter;

	private final ConcurrencyLimiter bulkhead;

	private volatile boolean calling;

	private CountDownLatch stopped = new CountDownLatch(0);

	private Instance(InstanceSetup setup) {
		this.store = setup.store();
		LimiterRegistry limiters = setup.limiters(this.store);
		this.rateLimiter = limiters.rateLimiter(InstanceSetup.RATE_LIMIT);
		this.bulkhead = limiters.concurrencyLimiter(InstanceSetup.BULKHEAD);
		this.bulkhead.listen(new LimiterListener() {

			@Override
			public void lost(int permits) {
				tell(Event.LOST, permits);
			}

		});
		this.store.start();
	}

	/** Ends with its standard input, so that it does not survive who has started it. */
	public static void main(String... arguments) throws Exception {
		Instance instance = new Instance(InstanceSetup.of(arguments));
		try (BufferedReader commands = new BufferedReader(
				new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
			for (String command = commands.readLine(); command != null; command = commands.readLine()) {
				String[] words = command.split(" ");
				instance.tell(words[0], instance.run(words[0], Integer.parseInt(words[1])));
			}
		}
		catch (IOException ex) {
			// Who has started it is gone.
		}
		Runtime.getRuntime().halt(0);
	}

	private long run(String command, int number) throws Exception {
		return switch (command) {
			case "up" -> (this.store.state().up() && !this.store.state().answerTime().isZero()) ? 1 : 0;
			case "call" -> call(number);
			case "stop" -> stop();
			case "hold" -> hold(number);
			case "valid" -> this.held.stream().filter(Permit::isValid).count();
			case "release" -> release();
			default -> throw new IllegalArgumentException("Unknown command '" + command + "'");
		};
	}

	private synchronized void tell(String kind, long number) {
		this.out.println(MARK + new Event(kind, now(), number));
	}

	static long now() {
		return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
	}

	/** Have callers of each limiter call until they are stopped. */
	private int call(int callers) {
		this.longestNanos.set(0);
		this.calling = true;
		this.stopped = new CountDownLatch(2 * callers);
		for (int caller = 0; caller < callers; caller++) {
			begin(this::take);
			begin(this::work);
		}
		return callers;
	}

	private void begin(Call call) {
		Thread thread = new Thread(() -> {
			while (this.calling) {
				long began = System.nanoTime();
				try {
					call.run();
				}
				catch (LimitExceededException ex) {
					this.longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
					LockSupport.parkNanos(WORK_NANOS);
				}
				catch (InterruptedException ex) {
					break;
				}
			}
			this.stopped.countDown();
		}, "caller");
		thread.setDaemon(true);
		thread.start();
	}

	private void take() throws InterruptedException {
		long began = System.nanoTime();
		this.rateLimiter.acquire();
		tell(Event.GRANT, 1);
		this.longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
	}

	private void work() throws InterruptedException {
		long began = System.nanoTime();
		try (Permit permit = this.bulkhead.acquire()) {
			long hold = this.holds.incrementAndGet();
			tell(Event.BEGIN, hold);
			this.longestNanos.accumulateAndGet(System.nanoTime() - began, Math::max);
			LockSupport.parkNanos(WORK_NANOS);
			tell(permit.isValid() ? Event.END : Event.END_LOST, hold);
		}
	}

	/** How long the longest call took to be let in or refused, in milliseconds. */
	private long stop() throws InterruptedException {
		this.calling = false;
		if (!this.stopped.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("Some callers hang");
		}
		return TimeUnit.NANOSECONDS.toMillis(this.longestNanos.get());
	}

	/** Be refused as often as it takes. */
	private int hold(int permits) throws InterruptedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		int goal = this.held.size() + permits;
		while (this.held.size() < goal && System.nanoTime() - deadline < 0) {
			try {
				this.held.add(this.bulkhead.acquire());
			}
			catch (LimitExceededException ex) {
				LockSupport.parkNanos(WORK_NANOS);
			}
		}
		return this.held.size();
	}

	private int release() {
		int permits = this.held.size();
		this.held.forEach(Permit::close);
		this.held.clear();
		return permits;
	}

	/** One call, again and again. */
	private interface Call {

		void run() throws InterruptedException;

	}

	/**
	 * What happened in an instance.
	 *
	 * @param kind what
	 * @param micros when, by the clock of the machine
	 * @param number how often, or which
	 */
	record Event(String kind, long micros, long number) {

		/** A token of the rate limit. */
		static final String GRANT = "grant";

		/** A hold of a permit begins. */
		static final String BEGIN = "begin";

		/** A hold ends of a permit that was one until then. */
		static final String END = "end";

		/** A hold ends of a permit that was lost before. */
		static final String END_LOST = "end-lost";

		/** An instance learns that it has lost permits. */
		static final String LOST = "lost";

		static Event of(String line) {
			String[] words = line.split(" ");
			return new Event(words[0], Long.parseLong(words[1]), Long.parseLong(words[2]));
		}

		/** Whether it was not asked for. */
		boolean isNews() {
			return List.of(GRANT, BEGIN, END, END_LOST, LOST).contains(this.kind);
		}

		@Override
		public String toString() {
			return this.kind + " " + this.micros + " " + this.number;
		}

	}

}
