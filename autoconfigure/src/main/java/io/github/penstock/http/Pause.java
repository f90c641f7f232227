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

package io.github.penstock.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RefusalReason;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The pause that a server asked for, and the way back to the old pace.
 */
final class Pause {

	private static final Log logger = LogFactory.getLog(Pause.class);

	private static final long LONGEST_PARK = TimeUnit.SECONDS.toNanos(5);

	private static final long SHORTEST_RAMP = TimeUnit.SECONDS.toNanos(1);

	private static final long LONGEST_RAMP = TimeUnit.SECONDS.toNanos(30);

	private static final long MOST_JITTER = TimeUnit.SECONDS.toNanos(1);

	private final String name;

	private final long maxNanos;

	private final TimeSource time;

	private final Pace pace;

	private final AtomicReference<@Nullable Schedule> schedule = new AtomicReference<>();

	/** What tells those who wait that nobody waits any more. */
	private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();

	private final AtomicLong learned = new AtomicLong();

	private volatile boolean closed;

	Pause(String name, Duration max, TimeSource time) {
		this.name = name;
		this.maxNanos = max.toNanos();
		this.time = time;
		this.pace = new Pace(time.nanoTime());
	}

	/** A request begins. */
	void began() {
		this.pace.began(this.time.nanoTime());
	}

	/**
	 * The server asks not to be called for this time. One who asks for longer than it may
	 * gets what it may. Instances of an application that hear the same do not all come
	 * back at the same moment.
	 */
	void learn(Duration asked) {
		this.learned.incrementAndGet();
		long now = this.time.nanoTime();
		long length = length(asked);
		long start = now + length;
		Schedule before;
		Schedule after;
		do {
			before = this.schedule.get();
			if (before != null && before.start() - start >= 0) {
				return;
			}
			// What is measured while requests are held back may be less than their pace.
			long measured = this.pace.perSecond(now);
			long perSecond = (before != null) ? Math.max(before.perSecond(), measured) : measured;
			after = new Schedule(start, Math.min(Math.max(length, SHORTEST_RAMP), LONGEST_RAMP), perSecond, 0);
		}
		while (!this.schedule.compareAndSet(before, after));
		if (logger.isDebugEnabled()) {
			logger.debug("HTTP client '" + this.name + "' pauses for " + Duration.ofNanos(length));
		}
	}

	private long length(Duration asked) {
		boolean tooLong = asked.compareTo(Duration.ofNanos(this.maxNanos)) >= 0;
		long nanos = (tooLong) ? this.maxNanos : asked.toNanos();
		long jitter = ThreadLocalRandom.current().nextLong(Math.min(nanos / 10, MOST_JITTER) + 1);
		return (tooLong) ? nanos - jitter : Math.min(nanos + jitter, this.maxNanos);
	}

	/** Whether a request must not begin now, whoever has let it in. */
	boolean isPaused() {
		Schedule schedule = this.schedule.get();
		return schedule != null && schedule.isPausedAt(this.time.nanoTime());
	}

	/**
	 * Refuse a request for which the pause is too long, before it waits for anything.
	 * @param timeoutNanos how long it may wait
	 */
	void check(long timeoutNanos) {
		Schedule schedule = this.schedule.get();
		if (schedule != null) {
			long now = this.time.nanoTime();
			long wait = schedule.waitFor(schedule.numberAt(now), now);
			if (wait > timeoutNanos) {
				throw refusal(reason(timeoutNanos), wait, 0);
			}
			if (wait > 0 && this.closed) {
				throw shutOut(0);
			}
		}
	}

