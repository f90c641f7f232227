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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Calls that are cut off at the end of the stack, also while others stand in line. A
 * program of its own, so that it can be run without a compiler, whose frames come and go,
 * and with classes that nobody has used before.
 */
final class CutOffCalls {

	private static final int MAX = 3;

	private static final Duration TIMEOUT = Duration.ofMillis(50);

	private static final Runnable NOTHING = () -> {
	};

	private static final Consumer<Permit> CLOSE = Permit::close;

	private final ConcurrencyLimiter permits = new LimiterRegistry().register("permits",
			new ConcurrencyLimiterSpec(MAX, TIMEOUT, 1_000));

	private final RateLimiter tokens = new LimiterRegistry().register("tokens",
			RateLimiterSpec.of(2_000).withBurst(1L).withTimeout(TIMEOUT));

	private final Collection<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();

	private final AtomicInteger unknown = new AtomicInteger();

	private volatile boolean stop;

	private final List<Thread> inLine = new ArrayList<>();

	/** How long a call was parked beyond its timeout at most. */
	private final AtomicInteger mostMillis = new AtomicInteger();

	private CutOffCalls() {
	}

	public static void main(String[] scenarios) throws InterruptedException {
		for (String scenario : scenarios) {
			CutOffCalls calls = new CutOffCalls();
			switch (scenario) {
				case "no-line" -> calls.permitsAreBackWithoutALine();
				case "line" -> calls.permitsAreBackThoughOthersStandInLine();
				case "full" -> calls.nobodyWaitsLongerForPermitsThanItsTimeout();
				case "tokens" -> calls.nobodyWaitsLongerForTokensThanItsTimeout();
				case "keys" -> calls.permitsOfKeysAreBackWithoutALine();
				case "keys-line" -> calls.permitsOfAKeyAreBackThoughOthersStandInItsLine();
				case "made" -> assertThat(calls.permits.tryAcquire()).isNotNull();
				case "room" -> assertThat(RoomOnStack.measure()).isGreaterThan(6 * 1024);
				default -> throw new IllegalArgumentException(scenario);
			}
			System.out.println(scenario + " held");
		}
		System.exit(0);
	}

	private void permitsAreBackWithoutALine() throws InterruptedException {
		cutOff(() -> this.permits.run(NOTHING));
		cutOff(() -> {
			Permit permit = this.permits.tryAcquire();
			if (permit != null) {
				permit.close();
			}
		});
		cutOff(() -> this.permits.checkIn(this.permits.checkOut()));
		cutOff(() -> this.futures.add(this.permits.callAsync(() -> CompletableFuture.completedFuture(null))));
		cutOff(this.permits::stats);
		assertAllBack();
	}

	private void permitsAreBackThoughOthersStandInLine() throws InterruptedException {
		standInLine(() -> this.permits.run(Thread::yield));
		cutOff(() -> this.permits.run(NOTHING));
		cutOff(() -> this.permits.acquireAsync(TIMEOUT, Runnable::run).thenAccept(CLOSE));
		cutOff(() -> this.futures.add(this.permits.callAsync(() -> CompletableFuture.completedFuture(null))));
		assertAllBack();
	}

	private void nobodyWaitsLongerForPermitsThanItsTimeout() throws InterruptedException {
		List<Permit> held = new ArrayList<>();
		for (int i = 0; i < MAX; i++) {
			held.add(this.permits.tryAcquire());
		}
		standInLine(() -> this.permits.run(NOTHING));
		cutOff(() -> this.permits.run(NOTHING));
		cutOff(() -> this.futures.add(this.permits.acquireAsync()));
		cutOff(() -> this.futures.add(this.permits.callAsync(() -> CompletableFuture.completedFuture(null))));
		held.forEach(Permit::close);
		assertAllBack();
	}

	private void nobodyWaitsLongerForTokensThanItsTimeout() throws InterruptedException {
		standInLine(this.tokens::enter);
		cutOff(this.tokens::enter);
		cutOff(() -> this.futures.add(this.tokens.acquireAsync()));
		assertAllBack();
	}

	private void permitsOfKeysAreBackWithoutALine() throws InterruptedException {
		cutOff(() -> this.permits.exit(this.permits.enter("a", null, null)));
		cutOff(() -> this.permits.exit(this.permits.enter(this.unknown.incrementAndGet(), null, null)));
		cutOff(() -> this.tokens.forKey(this.unknown.incrementAndGet()).tryAcquire());
		cutOff(() -> {
			Permit permit = this.permits.forKey("b").tryAcquire();
			if (permit != null) {
				permit.close();
			}
		});
		cutOff(() -> this.permits.exit(this.permits.enter("b", null, null)));
		cutOff(() -> this.tokens.enter("a", null, 1, null));
		assertNoKeyIsKnown();
	}

	private void permitsOfAKeyAreBackThoughOthersStandInItsLine() throws InterruptedException {
		ConcurrencyLimiter ofKey = this.permits.forKey("a");
		standInLine(() -> ofKey.run(Thread::yield));
		cutOff(() -> this.permits.exit(this.permits.enter("a", null, null)));
		cutOff(() -> ofKey.acquireAsync(TIMEOUT, Runnable::run).thenAccept(CLOSE));
		assertNoKeyIsKnown();
	}

	private void assertNoKeyIsKnown() throws InterruptedException {
		assertAllBack();
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			assertThat(this.permits.keys(0).known()).isZero();
			assertThat(this.tokens.keys(0).known()).isZero();
		});
	}

	private static void cutOff(Runnable call) throws InterruptedException {
		int overflows = EndOfStack.run(2, () -> {
			try {
				call.run();
			}
			catch (LimitExceededException ex) {
				// It waited, which is what it is about.
			}
		});
		assertThat(overflows).isPositive();
	}

	/** Have some threads wait and get what they wait for all the time. */
	private void standInLine(Runnable call) {
		for (int i = 0; i < 2 * MAX; i++) {
			Thread thread = new Thread(() -> {
				while (!this.stop) {
					long start = System.nanoTime();
					try {
						call.run();
					}
					catch (LimitExceededException ex) {
						// Next time.
					}
					long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) - TIMEOUT.toMillis();
					this.mostMillis.accumulateAndGet((int) millis, Math::max);
				}
			});
			thread.setDaemon(true);
			thread.start();
			this.inLine.add(thread);
		}
	}

	private void assertAllBack() throws InterruptedException {
		this.stop = true;
		for (Thread thread : this.inLine) {
			thread.join(TimeUnit.SECONDS.toMillis(20));
			assertThat(thread.isAlive()).isFalse();
		}
		// A park that nobody ends takes five seconds.
		assertThat(this.mostMillis.get()).isLessThan(4_000);
		for (CompletableFuture<?> future : this.futures) {
			try {
				if (future.orTimeout(20, TimeUnit.SECONDS).join() instanceof Permit permit) {
					permit.close();
				}
			}
			catch (CompletionException | CancellationException ex) {
				assertThat(ex.getCause()).isInstanceOfAny(LimitExceededException.class, StackOverflowError.class);
			}
		}
		await().untilAsserted(() -> {
			assertThat(this.permits.inUse()).isZero();
			assertThat(this.permits.waiting()).isZero();
			assertThat(this.tokens.waiting()).isZero();
		});
	}

}
