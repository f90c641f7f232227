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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The rate limiter of one key: a name for it, which has nothing itself.
 */
final class KeyRateLimiter implements Settling {

	private final TokenBucketLimiter limiter;

	private final Object key;

	private final @Nullable String plan;

	KeyRateLimiter(TokenBucketLimiter limiter, Object key, @Nullable String plan) {
		this.limiter = limiter;
		this.key = key;
		this.plan = plan;
	}

	@Override
	public void enter() {
		enter(1, null);
	}

	@Override
	public void enter(@Nullable UnaryOperator<Duration> timeout) {
		enter(1, timeout);
	}

	@Override
	public void enter(long tokens, @Nullable UnaryOperator<Duration> timeout) {
		this.limiter.keyed().enter(this.key, this.plan, tokens, timeout);
	}

	@Override
	public void enter(Object key, @Nullable String plan, long tokens, @Nullable UnaryOperator<Duration> timeout) {
		this.limiter.enter(key, plan, tokens, timeout);
	}

	@Override
	public void acquire() throws InterruptedException {
		acquire(1);
	}

	@Override
	public void acquire(Duration timeout) throws InterruptedException {
		acquire(1, timeout);
	}

	@Override
	public void acquire(long tokens) throws InterruptedException {
		acquire(tokens, spec().timeout());
	}

	@Override
	public void acquire(long tokens, Duration timeout) throws InterruptedException {
		try {
			enter(tokens, (configured) -> timeout);
		}
		catch (RateLimitExceededException ex) {
			throw LineLimiter.interruptOr(ex);
		}
	}

	@Override
	public boolean tryAcquire() {
		return tryAcquire(1);
	}

	@Override
	public boolean tryAcquire(long tokens) {
		return this.limiter.keyed().tryAcquire(this.key, this.plan, tokens);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync() {
		return acquireAsync(1);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(Duration timeout, Executor executor) {
		return acquireAsync(1, timeout, executor);
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens) {
		return acquireAsync(tokens, spec().timeout(), LineLimiter.defaultExecutor());
	}

	@Override
	public CompletableFuture<@Nullable Void> acquireAsync(long tokens, Duration timeout, Executor executor) {
		return this.limiter.keyed().acquireAsync(this.key, this.plan, tokens, timeout, executor);
	}

	@Override
	public void charge(long tokens) {
		this.limiter.keyed().charge(this.key, this.plan, tokens);
	}

	@Override
	public void refund(long tokens) {
		this.limiter.keyed().refund(this.key, this.plan, tokens);
	}

	@Override
	public boolean tryTake(long tokens) {
		return this.limiter.keyed().tryTake(this.key, this.plan, tokens);
	}

	@Override
	public boolean mustAsk(long tokens, long timeoutNanos) {
		return this.limiter.keyed().mustAsk(this.key, tokens, timeoutNanos);
	}

	@Override
	public long waitFor(long tokens) {
		return this.limiter.keyed().waitFor(this.key, this.plan, tokens);
	}

	@Override
	public boolean isUnenforced() {
		return this.limiter.isUnenforced();
	}

	@Override
	public void letIn(long tokens, long timeoutNanos) {
		this.limiter.keyed().letIn(this.key, this.plan, tokens, timeoutNanos);
	}

	@Override
	public LimitExceededException refuse(RefusalReason reason, long retryAfterNanos, long waitedNanos, long tokens) {
		return this.limiter.keyed().refuse(this.key, this.plan, reason, retryAfterNanos, waitedNanos, tokens);
	}

	@Override
	public TimeSource time() {
		return this.limiter.time;
	}

	@Override
	public long stamp() {
		return this.limiter.keyed().stamp(this.key);
	}

	@Override
	public long stampOf(long tokens) {
		return this.limiter.keyed().stampOf(this.key, this.plan, tokens);
	}

	@Override
	public void putBack(long tokens, long stamp) {
		this.limiter.keyed().putBack(this.key, this.plan, tokens, stamp);
	}

	@Override
	public void untake(long tokens, long stamp) {
		this.limiter.keyed().untake(this.key, this.plan, tokens, stamp);
	}

	@Override
	public long debt() {
		return this.limiter.keyed().debt(this.key);
	}

	@Override
	public long available() {
		return this.limiter.keyed().available(this.key, this.plan);
	}

	@Override
	public int waiting() {
		return this.limiter.keyed().waiting(this.key);
	}

	@Override
	public RateLimiter forKey(Object key, @Nullable String plan) {
		return this.limiter.forKey(key, plan);
	}

	@Override
	public LimiterKeys keys(int most) {
		return this.limiter.keys(most);
	}

	@Override
	public String name() {
		return this.limiter.name();
	}

	@Override
	public RateLimiterSpec spec() {
		return this.limiter.spec().ofPlan(this.plan);
	}

	@Override
	public RateLimiterSpec configured() {
		return this.limiter.configured();
	}

	@Override
	public RateLimiterSpec change(UnaryOperator<RateLimiterSpec> change) {
		return this.limiter.change(change);
	}

	@Override
	public void configure(RateLimiterSpec configured) {
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
