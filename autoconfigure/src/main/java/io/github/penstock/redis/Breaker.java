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

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimiterStore.StoreUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether Redis answers. Once it does not, nobody asks it any more but this, one
 * question at a time and less and less often, until it answers again.
 */
final class Breaker {

	static final long LEAST_DELAY_MILLIS = 100;

	private static final long MOST_DELAY_MILLIS = 1_000;

	private static final Log logger = LogFactory.getLog(RedisLimiterStore.class);

	private final AtomicReference<State> state = new AtomicReference<>(new State(null, "", Instant.now()));

	private final Queue<Runnable> whenUp = new ConcurrentLinkedQueue<>();

	private final ScheduledExecutorService timer;

	private final Probe probe;

	Breaker(ScheduledExecutorService timer, Probe probe) {
		this.timer = timer;
		this.probe = probe;
	}

	/** What there is to say to who asks, or {@code null} if it may be asked. */
	@Nullable StoreUnavailableException refusal() {
		Throwable cause = this.state.get().cause;
		return (cause != null) ? new StoreUnavailableException("Redis does not answer: " + cause.getMessage(), cause)
				: null;
	}

	boolean isUp() {
		return this.state.get().cause == null;
	}

	Instant since() {
		return this.state.get().since;
	}

	@Nullable String cause() {
		Throwable cause = this.state.get().cause;
		return (cause != null) ? Outages.describe(cause) : null;
	}

	/**
	 * Take note that a question was not answered.
	 * @param key what it was about: that part of Redis has to answer again
	 */
	void failed(String key, Throwable cause) {
		State before = this.state.get();
		if (before.cause == null && this.state.compareAndSet(before, new State(cause, key, Instant.now()))) {
			logger
				.warn("Redis does not answer, and what holds for limits that all instances share is their 'on-outage': "
						+ Outages.describe(cause));
			probeAfter(LEAST_DELAY_MILLIS, 1);
		}
	}

	private void probeAfter(long millis, int attempt) {
		long jittered = millis * 3 / 4 + ThreadLocalRandom.current().nextLong(millis / 2);
		Timers.schedule(this.timer, () -> probe(millis, attempt), jittered);
	}

	private void probe(long millis, int attempt) {
		State down = this.state.get();
		this.probe.ask(down.key, attempt).whenComplete((answer, failure) -> {
			if (failure != null) {
				probeAfter(Math.min(MOST_DELAY_MILLIS, millis * 2), attempt + 1);
			}
			else {
				this.state.set(new State(null, "", Instant.now()));
				logger
					.info("Redis answers again, after " + seconds(Duration.between(down.since, Instant.now())) + " s");
				runWaiting();
			}
		});
	}

	private static String seconds(Duration duration) {
		return String.valueOf(duration.toMillis() / 1_000.0);
	}

	private void runWaiting() {
		for (Runnable action = this.whenUp.poll(); action != null; action = this.whenUp.poll()) {
			Timers.runQuietly(action);
		}
	}

	/** Do something when Redis answers, and not at once. */
	void whenUp(Runnable action) {
		if (isUp()) {
			Timers.schedule(this.timer, () -> whenUpNow(action), LEAST_DELAY_MILLIS);
		}
		else {
			whenUpNow(action);
		}
	}

	private void whenUpNow(Runnable action) {
		this.whenUp.add(action);
		if (isUp()) {
			runWaiting();
		}
	}

	/** Asks Redis something that it has to write for. */
	@FunctionalInterface
	interface Probe {

		/**
		 * Ask.
		 * @param key the part of Redis that has to answer
		 * @param attempt how often it was asked since it does not answer, with this time
		 * @return fails in time if there is no answer
		 */
		CompletionStage<?> ask(String key, int attempt);

	}

	private record State(@Nullable Throwable cause, String key, Instant since) {
	}

}
