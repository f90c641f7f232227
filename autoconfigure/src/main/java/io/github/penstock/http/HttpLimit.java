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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.RateLimiter;
import io.github.penstock.TimeSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The limits of requests to certain hosts. A request takes a permit, then a token, and
 * keeps the permit until its response is over. When a server answers 429 or 503 and asks
 * for a pause, all requests wait for that time, and then come back gradually.
 * <p>
 * Does nothing by itself: put an {@link HttpLimitInterceptor} or an
 * {@link HttpLimitFilter} into a client. Thread-safe.
 */
public final class HttpLimit {

	private static final Log logger = LogFactory.getLog(HttpLimit.class);

	/**
	 * How long a body that nobody reads keeps its permit, where nobody says otherwise.
	 */
	public static final Duration DEFAULT_BODY_TIMEOUT = Duration.ofMinutes(1);

	/** How long a server may ask for a pause, where nobody says otherwise. */
	public static final Duration DEFAULT_MAX_PAUSE = Duration.ofMinutes(1);

	/**
	 * How long requests wait after a 429 that does not say how long, where nobody says
	 * otherwise.
	 */
	public static final Duration DEFAULT_PAUSE = Duration.ofSeconds(1);

	private static final Duration MAX_NANOS = Duration.ofNanos(Long.MAX_VALUE);

	private final String name;

	private final List<HostPattern> hosts;

	private final @Nullable ConcurrencyLimiter bulkhead;

	private final @Nullable RateLimiter rateLimit;

	private final Limits permits;

	private final Limits tokens;

	private final Release release;

	private final Duration bodyTimeout;

	private final Duration maxPause;

	private final Duration defaultPause;

	private final TimeSource time;

	private final Pause pause;

	private final PauseListener pauseListener;

	private final AbandonedBodies abandonedBodies;

	private HttpLimit(Builder builder) {
		this.name = builder.name;
		this.hosts = List.copyOf(builder.hosts);
		this.bulkhead = builder.bulkhead;
		this.rateLimit = builder.rateLimit;
		this.permits = Limits.of(this.bulkhead, null);
		this.tokens = Limits.of(null, this.rateLimit);
		this.release = builder.release;
		this.bodyTimeout = builder.bodyTimeout;
		this.maxPause = builder.maxPause;
		this.defaultPause = builder.defaultPause;
		this.time = builder.time;
		this.pauseListener = builder.pauseListener;
		this.pause = new Pause(this.name, this.maxPause, this.time);
		this.abandonedBodies = new AbandonedBodies(this.name, this.bodyTimeout);
	}

	/**
	 * Begin to build limits.
	 * @param name the name of the client, which matches
	 * {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 * @return a builder
	 * @throws IllegalArgumentException if the name is not valid
	 */
	public static Builder named(String name) {
		return new Builder(name);
	}

	/**
	 * Return the name of the client.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the hosts whose requests are limited.
	 * @return patterns such as {@code *.example.com:8443}
	 */
	public List<String> hosts() {
		return this.hosts.stream().map(HostPattern::toString).toList();
	}

	List<HostPattern> patterns() {
		return this.hosts;
	}

	/**
	 * Return what limits how many requests are in flight.
	 * @return the limiter, or {@code null}
	 */
	public @Nullable ConcurrencyLimiter bulkhead() {
		return this.bulkhead;
	}

	/**
	 * Return what limits how many requests begin in a time.
	 * @return the limiter, or {@code null}
	 */
	public @Nullable RateLimiter rateLimit() {
		return this.rateLimit;
	}

	/**
	 * Return when a request is over.
	 * @return with its body or with its headers
	 */
	public Release release() {
		return this.release;
	}

	/**
	 * Return how long a body that nobody reads keeps its permit.
	 * @return the guard timeout
	 */
	public Duration bodyTimeout() {
		return this.bodyTimeout;
	}

	/**
	 * Return how long a server may ask for a pause.
	 * @return the bound; what is longer counts as this
	 */
	public Duration maxPause() {
		return this.maxPause;
	}

	/**
	 * Return how long requests wait after a 429 that does not say how long.
	 * @return the pause, zero for none
	 */
	public Duration defaultPause() {
		return this.defaultPause;
	}

