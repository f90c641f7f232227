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
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for permits of things that are handed out: {@code tryCheckOut}, {@code checkOut},
 * {@code checkIn} and {@code tryShare}.
 */
@Timeout(30)
class HandedOutPermitsTests {

	private final ManualTime time = new ManualTime();

	private final SemaphoreLimiter limiter = new SemaphoreLimiter("db", ConcurrencyLimiterSpec.of(2), this.time);

	@AfterEach
	void everythingIsBack() {
		assertThat(this.limiter.inUse()).isZero();
		assertThat(this.limiter.waiting()).isZero();
		assertThat(Scopes.describe()).isNull();
	}

	@Test
	void tryCheckOutWhenSameThreadHasOneTakesAnother() {
		Object first = this.limiter.tryCheckOut();
		Object second = this.limiter.tryCheckOut();
		assertThat(first).isNotNull();
		assertThat(second).isNotNull();
		assertThat(this.limiter.inUse()).isEqualTo(2);
		assertThat(this.limiter.tryCheckOut()).isNull();
		assertThat(this.limiter.stats().refused().values()).allMatch((refusals) -> refusals == 0);
		this.limiter.checkIn(second);
		this.limiter.checkIn(first);
	}

	@Test
	void tryCheckOutWhenInScopeSharesNothing() {
		this.limiter.run(() -> {
			Object permit = this.limiter.tryCheckOut();
			assertThat(this.limiter.inUse()).isEqualTo(2);
			this.limiter.checkIn(permit);
		});
	}

	@Test
	void checkOutWhenFullAndMayNotWaitIsRefused() {
		this.limiter.change((spec) -> spec.withMax(1).withTimeout(Duration.ZERO));
		Object permit = this.limiter.checkOut();
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(this.limiter::checkOut)
			.satisfies((ex) -> assertThat(ex.reason()).isEqualTo(RefusalReason.FULL));
		this.limiter.checkIn(permit);
	}

	@Test
	void checkInByAnotherThreadServesTheNextInLine() throws InterruptedException {
		this.limiter.change((spec) -> spec.withMax(1));
		Object permit = this.limiter.checkOut();
		AtomicReference<Object> second = new AtomicReference<>();
		Thread waiter = new Thread(() -> second.set(this.limiter.checkOut()));
		waiter.start();
		while (this.limiter.waiting() == 0) {
			Thread.onSpinWait();
		}
		this.limiter.checkIn(permit);
		waiter.join();
		assertThat(second.get()).isNotNull();
		this.limiter.checkIn(second.get());
	}

	@Test
	void holdTimeOfWhatIsCheckedOutIsMeasuredForTheFirstOfMany() {
		Object first = this.limiter.checkOut();
		Object second = this.limiter.checkOut();
		this.time.advance(Duration.ofMillis(10));
		this.limiter.checkIn(second);
		assertThat(this.limiter.stats().holdsMeasured()).isZero();
		this.limiter.checkIn(first);
		assertThat(this.limiter.stats().holdsMeasured()).isOne();
		assertThat(this.limiter.stats().holdTime()).isBetween(Duration.ofMillis(10).minusNanos(1),
				Duration.ofMillis(10));
	}

	@Test
	void tryShareWhenInNoScopeGivesNothing() {
		assertThat(this.limiter.tryShare()).isNull();
	}

	@Test
	void tryShareWhenInScopeSharesWithOneAtATime() {
		this.limiter.run(() -> {
			Permit share = this.limiter.tryShare();
			assertThat(share).isNotNull();
			assertThat(this.limiter.inUse()).isOne();
			assertThat(this.limiter.tryShare()).isNull();
			share.close();
			share.close();
			Permit again = this.limiter.tryShare();
			assertThat(again).isNotNull();
			again.close();
			assertThat(this.limiter.inUse()).isOne();
		});
	}

	@Test
	void tryShareWhenScopeEndsFirstKeepsThePermit() {
		Permit[] share = new Permit[1];
		this.limiter.run(() -> share[0] = this.limiter.tryShare());
		assertThat(this.limiter.inUse()).isOne();
		share[0].close();
	}

	@Test
	void tryShareWhenInANestedCallOfAPermitMadeCurrentSharesWithOneAtATime() {
		try (Permit permit = this.limiter.tryAcquire(); Permit.Scope scope = permit.makeCurrent()) {
			this.limiter.run(() -> {
				Permit share = this.limiter.tryShare();
				assertThat(share).isNotNull();
				assertThat(this.limiter.tryShare()).isNull();
				assertThat(this.limiter.inUse()).isOne();
				share.close();
			});
		}
	}

	@Test
	void tryShareWhenPermitIsBackGivesNothing() {
		Permit permit = this.limiter.tryAcquire();
		try (Permit.Scope scope = permit.makeCurrent()) {
			Permit share = this.limiter.tryShare();
			permit.close();
			assertThat(this.limiter.tryShare()).isNull();
			share.close();
		}
	}

}
