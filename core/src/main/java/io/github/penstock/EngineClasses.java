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

import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Makes ready what the limiters use, before there is one. The first use of a class runs
 * its initializer, and where that has no room on the stack the class cannot be used any
 * more until the JVM ends.
 */
final class EngineClasses {

	private static volatile boolean ready;

	private static volatile boolean readyForTokens;

	private static volatile boolean readyForKeys;

	private EngineClasses() {
	}

	/**
	 * Initialize all classes that a bulkhead without keys uses, once.
	 * @throws StackOverflowError if there is no room for that; nothing has happened then
	 */
	static void initialize() {
		if (!ready) {
			StackRoom.checkMuch();
			initialize(ofTheJdk());
			initializeContention();
			initialize(ofOurs());
			rehearse();
			ready = true;
		}
	}

	/**
	 * Initialize all classes that a rate limit without keys uses, once.
	 * @throws StackOverflowError if there is no room for that; nothing has happened then
	 */
	static void initializeForTokens() {
		initialize();
		if (!readyForTokens) {
			StackRoom.checkMuch();
			initialize(ofTokens());
			rehearseTokens();
			readyForTokens = true;
		}
	}

	/**
	 * Initialize all classes that keys need as well, once.
	 * @throws StackOverflowError if there is no room for that; nothing has happened then
	 */
	static void initializeForKeys() {
		if (!readyForKeys) {
			initializeForTokens();
			// Whoever has rate limits finds these ready, and comes here from deep within.
			StackRoom.checkMuch();
			initialize(ofKeys());
			rehearseKeys();
			readyForKeys = true;
		}
	}

	private static void initialize(Class<?>[] types) {
		try {
			for (Class<?> type : types) {
				MethodHandles.lookup().ensureInitialized(type);
			}
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What a {@link LongAdder} first uses when two threads meet in it, wherever they are
	 * on their stacks by then. Not visible, and not there for ever perhaps.
	 */
	private static void initializeContention() {
		try {
			Class.forName("java.util.concurrent.atomic.Striped64$Cell");
		}
		catch (ClassNotFoundException ex) {
			// A JDK that counts in another way.
		}
	}

	/**
	 * Do once what calls do that need not wait, which look for no room on the stack, so
	 * that what the JDK makes at the first use of a lambda or a {@code VarHandle} is
	 * there.
	 */
	private static void rehearse() {
		SemaphoreLimiter permits = new SemaphoreLimiter("rehearsal", ConcurrencyLimiterSpec.of(1), TimeSource.system());
		permits.run(() -> giveBack(permits.tryAcquire()));
		SemaphorePermit permit = permits.shareOrTake();
		if (permit != null) {
			permit.makeCurrent().close();
			giveBack(permit);
		}
		permits.checkIn(permits.checkOut());
		permits.callAsync(() -> CompletableFuture.completedFuture(null));
		permits.stats();
	}

	private static void rehearseTokens() {
		TokenBucketLimiter tokens = new TokenBucketLimiter("rehearsal", RateLimiterSpec.of(1), TimeSource.system());
		tokens.tryAcquire();
		// What a sliding window uses. Its own class has no initializer, and whoever has
		// only buckets calls them without a look at what they are.
		new AtomicLongArray(1).compareAndSet(0, new AtomicLongArray(1).get(0), 1);
	}

	private static void rehearseKeys() {
		TimeSource time = new TimeWithoutTimers();
		Object key = Keys.of("rehearsal");
		SemaphoreLimiter permits = new SemaphoreLimiter("rehearsal", ConcurrencyLimiterSpec.of(1), time);
		permits.makeKeyed();
		permits.exit(permits.enter("rehearsal", null, null));
		giveBack(new KeyConcurrencyLimiter(permits, null, key, null).tryAcquire());
		permits.exit(permits.enter("rehearsal", null, null));
		TokenBucketLimiter tokens = new TokenBucketLimiter("rehearsal", RateLimiterSpec.of(1), time);
		tokens.makeKeyed();
		tokens.enter("rehearsal", null, 1, null);
		new KeyRateLimiter(tokens, key, null).tryAcquire();
	}

	private static void giveBack(@Nullable Permit permit) {
		if (permit != null) {
			permit.close();
		}
	}

	/** Of the JDK, those that have an initializer. */
	private static Class<?>[] ofTheJdk() {
		return new Class<?>[] { ArrayList.class, AtomicBoolean.class, AtomicLong.class, AtomicLongArray.class,
				AtomicReference.class, CompletableFuture.class, ConcurrentHashMap.class, ConcurrentLinkedDeque.class,
				ConcurrentLinkedQueue.class, Duration.class, EnumMap.class, LockSupport.class, LongAdder.class,
				StackWalker.class, ThreadLocalRandom.class, TimeUnit.class };
	}

	/** Methods and no constants, so that this class has no initializer. */
	private static Class<?>[] ofOurs() {
		return new Class<?>[] { BulkheadFullException.class, Callers.class, ConcurrencyLimiterSpec.class,
				DaemonThreads.class, Durations.class, FutureWaiter.class, LimiterListener.Cause.class,
				LimiterCounters.class, LimiterNumbers.class, LimiterThreads.class, Limits.class, Listeners.class,
				Limits.NoPermit.class, ParkedWaiter.class, RefusalReason.class, Scopes.class, SemaphoreLimiter.class,
				SemaphorePermit.class, SystemTimeSource.class, Timer.class, Trampoline.class, WaitingCall.class,
				WaitLine.class, Waiter.State.class, Waiter.class };
	}

	/** Of ours, those that only rate limits use. */
	private static Class<?>[] ofTokens() {
		return new Class<?>[] { RateLimitExceededException.class, RateLimiterSpec.class, TokenBucket.Scale.class,
				TokenBucketLimiter.class };
	}

	/** Of ours, those that only keys use. */
	private static Class<?>[] ofKeys() {
		return new Class<?>[] { KeyBucket.class, KeyLine.class, KeyPermits.class, KeyTable.class, Keys.class,
				RateLimiterSpec.Plan.class };
	}

	/** So that a rehearsal starts no thread. */
	private static final class TimeWithoutTimers implements TimeSource {

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			LockSupport.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			return () -> {
			};
		}

	}

}