	/**
	 * Return how far requests are held back because a server has asked for it.
	 * @return the state now
	 */
	public PauseState pause() {
		return this.pause.state();
	}

	/**
	 * Return how many bodies lost their permit because nobody read or closed them.
	 * @return the number of bodies
	 */
	public long abandonedBodies() {
		return this.abandonedBodies.count();
	}

	/**
	 * Let the current thread's request begin. Blocks.
	 * @return what {@link #exit} wants
	 */
	@Nullable Object enter() {
		this.pause.check(timeoutNanos());
		Object entry = this.permits.enter();
		try {
			begin();
			return entry;
		}
		catch (Throwable ex) {
			exit(entry);
			throw ex;
		}
	}

	private void begin() {
		long timeoutNanos = timeoutNanos();
		long waited = 0;
		while (true) {
			waited += this.pause.await(timeoutNanos, waited);
			// While it waited, another one may have been asked for.
			if (!this.pause.isPaused()) {
				this.tokens.enter();
				if (!this.pause.isPaused()) {
					this.pause.began();
					return;
				}
			}
		}
	}

	void exit(@Nullable Object entry) {
		this.permits.exit(entry);
	}

	/** A share of the permit that the current thread has entered with. */
	Permit share() {
		return this.permits.share();
	}

	/**
	 * Ask for what a request needs: a permit, then the end of a pause if there is one,
	 * then a token. Never blocks.
	 * @return a future; to complete it from outside leaves what it waits for and gives
	 * the permit back
	 */
	CompletableFuture<Permit> start() {
		try {
			this.pause.check(timeoutNanos());
		}
		catch (RateLimitExceededException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return this.permits.acquireAsyncWith(() -> Turn.start(this, this.tokens));
	}

	Pause gate() {
		return this.pause;
	}

	TimeSource time() {
		return this.time;
	}

	Runnable schedule(Runnable guard) {
		return this.time.schedule(guard, this.bodyTimeout.toNanos());
	}

	/** How long a request may wait for a token, or for the end of a pause. */
	long timeoutNanos() {
		Duration timeout = Duration.ZERO;
		if (this.rateLimit != null) {
			timeout = this.rateLimit.spec().timeout();
		}
		else if (this.bulkhead != null) {
			timeout = this.bulkhead.spec().timeout();
		}
		return (timeout.compareTo(MAX_NANOS) < 0) ? timeout.toNanos() : Long.MAX_VALUE;
	}

	/**
	 * Heed what a response asks for.
	 * @param status its status
	 * @param headers gives the lines of a header by its name
	 */
	void learn(int status, Function<String, @Nullable List<String>> headers) {
		Duration asked = AskedPause.read(status, headers, Instant.now(), this.defaultPause);
		if (!asked.isZero()) {
			this.pause.learn(asked);
			tell(asked);
		}
	}

	private void tell(Duration asked) {
		try {
			this.pauseListener.paused(this.name, asked);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("A listener failed on a pause of " + this, ex);
		}
	}

	/**
	 * Have requests pause as if their server had asked for it, as it has asked those of
	 * another instance. Nobody is told of it.
	 * @param asked for how long, counted from now; what is longer than it may ask counts
	 * as that
	 */
	public void pauseFor(Duration asked) {
		if (!asked.isNegative() && !asked.isZero()) {
			this.pause.learn(asked);
		}
	}

	/** A body has lost its permit. */
	void abandoned() {
		this.abandonedBodies.add();
	}

	@Override
	public String toString() {
		return "HTTP client '" + this.name + "' " + hosts();
	}

	/**
	 * Builds limits of requests.
	 */
	public static final class Builder {

		private static final Duration LONGEST = Duration.ofDays(365);

		private final String name;

		private final List<HostPattern> hosts = new ArrayList<>();

		private @Nullable ConcurrencyLimiter bulkhead;

		private @Nullable RateLimiter rateLimit;

		private Release release = Release.BODY;

		private Duration bodyTimeout = DEFAULT_BODY_TIMEOUT;

		private Duration maxPause = DEFAULT_MAX_PAUSE;

		private Duration defaultPause = DEFAULT_PAUSE;

		private PauseListener pauseListener = (client, asked) -> {
		};

		private TimeSource time = TimeSource.system();

		private Builder(String name) {
			if (!LimiterRegistry.isValidName(name)) {
				throw new IllegalArgumentException("Invalid name '" + name + "' of an HTTP client");
			}
			this.name = name;
		}

		/**
		 * Add hosts.
		 * @param patterns {@code api.example.com}, {@code api.example.com:8443},
		 * {@code *.example.com} for all hosts below it, {@code *} for all
		 * @return this builder
		 * @throws IllegalArgumentException if one cannot be read
		 */
		public Builder hosts(String... patterns) {
			for (String pattern : patterns) {
				HostPattern host = HostPattern.parse(pattern);
				if (!this.hosts.contains(host)) {
					this.hosts.add(host);
				}
			}
			return this;
		}

		/**
		 * Return the hosts that were added.
		 * @return patterns in their one form, such as {@code *.example.com:8443}
		 */
		public List<String> hosts() {
			return this.hosts.stream().map(HostPattern::toString).toList();
		}

		/**
		 * Limit how many requests are in flight.
		 * @param bulkhead the limiter, which others may use as well; {@code null} for
		 * none
		 * @return this builder
		 */
		public Builder bulkhead(@Nullable ConcurrencyLimiter bulkhead) {
			this.bulkhead = bulkhead;
			return this;
		}

		/**
		 * Limit how many requests begin in a time.
		 * @param rateLimit the limiter, which others may use as well; {@code null} for
		 * none
		 * @return this builder
		 */
		public Builder rateLimit(@Nullable RateLimiter rateLimit) {
			this.rateLimit = rateLimit;
			return this;
		}

		/**
		 * Say when a request is over.
		 * @param release with its body, which is the default, or with its headers
		 * @return this builder
		 */
		public Builder release(Release release) {
			this.release = release;
			return this;
		}

		/**
		 * Say how long a body that nobody reads keeps its permit.
		 * @param bodyTimeout the guard timeout, more than zero
		 * @return this builder
		 * @throws IllegalArgumentException if it is not
		 */
		public Builder bodyTimeout(Duration bodyTimeout) {
			this.bodyTimeout = positive("body-timeout", bodyTimeout);
			return this;
		}

		/**
		 * Say how long a server may ask for a pause.
		 * @param maxPause the bound, more than zero
		 * @return this builder
		 * @throws IllegalArgumentException if it is not
		 */
		public Builder maxPause(Duration maxPause) {
			this.maxPause = positive("max-pause", maxPause);
			return this;
		}

		/**
		 * Say how long requests wait after a 429 that does not say how long.
		 * @param defaultPause the pause, zero for none; no longer than a server may ask
		 * for
		 * @return this builder
		 * @throws IllegalArgumentException if it is negative
		 */
		public Builder defaultPause(Duration defaultPause) {
			if (defaultPause.isNegative() || defaultPause.compareTo(LONGEST) > 0) {
				throw new IllegalArgumentException(
						"Invalid default-pause '" + defaultPause + "': it must be from 0 to 365 days");
			}
			this.defaultPause = defaultPause;
			return this;
		}

		/**
		 * Say who hears that a server has asked for a pause.
		 * @param pauseListener the listener
		 * @return this builder
		 */
		public Builder pauseListener(PauseListener pauseListener) {
			this.pauseListener = pauseListener;
			return this;
		}

		/**
		 * Say in which time the pauses and the guard timeout pass.
		 * @param time the time, the system's by default
		 * @return this builder
		 */
		public Builder time(TimeSource time) {
			this.time = time;
			return this;
		}

		/**
		 * Build the limits.
		 * @return the limits
		 * @throws IllegalArgumentException if there are no hosts, or nothing limits them
		 */
		public HttpLimit build() {
			if (this.hosts.isEmpty()) {
				throw new IllegalArgumentException("HTTP client '" + this.name + "' has no hosts");
			}
			if (this.bulkhead == null && this.rateLimit == null) {
				throw new IllegalArgumentException(
						"HTTP client '" + this.name + "' has neither a bulkhead nor a rate limit");
			}
			return new HttpLimit(this);
		}

		private static Duration positive(String property, Duration duration) {
			if (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0) {
				throw new IllegalArgumentException(
						"Invalid " + property + " '" + duration + "': it must be more than 0 and at most 365 days");
			}
			return duration;
		}

	}

}