	/**
	 * Take the time at which a request may begin.
	 * @param timeoutNanos how long it may wait
	 * @param waitedNanos how long it has waited
	 * @return how long from now, 0 for at once
	 */
	long take(long timeoutNanos, long waitedNanos) {
		while (true) {
			Schedule schedule = this.schedule.get();
			if (schedule == null) {
				return 0;
			}
			long now = this.time.nanoTime();
			long number = schedule.numberAt(now);
			long wait = schedule.waitFor(number, now);
			if (wait <= 0 && schedule.isRestoredAt(now)) {
				if (this.schedule.compareAndSet(schedule, null)) {
					return 0;
				}
			}
			else if (wait > timeoutNanos - waitedNanos) {
				throw refusal(reason(timeoutNanos), wait, waitedNanos);
			}
			else if (wait > 0 && this.closed) {
				throw shutOut(waitedNanos);
			}
			else if (this.schedule.compareAndSet(schedule, schedule.take(number))) {
				return Math.max(0, wait);
			}
		}
	}

	private static RefusalReason reason(long timeoutNanos) {
		return (timeoutNanos <= 0) ? RefusalReason.FULL : RefusalReason.WAIT_TOO_LONG;
	}

	/**
	 * Wait until the request may begin. Blocks.
	 * @param timeoutNanos how long it may wait
	 * @param waitedNanos how long it has waited
	 * @return how long it has waited since then
	 */
	long await(long timeoutNanos, long waitedNanos) {
		long wait = take(timeoutNanos, waitedNanos);
		if (wait == 0) {
			return 0;
		}
		long begin = this.time.nanoTime();
		ParkedThread thread = new ParkedThread(Thread.currentThread());
		startWaiting(thread);
		try {
			long waited = 0;
			for (; waited < wait; waited = this.time.nanoTime() - begin) {
				if (Thread.currentThread().isInterrupted()) {
					throw refusal(RefusalReason.INTERRUPTED, 0, waitedNanos + waited);
				}
				if (this.closed) {
					throw shutOut(waitedNanos + waited);
				}
				this.time.parkNanos(this, Math.min(wait - waited, LONGEST_PARK));
			}
			return waited;
		}
		finally {
			stopWaiting(thread);
		}
	}

	/**
	 * Somebody begins to wait.
	 * @param shutOut is run if nobody may wait any more, by any thread
	 */
	void startWaiting(Runnable shutOut) {
		this.waiting.add(shutOut);
		// Whoever closes it does so first and then looks for those who wait.
		if (this.closed) {
			shutOut.run();
		}
	}

	void stopWaiting(Runnable shutOut) {
		this.waiting.remove(shutOut);
	}

	/** Refuse whoever waits, now and from now on. Never blocks. */
	void close() {
		this.closed = true;
		this.waiting.forEach(Runnable::run);
	}

	RateLimitExceededException shutOut(long waitedNanos) {
		return refusal(RefusalReason.SHUT_DOWN, 0, waitedNanos);
	}

	private RateLimitExceededException refusal(RefusalReason reason, long retryAfterNanos, long waitedNanos) {
		String rate = (isPaused()) ? "paused as the server asked" : "restored after a pause";
		return new RateLimitExceededException(this.name, reason, Duration.ofNanos(retryAfterNanos), rate, 0,
				this.waiting.size(), Duration.ofNanos(waitedNanos));
	}

	PauseState state() {
		Schedule schedule = this.schedule.get();
		long now = this.time.nanoTime();
		if (schedule == null) {
			return new PauseState(Duration.ZERO, Duration.ZERO, this.waiting.size(), this.learned.get());
		}
		long paused = Math.max(0, schedule.start() - now);
		// Those who wait may have taken times behind the ramp.
		long next = schedule.waitFor(schedule.numberAt(now), now);
		long restoring = Math.max(0, Math.max(schedule.start() + schedule.ramp() - now, next));
		return new PauseState(Duration.ofNanos(paused), Duration.ofNanos(restoring), this.waiting.size(),
				this.learned.get());
	}

	/** A thread that waits, and looks for the reason when it is woken. */
	private record ParkedThread(Thread thread) implements Runnable {

		@Override
		public void run() {
			LockSupport.unpark(this.thread);
		}

	}

}
