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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link KeyConcurrencyLimiter} and what it calls: a key is a limiter like any
 * other, and has all its permits again in the end.
 */
@Timeout(60)
class KeyConcurrencyLimiterTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("export",
			ConcurrencyLimiterSpec.of(2).withTimeout(Duration.ZERO), this.time);

	private final ConcurrencyLimiter key = this.limiter.forKey("a");

	@AfterEach
	void everythingIsBack() {
		assertThat(this.key.inUse()).isZero();
		assertThat(this.key.waiting()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(Scopes.describe()).isNull();
	}

	private static <T> T elsewhere(Callable<T> task) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return task.call();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, (runnable) -> new Thread(runnable).start()).join();
	}

	private void assertThatItRefuses(Duration timeout, RefusalReason reason) {
		long before = this.limiter.stats().refused().get(reason);
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> this.key.enter((configured) -> timeout))
			.satisfies((refusal) -> assertThat(refusal.reason()).isEqualTo(reason));
		assertThat(this.limiter.stats().refused()).containsEntry(reason, before + 1);
	}

	@Test // K1, P1
	void eachWayInTakesAPermitOfTheKey() throws InterruptedException {
		List<Permit> permits = new ArrayList<>();
		this.limiter.change((spec) -> spec.withMax(6));
		permits.add(this.key.acquire());
		permits.add(this.key.acquire(LONG));
		permits.add(this.key.tryAcquire());
		permits.add(this.key.acquireAsync().join());
		permits.add(this.key.acquireAsync(LONG, Runnable::run).join());
		assertThat(this.key.tryShare()).isNull();
		assertThat(this.key.inUse()).isEqualTo(5);
		assertThat(this.key.available()).isOne();
		assertThat(this.limiter.inUse()).isZero();
		Object checkedOut = this.key.checkOut();
		assertThat(this.key.inUse()).isEqualTo(6);
		assertThat(this.key.available()).isZero();
		assertThat(this.key.tryCheckOut()).isNull();
		assertThat(this.key.tryAcquire()).isNull();
		this.key.checkIn(checkedOut);
		checkedOut = this.key.tryCheckOut();
		assertThat(checkedOut).isNotNull();
		this.key.checkIn(checkedOut);
		permits.forEach(Permit::close);
		assertThat(this.limiter.stats().granted()).isEqualTo(7);
	}

	@Test // P7
	void aScopeOfAKeyIsSharedAndLeftInAnyOrder() {
		Object entry = this.key.enter();
		assertThat(this.key.isHeldByCurrentThread()).isTrue();
		assertThat(Scopes.describe()).isEqualTo("'export'");
		assertThat(this.limiter.forKey("b").isHeldByCurrentThread()).isFalse();
		Object nested = this.key.enter();
		assertThat(this.key.inUse()).isOne();
		this.key.exit(nested);
		assertThat(this.key.inUse()).isOne();
		Object other = this.limiter.forKey("b").enter();
		Object third = this.limiter.forKey("c").enter();
		this.key.exit(entry);
		assertThat(this.key.inUse()).isZero();
		assertThat(this.limiter.forKey("b").inUse()).isOne();
		this.limiter.forKey("c").exit(third);
		this.limiter.forKey("b").exit(other);
		assertThat(this.limiter.forKey("b").inUse()).isZero();
		assertThat(this.limiter.forKey("c").inUse()).isZero();
	}

	@Test // P1
	void whoIsInNoScopeOfAKeyCannotLeaveIt() {
		Object entry = this.key.enter();
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> elsewhere(() -> {
			this.key.exit(entry);
			return null;
		})).withStackTraceContaining("in no scope");
		assertThat(this.key.inUse()).isOne();
		this.key.exit(entry);
		assertThatIllegalStateException().isThrownBy(() -> this.key.exit(entry));
	}

	@Test // P2
	void aScopeThatWasEnteredBeforeALineCameIsNestedAndLeftInTheLine() {
		Object entry = this.key.enter();
		Object other = this.limiter.forKey("b").enter();
		Permit share = this.key.tryShare();
		assertThat(share).isNotNull();
		assertThat(this.key.inUse()).isOne();
		assertThat(this.key.isHeldByCurrentThread()).isTrue();
		Object nested = this.key.enter();
		assertThat(this.key.inUse()).isOne();
		this.key.exit(nested);
		this.key.exit(entry);
		assertThat(this.key.inUse()).isOne();
		share.close();
		assertThat(this.key.inUse()).isZero();
		this.limiter.forKey("b").exit(other);
	}

	@Test // K1, P1
	void aCallThatEntersByALineLeavesByIt() {
		this.key.tryAcquire().close();
		Object entry = this.key.enter();
		assertThat(this.key.inUse()).isOne();
		assertThat(this.key.isHeldByCurrentThread()).isTrue();
		this.key.exit(entry);
		assertThat(this.key.inUse()).isZero();
	}

	@Test // R1
	void aKeyRefusesForTheReasonThatThereIs() {
		this.limiter.change((spec) -> spec.withMax(1).withMaxWaiting(0));
		Object entry = elsewhere(this.key::enter);
		assertThatItRefuses(Duration.ZERO, RefusalReason.FULL);
		assertThatItRefuses(LONG, RefusalReason.LINE_FULL);
		this.limiter.change((spec) -> spec.withMaxWaiting(1));
		this.limiter.shutdown();
		assertThatItRefuses(Duration.ZERO, RefusalReason.FULL);
		assertThatItRefuses(LONG, RefusalReason.SHUT_DOWN);
		this.limiter.change((spec) -> spec.withMax(0));
		assertThatItRefuses(LONG, RefusalReason.CLOSED);
		assertThat(this.key.available()).isZero();
		LimiterKeys.Key ofKey = this.limiter.keys(1).mostRefused().get(0);
		assertThat(ofKey.refused()).isEqualTo(5);
		assertThat(ofKey.granted()).isOne();
		assertThat(ofKey.available()).isZero();
		assertThat(this.key).hasToString("export for key " + ofKey.hash());
		((KeyPermits) entry).giveBack();
	}

	@Test // O1
	void aKeyInShadowModeCountsTheReasonThatThereWouldBe() {
		List<RefusalReason> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void wouldRefuse(RefusalReason reason) {
				heard.add(reason);
			}

		});
		this.limiter.change((spec) -> spec.withMax(1).withEnforce(0).withMaxWaiting(1));
		Object first = elsewhere(this.key::enter);
		Object nested = elsewhere(() -> this.key.enter((configured) -> Duration.ZERO));
		assertThat(this.key.inUse()).isOne();
		Object beyond = this.key.enter((configured) -> LONG);
		assertThat(this.key.inUse()).isEqualTo(2);
		assertThat(this.key.isHeldByCurrentThread()).isTrue();
		elsewhere(() -> this.key.enter((configured) -> LONG));
		assertThat(heard).containsExactly(RefusalReason.FULL, RefusalReason.LINE_FULL);
		assertThat(this.limiter.stats().granted()).isEqualTo(2);
		this.key.exit(nested);
		assertThat(this.key.inUse()).isEqualTo(2);
		this.key.exit(beyond);
		assertThat(this.key.inUse()).isOne();
		((KeyPermits) first).giveBack();
	}

	@Test // O1
	void aKeyInShadowModeCountsWhoWouldHaveWaitedForTooLong() {
		Permit measured = this.limiter.tryAcquire();
		this.time.advance(Duration.ofMillis(10));
		measured.close();
		this.limiter.change((spec) -> spec.withMax(1));
		Object first = elsewhere(this.key::enter);
		AtomicReference<Duration> expected = new AtomicReference<>();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(this.key::enter)
			.satisfies((refusal) -> expected.set(refusal.retryAfter()));
		this.limiter.change((spec) -> spec.withEnforce(0));
		this.key.exit(this.key.enter((configured) -> expected.get().minusNanos(1)));
		assertThat(this.limiter.stats().wouldRefuse()).isOne();
		this.key.exit(this.key.enter((configured) -> expected.get()));
		assertThat(this.limiter.stats().wouldRefuse()).isOne();
		((KeyPermits) first).giveBack();
	}

	@Test // T4
	void aThreadThatWaitsForAScopeOfAKeyIsServedWhenThatIsLeft() {
		this.limiter.change((spec) -> spec.withMax(1));
		Object entry = this.key.enter();
		CompletableFuture<Void> done = CompletableFuture
			.runAsync(() -> this.key.exit(this.key.enter((configured) -> LONG)), (task) -> new Thread(task).start());
		await().until(() -> this.limiter.waiting() == 1);
		this.key.exit(entry);
		await().until(done::isDone);
		assertThat(done).isCompleted();
	}

	@Test // K1
	void aKeyWhoseCallsTakeMoreThanAScopeGoesByThePlanOfTheLatest() {
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", 3)));
		List<Permit> permits = new ArrayList<>();
		permits.add(this.key.tryAcquire());
		permits.add(this.key.tryAcquire());
		assertThat(this.key.tryAcquire()).isNull();
		permits.add(this.limiter.forKey("a", "gold").tryAcquire());
		assertThat(permits).doesNotContainNull();
		assertThat(this.key.isHeldByCurrentThread()).isFalse();
		assertThat(this.limiter.keys(1).busiest()).extracting(LimiterKeys.Key::available).containsExactly(0L);
		permits.remove(0).close();
		assertThat(this.limiter.keys(1).busiest()).extracting(LimiterKeys.Key::available).containsExactly(1L);
		permits.forEach(Permit::close);
	}

	@Test // K3
	void whatKeysWithoutRoomShareDoesNotGoByThePlanOfOneOfThem() {
		this.limiter.change((spec) -> spec.withMaxKeys(1).withPlans(Map.of("gold", 3)));
		Permit known = this.key.tryAcquire();
		List<Permit> permits = new ArrayList<>();
		ConcurrencyLimiter without = this.limiter.forKey("b", "gold");
		permits.add(without.tryAcquire());
		permits.add(without.tryAcquire());
		assertThat(without.tryAcquire()).isNull();
		permits.forEach(Permit::close);
		known.close();
	}

	@Test // T4
	void aThreadThatWaitsForAKeyIsServed() {
		this.limiter.change((spec) -> spec.withMax(1));
		Permit held = this.key.tryAcquire();
		CompletableFuture<Void> done = CompletableFuture
			.runAsync(() -> this.key.exit(this.key.enter((configured) -> LONG)), (task) -> new Thread(task).start());
		await().until(() -> this.limiter.waiting() == 1);
		held.close();
		await().until(done::isDone);
		assertThat(done).isCompleted();
	}

	@Test // T4
	void aThreadThatIsInterruptedWhileItWaitsForAKeyLeaves() {
		this.limiter.change((spec) -> spec.withMax(1));
		Permit held = this.key.tryAcquire();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.key.acquire(LONG));
		assertThat(Thread.interrupted()).isFalse();
		held.close();
	}

	@ParameterizedTest // K2
	@ValueSource(strings = { "scope", "scope in line", "acquire", "try", "async", "refused", "given up", "change" })
	void aKeyIsForgottenWhoeverHasUsedIt(String use) {
		switch (use) {
			case "scope" -> this.key.exit(this.key.enter());
			case "scope in line" -> {
				this.key.tryAcquire().close();
				this.key.exit(this.key.enter());
			}
			case "acquire" -> this.key.run(() -> {
			});
			case "try" -> this.key.tryAcquire().close();
			case "async" -> this.key.acquireAsync().join().close();
			case "refused" -> {
				this.limiter.change((spec) -> spec.withMax(1));
				Permit held = this.key.tryAcquire();
				assertThat(this.key.tryAcquire()).isNull();
				assertThatItRefuses(Duration.ZERO, RefusalReason.FULL);
				held.close();
			}
			case "given up" -> {
				this.limiter.change((spec) -> spec.withMax(1));
				Permit held = this.key.tryAcquire();
				this.key.acquireAsync(LONG, Runnable::run).cancel(false);
				held.close();
			}
			default -> {
				this.key.tryAcquire().close();
				this.limiter.change((spec) -> spec.withMax(1));
			}
		}
		assertThat(this.limiter.keys(1).known()).isOne();
		await().until(() -> {
			this.time.advance(Duration.ofSeconds(1));
			return this.limiter.keys(1).known() == 0;
		});
		await().until(() -> this.time.scheduled() == 0);
	}

	@ParameterizedTest // K2, P1
	@ValueSource(booleans = { false, true })
	void aCallThatComesJustAsItsKeyIsForgottenHasPermitsThatAreKept(boolean line) {
		ConcurrencyLimiter noticed = this.limiter.forKey(new Noticed(1));
		noticed.run(() -> {
		});
		if (line) {
			noticed.tryAcquire().close();
		}
		AtomicReference<Object> entered = new AtomicReference<>();
		// When it is taken out of the table, and of no use any more.
		Noticed.next = () -> {
			Noticed.next = null;
			entered.set(noticed.enter());
		};
		this.limiter.forKey("new").run(() -> {
		});
		assertThat(noticed.inUse()).isOne();
		assertThat(this.limiter.keys(1).known()).isEqualTo(2);
		noticed.exit(entered.get());
		assertThat(noticed.inUse()).isZero();
		assertThat(this.limiter.stats().granted()).isEqualTo(line ? 4 : 3);
	}

	@Test // K2
	void aKeyIsKnownWhileAPermitOfItIsOut() {
		Object entry = this.key.enter();
		Permit permit = this.limiter.forKey("line").tryAcquire();
		this.time.advance(LONG);
		await().until(() -> this.time.scheduled() == 1);
		assertThat(this.limiter.keys(1).known()).isEqualTo(2);
		this.key.exit(entry);
		permit.close();
	}

	@Test // K1, P5
	void aChangeReachesAKeyInEachState() {
		Object entry = elsewhere(this.key::enter);
		Permit permit = this.limiter.forKey("line").tryAcquire();
		this.limiter.change((spec) -> spec.withMax(1));
		assertThat(this.limiter.forKey("line").tryAcquire()).isNull();
		assertThatItRefuses(Duration.ZERO, RefusalReason.FULL);
		CompletableFuture<Permit> waiting = this.limiter.forKey("line").acquireAsync(LONG, Runnable::run);
		this.limiter.change((spec) -> spec.withMax(3));
		assertThat(waiting).isCompleted();
		assertThat(this.key.available()).isEqualTo(2);
		assertThat(this.limiter.forKey("line").available()).isOne();
		waiting.join().close();
		permit.close();
		((KeyPermits) entry).giveBack();
	}

	@Test // K1
	void aPlanMayChangeAndGo() {
		List<String> heard = new ArrayList<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void planUnknown(String plan) {
				heard.add(plan);
			}

		});
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", 3)));
		ConcurrencyLimiter gold = this.limiter.forKey("a", "gold");
		assertThat(gold.max()).isEqualTo(3);
		assertThat(this.key.max()).isEqualTo(2);
		Object entry = elsewhere(gold::enter);
		Object other = elsewhere(gold::enter);
		assertThatItRefuses(Duration.ZERO, RefusalReason.FULL);
		Object third = elsewhere(gold::enter);
		Permit fourth = this.limiter.forKey("g", "gold").tryAcquire();
		this.limiter.change((spec) -> spec.withPlans(Map.of("gold", 5)));
		assertThat(gold.available()).isEqualTo(2);
		assertThat(this.limiter.forKey("g", "gold").available()).isEqualTo(4);
		assertThat(heard).isEmpty();
		this.limiter.forKey("b", "none").tryAcquire().close();
		assertThat(heard).contains("none");
		fourth.close();
		for (Object each : List.of(entry, other, third)) {
			((KeyPermits) each).giveBack();
		}
	}

	@Test // K3
	void whatKeysWithoutRoomShareGoesByTheLimitersValuesAndEndsWithIt() {
		AtomicReference<Integer> exhausted = new AtomicReference<>();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void keysExhausted(int maxKeys) {
				exhausted.set(maxKeys);
			}

		});
		this.limiter.change((spec) -> spec.withMaxKeys(1).withMax(1));
		Object entry = this.key.enter();
		ConcurrencyLimiter without = this.limiter.forKey("b");
		Object shared = without.enter();
		assertThat(exhausted).hasValue(1);
		assertThat(this.limiter.keys(1).overflowed()).isPositive();
		assertThat(without.inUse()).isOne();
		assertThat(this.limiter.forKey("c").inUse()).isOne();
		assertThat(without.isHeldByCurrentThread()).isTrue();
		CompletableFuture<Permit> waiting = elsewhere(() -> without.acquireAsync(LONG, Runnable::run));
		assertThat(without.waiting()).isOne();
		assertThat(this.limiter.waiting()).isOne();
		this.limiter.change((spec) -> spec.withMax(2));
		assertThat(waiting).isCompleted();
		CompletableFuture<Permit> last = elsewhere(() -> without.acquireAsync(LONG, Runnable::run));
		this.limiter.shutdown();
		assertThat(last).isCompletedExceptionally();
		waiting.join().close();
		without.exit(shared);
		assertThat(without.inUse()).isZero();
		this.key.exit(entry);
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
	}

	@ParameterizedTest // P2, P3
	@ValueSource(ints = { 0, 100 })
	void aLineMayComeWhileACallAsksForItsTimeout(int enforce) {
		this.limiter.change((spec) -> spec.withMax(1).withEnforce(enforce));
		Object entry = elsewhere(this.key::enter);
		List<CompletableFuture<Permit>> others = new ArrayList<>();
		List<Object> entries = new ArrayList<>();
		CompletableFuture<Void> done = CompletableFuture.runAsync(() -> {
			Object late = this.key.enter((configured) -> {
				if (others.isEmpty()) {
					others.add(elsewhere(() -> this.key.acquireAsync(LONG, Runnable::run)));
				}
				return LONG;
			});
			entries.add(late);
			this.key.exit(late);
		}, (task) -> new Thread(task).start());
		await().until(() -> done.isDone() || this.limiter.waiting() == 2);
		((KeyPermits) entry).giveBack();
		others.get(0).thenAccept(Permit::close);
		await().until(done::isDone);
		assertThat(done).isCompleted();
		assertThat(entries).hasSize(1);
	}

	@Test // P2
	void aLineMayComeWhileACallIsToldThatItsPlanIsUnknown() {
		AtomicReference<Permit> other = new AtomicReference<>();
		Object first = this.key.enter();
		this.key.exit(first);
		this.limiter.listen(new LimiterListener() {

			@Override
			public void planUnknown(String plan) {
				if (other.get() == null) {
					other.set(KeyConcurrencyLimiterTests.this.key.tryAcquire());
				}
			}

		});
		Object entry = this.limiter.enter("a", "unknown", null);
		assertThat(this.key.inUse()).isEqualTo(2);
		this.limiter.exit(entry);
		other.get().close();
	}

	@Test // K5
	void aKeyThatIsKnownShowsWhatIsThere() {
		Object entry = elsewhere(this.key::enter);
		assertThat(this.key.isHeldByCurrentThread()).isFalse();
		assertThat(this.limiter.keys(1).busiest()).extracting(LimiterKeys.Key::available).containsExactly(1L);
		((KeyPermits) entry).giveBack();
		assertThat(this.limiter.keys(1).busiest()).extracting(LimiterKeys.Key::available).containsExactly(2L);
	}

	@Test // P8
	void whoWaitsForAKeyIsRefusedAtTheEnd() {
		this.limiter.change((spec) -> spec.withMax(1));
		Permit held = this.key.tryAcquire();
		CompletableFuture<Permit> waiting = this.key.acquireAsync(LONG, Runnable::run);
		this.limiter.shutdown();
		assertThat(waiting).isCompletedExceptionally();
		assertThat(this.key.acquireAsync(LONG, Runnable::run)).isCompletedExceptionally();
		held.close();
	}

	@Test // K1
	void whatIsAskedOfAKeyThatIsNotItsOwnIsTheLimiters() {
		assertThat(this.key.name()).isEqualTo("export");
		assertThat(this.key.spec()).isEqualTo(this.limiter.spec().ofPlan(null));
		assertThat(this.key.configured()).isEqualTo(this.limiter.configured());
		assertThat(this.key.stats()).isEqualTo(this.limiter.stats());
		assertThat(this.key.isTracked()).isFalse();
		assertThat(this.key.holders(5)).isEmpty();
		this.key.forKey("b").tryAcquire().close();
		assertThat(this.key.keys(1).known()).isOne();
		AtomicReference<LimiterListener.Change> heard = new AtomicReference<>();
		this.key.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				heard.set(change);
			}

		});
		assertThat(this.key.change((spec) -> spec.withMax(5)).max()).isEqualTo(5);
		assertThat(this.key.max()).isEqualTo(5);
		assertThat(heard.get().cause()).isEqualTo(LimiterListener.Cause.CHANGED);
		this.key.reset();
		assertThat(this.key.max()).isEqualTo(2);
		this.key.configure(this.limiter.spec().withMax(4));
		assertThat(this.key.max()).isEqualTo(4);
		Object entry = this.key.enter("b", null, null);
		assertThat(this.limiter.forKey("b").inUse()).isOne();
		this.key.exit(entry);
		this.key.shutdown();
		this.limiter.change((spec) -> spec.withMax(1));
		Permit held = this.key.tryAcquire();
		assertThat(this.key.acquireAsync(LONG, Runnable::run)).isCompletedExceptionally();
		held.close();
	}

	/** A key that tells when it is looked up. */
	private record Noticed(int number) {

		private static Runnable next;

		@Override
		public boolean equals(Object other) {
			return other instanceof Noticed noticed && noticed.number == this.number;
		}

		@Override
		public int hashCode() {
			if (next != null) {
				next.run();
			}
			return this.number;
		}

	}

}
