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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * A concurrency limiter that knows who holds its permits. It is put around another one
 * where that is wanted, so that it costs nothing where it is not.
 * <p>
 * It lets calls in by permits only, and each permit carries its own entry, which goes
 * when the last share of the permit does: who holds what is never told by anything but
 * the permits themselves.
 */
final class TrackedLimiter implements ConcurrencyLimiter {

	private final SemaphoreLimiter limiter;

	private final CallTracker holders;

	/** Who calls, {@code null} to look for it on the stack. */
	private final @Nullable String caller;

	TrackedLimiter(SemaphoreLimiter limiter, CallTracker holders) {
		this(limiter, holders, null);
	}

	private TrackedLimiter(SemaphoreLimiter limiter, CallTracker holders, @Nullable String caller) {
		this.limiter = limiter;
		this.holders = holders;
		this.caller = caller;
	}

	/**
	 * Whether it is there for the sake of bounded holds, and nobody has asked who holds
	 * them.
	 */
	boolean isForHoldsOnly() {
		Sharing sharing = this.limiter.spec().sharing();
		return sharing != null && sharing.maxHold() != null && !this.limiter.isTracked();
	}

	SemaphoreLimiter limiter() {
		return this.limiter;
	}

	@Override
	public ConcurrencyLimiter calledBy(String what) {
		return new TrackedLimiter(this.limiter, this.holders, Objects.requireNonNull(what, "'what' must not be null"));
	}

	@Override
	public Object enter() {
		return enter((UnaryOperator<Duration>) null);
	}

	@Override
	public Object enter(@Nullable UnaryOperator<Duration> timeout) {
		StackRoom.check();
		return push(held(this.limiter.take(timeout)));
	}

	@Override
	public void exit(Object entry) {
		int scope = -1;
		if (entry instanceof SemaphorePermit permit) {
			scope = Scopes.find(permit);
			if (scope >= 0) {
				Scopes.exit(scope);
			}
			permit.close();
		}
		if (scope < 0) {
			throw new IllegalStateException("This thread is not in this scope of bulkhead '" + name() + "'");
		}
	}

	@Override
	public Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		StackRoom.check();
		KeyLine<SemaphoreLimiter> line = this.limiter.keyed().line(Keys.of(key), plan);
		SemaphorePermit permit;
		try {
			permit = held(line.limiter.take(timeout));
		}
		finally {
			line.leave();
		}
		return push(permit);
	}

	private static Object push(SemaphorePermit permit) {
		try {
			Scopes.push(permit);
		}
		catch (Throwable ex) {
			permit.close();
			throw ex;
		}
		return permit;
	}

	@Override
	public ConcurrencyLimiter forKey(Object key, @Nullable String plan) {
		return new KeyConcurrencyLimiter(this.limiter, this, Keys.of(key), plan);
	}

	@Override
	public LimiterKeys keys(int most) {
		return this.limiter.keys(most);
	}

	/** The entry of a call that is about to stand in line. */
	CallTracker.Entry entry() {
		return this.holders.entry(this.caller);
	}

	/** Have the permit know who holds it, if it is not a share of one that does. */
	SemaphorePermit held(SemaphorePermit permit) {
		try {
			if (!permit.isHeld()) {
				permit.hold(this.holders.entry(this.caller).enter());
			}
			return permit;
		}
		catch (Throwable ex) {
			permit.close();
			throw ex;
		}
	}

	private @Nullable Permit heldOrNull(@Nullable Permit permit) {
		return (permit != null) ? held((SemaphorePermit) permit) : null;
	}

	@Override
	public Permit acquire() throws InterruptedException {
		return held((SemaphorePermit) this.limiter.acquire());
	}

	@Override
	public Permit acquire(Duration timeout) throws InterruptedException {
		return held((SemaphorePermit) this.limiter.acquire(timeout));
	}

	@Override
	public @Nullable Permit tryAcquire() {
		return heldOrNull(this.limiter.tryAcquire());
	}

	@Override
	public @Nullable Permit tryShare() {
		return heldOrNull(this.limiter.tryShare());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync() {
		return acquireAsync(spec().timeout(), LineLimiter.defaultExecutor());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor) {
		SemaphorePermit permit = this.limiter.shareOrTake();
		if (permit != null) {
			return held(permit).asFuture();
		}
		CallTracker.Entry entry = this.holders.entry(this.caller);
		return this.limiter.acquireLater(timeout, executor, entry);
	}

	@Override
	public @Nullable Object tryCheckOut() {
		Object permit = this.limiter.tryCheckOut();
		return (permit != null) ? checkedOut(permit) : null;
	}

	@Override
	public Object checkOut() {
		return checkedOut(this.limiter.checkOut());
	}

	private Object checkedOut(Object permit) {
		try {
			return new CheckedOut(permit, this.holders.entry(this.caller).enter());
		}
		catch (Throwable ex) {
			this.limiter.checkIn(permit);
			throw ex;
		}
	}

	@Override
	public void checkIn(Object permit) {
		CheckedOut checkedOut = (CheckedOut) permit;
		try {
			checkedOut.entry().leave();
		}
		finally {
			this.limiter.checkIn(checkedOut.permit());
		}
	}

	@Override
	public List<Holder> holders(int most) {
		return this.holders.oldest(most);
	}

	@Override
	public List<Holder> waiters(int most) {
		return this.limiter.waiters(most);
	}

	@Override
	public boolean isTracked() {
		return true;
	}

	@Override
	public void listen(LimiterListener listener) {
		this.limiter.listen(listener);
	}

	@Override
	public String name() {
		return this.limiter.name();
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return this.limiter.isHeldByCurrentThread();
	}

	@Override
	public int max() {
		return this.limiter.max();
	}

	@Override
	public int peakThenReset() {
		return this.limiter.peakThenReset();
	}

	@Override
	public int inUse() {
		return this.limiter.inUse();
	}

	@Override
	public @Nullable SharedStatus sharedStatus() {
		return this.limiter.sharedStatus();
	}

	@Override
	public int available() {
		return this.limiter.available();
	}

	@Override
	public int waiting() {
		return this.limiter.waiting();
	}

	@Override
	public LimiterStats stats() {
		return this.limiter.stats();
	}

	@Override
	public ConcurrencyLimiterSpec spec() {
		return this.limiter.spec();
	}

	@Override
	public ConcurrencyLimiterSpec configured() {
		return this.limiter.configured();
	}

	@Override
	public ConcurrencyLimiterSpec change(UnaryOperator<ConcurrencyLimiterSpec> change) {
		return this.limiter.change(change);
	}

	@Override
	public void configure(ConcurrencyLimiterSpec configured) {
		this.limiter.configure(configured);
	}

	@Override
	public void reset() {
		this.limiter.reset();
	}

	@Override
	public void shutdown() {
		this.limiter.shutdown();
	}

	@Override
	public String toString() {
		return name();
	}

	/** A permit that was checked out, and its holder. */
	private record CheckedOut(Object permit, CallTracker.Entry entry) {
	}

}
