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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The concurrency limiter of one key: a name for it, which has nothing itself.
 */
final class KeyConcurrencyLimiter implements ConcurrencyLimiter {

	private final SemaphoreLimiter limiter;

	/** Who knows who holds permits, if anybody wants to know. */
	private final @Nullable TrackedLimiter tracked;

	private final Object key;

	private final @Nullable String plan;

	KeyConcurrencyLimiter(SemaphoreLimiter limiter, @Nullable TrackedLimiter tracked, Object key,
			@Nullable String plan) {
		this.limiter = limiter;
		this.tracked = tracked;
		this.key = key;
		this.plan = plan;
	}

	private <T extends @Nullable Object> T inLine(Function<SemaphoreLimiter, T> action) {
		KeyLine<SemaphoreLimiter> line = this.limiter.keyed().line(this.key, this.plan);
		try {
			return action.apply(line.limiter);
		}
		finally {
			line.leave();
		}
	}

	private SemaphorePermit held(SemaphorePermit permit) {
		return (this.tracked != null) ? this.tracked.held(permit) : permit;
	}

	private @Nullable Permit heldOrNull(@Nullable Permit permit) {
		return (permit != null) ? held((SemaphorePermit) permit) : null;
	}

	@Override
	public Object enter() {
		return enter((UnaryOperator<Duration>) null);
	}

	@Override
	public Object enter(@Nullable UnaryOperator<Duration> timeout) {
		return enter(this.key, this.plan, timeout);
	}

	@Override
	public Object enter(Object key, @Nullable String plan, @Nullable UnaryOperator<Duration> timeout) {
		return (this.tracked != null) ? this.tracked.enter(key, plan, timeout) : this.limiter.enter(key, plan, timeout);
	}

	@Override
	public void exit(Object entry) {
		if (this.tracked != null) {
			this.tracked.exit(entry);
		}
		else {
			this.limiter.exit(entry);
		}
	}

	@Override
	public Permit acquire() throws InterruptedException {
		return acquire(spec().timeout());
	}

	@Override
	public Permit acquire(Duration timeout) throws InterruptedException {
		try {
			return inLine((line) -> held(line.take((configured) -> timeout)));
		}
		catch (BulkheadFullException ex) {
			throw LineLimiter.interruptOr(ex);
		}
	}

	@Override
	public @Nullable Permit tryAcquire() {
		return this.<@Nullable Permit>inLine((line) -> heldOrNull(line.tryAcquire()));
	}

	@Override
	public @Nullable Permit tryShare() {
		return this.<@Nullable Permit>inLine((line) -> heldOrNull(line.tryShare()));
	}

	@Override
	public CompletableFuture<Permit> acquireAsync() {
		return acquireAsync(spec().timeout(), LineLimiter.defaultExecutor());
	}

	@Override
	public CompletableFuture<Permit> acquireAsync(Duration timeout, Executor executor) {
		return inLine((line) -> {
			SemaphorePermit permit = line.shareOrTake();
			return (permit != null) ? held(permit).asFuture()
					: line.acquireLater(timeout, executor, (this.tracked != null) ? this.tracked.entry() : null);
		});
	}

	@Override
	public @Nullable Object tryCheckOut() {
		return this.<@Nullable Object>inLine((line) -> heldOrNull(line.tryAcquire()));
	}

	@Override
	public Object checkOut() {
		return inLine((line) -> held(line.take((UnaryOperator<Duration>) null)));
	}

	@Override
	public void checkIn(Object permit) {
		((Permit) permit).close();
	}

	@Override
	public boolean isHeldByCurrentThread() {
		return this.limiter.keyed().isHeldByCurrentThread(this.key);
	}

	@Override
	public int max() {
		return spec().max();
	}

	@Override
	public int inUse() {
		return this.limiter.keyed().inUse(this.key);
	}

	@Override
	public int available() {
		return Math.max(0, max() - inUse());
	}

	@Override
	public int waiting() {
		return this.limiter.keyed().waiting(this.key);
	}

	@Override
	public ConcurrencyLimiter forKey(Object key, @Nullable String plan) {
		return (this.tracked != null) ? this.tracked.forKey(key, plan) : this.limiter.forKey(key, plan);
	}

	@Override
	public LimiterKeys keys(int most) {
		return this.limiter.keys(most);
	}

	@Override
	public boolean isTracked() {
		return this.tracked != null;
	}

	@Override
	public List<Holder> holders(int most) {
		return (this.tracked != null) ? this.tracked.holders(most) : List.of();
	}

	@Override
	public String name() {
		return this.limiter.name();
	}

	@Override
	public ConcurrencyLimiterSpec spec() {
		return this.limiter.spec().ofPlan(this.plan);
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
	public LimiterStats stats() {
		return this.limiter.stats();
	}

	@Override
	public void listen(LimiterListener listener) {
		this.limiter.listen(listener);
	}

	@Override
	public void shutdown() {
		this.limiter.shutdown();
	}

	@Override
	public String toString() {
		return name() + " for key " + Keys.hash(this.key);
	}

}
