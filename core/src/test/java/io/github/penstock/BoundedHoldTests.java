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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for permits that may be held for a time only: each of them comes back once, by
 * its holder or by the time (P2, P3, D3).
 */
@Timeout(60)
class BoundedHoldTests {

	private static final Duration MOST = Duration.ofSeconds(5);

	private static final ConcurrencyLimiterSpec ONE = ConcurrencyLimiterSpec.of(1)
		.withSharing(Sharing.DEFAULT.withMaxHold(MOST));

	private final ManualTime time = new ManualTime(Long.MAX_VALUE - 1_234_567_890);

	private final ModelStore store = new ModelStore(this.time);

	private final LateTimers timers = new LateTimers(this.time);

	private final ConcurrencyLimiter limiter = limiter();

	private ConcurrencyLimiter limiter() {
		LimiterStore instance = this.store.instance();
		return LimiterFactory.sharing(this.timers, () -> instance).concurrencyLimiter("export", ONE);
	}

	private CompletableFuture<Permit> later() {
		return this.limiter.acquireAsync(Duration.ofMinutes(1), Runnable::run);
	}

	/** Do something when the first call that has waited is about to be let in. */
	private void whenGranted(Runnable action) {
		AtomicBoolean done = new AtomicBoolean();
		this.limiter.listen(new LimiterListener() {

			@Override
			public void waited(long nanos) {
				if (done.compareAndSet(false, true)) {
					action.run();
				}
			}

		});
	}

	private void assertThatOneIsFree() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.store.booked("export")).isZero();
		assertThat(this.limiter.tryAcquire()).isNotNull();
		assertThat(this.limiter.tryAcquire()).isNull();
	}

	@Test // D3
	void aPermitThatIsHeldForTooLongIsAnotherCalls() {
		Permit slow = this.limiter.tryAcquire();
		CompletableFuture<Permit> next = later();
		this.time.advance(MOST.minusMillis(1));
		assertThat(slow.isValid()).isTrue();
		assertThat(next).isNotDone();
		this.time.advance(Duration.ofMillis(1));
		assertThat(slow.isValid()).isFalse();
		assertThat(next).isCompleted();
		slow.close();
		assertThat(this.limiter.inUse()).isOne();
		assertThat(next.join().isValid()).isTrue();
		next.join().close();
		assertThatOneIsFree();
	}

	@Test // D3
	void aScopeThatIsOpenForTooLongHoldsNothing() {
		Object entry = this.limiter.enter();
		this.time.advance(MOST);
		assertThat(this.limiter.inUse()).isZero();
		this.limiter.exit(entry);
		assertThatOneIsFree();
	}

	/** When the time of a permit is over that is on its way back. */
	enum Over {

		BEFORE, WITH, AFTER, NEVER

	}

	@ParameterizedTest
	@EnumSource // P2, P3
	void aPermitThatNobodyHasGotComesBackOnce(Over over) {
		this.limiter.change((spec) -> spec.withMax(2));
		List<Permit> before = List.of(this.limiter.tryAcquire(), this.limiter.tryAcquire());
		AtomicReference<Permit> other = new AtomicReference<>();
		CompletableFuture<Permit> next = later();
		whenGranted(() -> {
			before.get(1).close();
			if (over == Over.BEFORE) {
				this.time.advance(MOST);
			}
			other.set(this.limiter.tryAcquire());
			next.cancel(false);
			this.timers.lateFor = over;
		});
		before.get(0).close();
		this.timers.lateFor = Over.NEVER;
		assertThat(next).isCancelled();
		this.timers.runTheLate();
		assertThat(this.limiter.stats().granted()).isEqualTo(3);
		assertThatTheOtherIsOut(other.get());
	}

	@ParameterizedTest
	@EnumSource // P2, P3
	void aPermitThatIsGivenBackAtTheLastMomentComesBackOnce(Over over) {
		this.limiter.change((spec) -> spec.withMax(2));
		Permit permit = this.limiter.tryAcquire();
		if (over == Over.BEFORE) {
			this.time.advance(MOST);
		}
		Permit other = this.limiter.tryAcquire();
		this.timers.lateFor = over;
		permit.close();
		this.timers.lateFor = Over.NEVER;
		this.timers.runTheLate();
		assertThatTheOtherIsOut(other);
	}

	@Test // P2
	void aPermitWhoseTimerFailsComesBackOnce() {
		this.limiter.change((spec) -> spec.withMax(2));
		Permit first = this.limiter.tryAcquire();
		Permit second = this.limiter.tryAcquire();
		CompletableFuture<Permit> next = later();
		this.timers.failing = true;
		first.close();
		this.timers.failing = false;
		assertThat(next).isCompletedExceptionally();
		second.close();
		assertThat(this.limiter.inUse()).isZero();
		this.time.advance(MOST.minusMillis(1));
		Permit other = this.limiter.tryAcquire();
		this.time.advance(Duration.ofMillis(1));
		assertThatTheOtherIsOut(other);
	}

	/** What comes back twice is somebody else's. */
	private void assertThatTheOtherIsOut(Permit other) {
		assertThat(this.limiter.inUse()).isOne();
		assertThat(this.store.booked("export")).isOne();
		assertThat(other.isValid()).isTrue();
		other.close();
		assertThat(this.time.scheduled()).isZero();
		this.limiter.change((spec) -> spec.withMax(1));
		assertThatOneIsFree();
	}

	/** Time whose timer may have begun already with what is cancelled. */
	private static final class LateTimers implements TimeSource {

		private final TimeSource time;

		private final List<Runnable> late = new ArrayList<>();

		private Over lateFor = Over.NEVER;

		/** Whether it throws once it has begun to wait. */
		private boolean failing;

		private LateTimers(TimeSource time) {
			this.time = time;
		}

		private void runTheLate() {
			this.late.forEach(Runnable::run);
		}

		@Override
		public long nanoTime() {
			return this.time.nanoTime();
		}

		@Override
		public void parkNanos(Object blocker, long nanos) {
			this.time.parkNanos(blocker, nanos);
		}

		@Override
		public Runnable schedule(Runnable task, long nanos) {
			Runnable cancel = this.time.schedule(task, nanos);
			if (this.failing) {
				throw new StackOverflowError();
			}
			return (nanos != MOST.toNanos()) ? cancel : () -> {
				if (this.lateFor == Over.WITH) {
					task.run();
				}
				else if (this.lateFor == Over.AFTER) {
					this.late.add(task);
				}
				cancel.run();
			};
		}

	}

}
