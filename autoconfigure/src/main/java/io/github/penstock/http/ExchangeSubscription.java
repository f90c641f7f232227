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

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription to a {@link LimitedExchange}. It waits for its permit without a
 * thread. Until there is a response, the permit is its own; then it is the body's.
 * Whatever is thrown, also by what stands below and above, the permit comes back and the
 * subscriber hears one end.
 * <p>
 * Cancelling and the grant may cross: each of them writes its own field ({@code upstream}
 * and {@code permit}) and then reads the other's, so that at least one of them sees both
 * and gives the permit back. Cancelling and the response may cross as well: who moves
 * {@code progress} on says what becomes of the permit and of the body.
 */
final class ExchangeSubscription<T> implements CoreSubscriber<T>, Subscription, Hop {

	private final LimitedExchange<T> exchange;

	private final CoreSubscriber<? super T> actual;

	private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

	private final AtomicBoolean requested = new AtomicBoolean();

	private final AtomicReference<Progress> progress = new AtomicReference<>(Progress.BEGUN);

	private volatile CallShares shares = CallShares.NONE;

	private volatile @Nullable CompletableFuture<Permit> admission;

	private volatile @Nullable Permit permit;

	/** Whether a redirect has ended the request. */
	private volatile boolean ended;

	// Of the thread that sends the request, while it does.
	private Permit.@Nullable Scope scope;

	private volatile @Nullable Thread sending;

	ExchangeSubscription(LimitedExchange<T> exchange, CoreSubscriber<? super T> actual) {
		this.exchange = exchange;
		this.actual = actual;
	}

	/**
	 * Ask for the permit, while the scopes of the subscriber's thread are still open;
	 * then go on at once if it is there.
	 */
	void start() {
		CompletableFuture<Permit> admission = admit();
		this.admission = admission;
		boolean subscribed = false;
		try {
			this.actual.onSubscribe(this);
			subscribed = true;
		}
		finally {
			if (!subscribed) {
				// It has thrown, and is told nothing more.
				cancel();
			}
			if (admission.isDone()) {
				settle(admission);
			}
			else {
				admission.whenComplete(this::proceedLater);
			}
		}
	}

	private CompletableFuture<Permit> admit() {
		try {
			CallShares shares = this.exchange.shares().get();
			this.shares = shares;
			HttpLimit limit = this.exchange.limit();
			return (limit != null) ? shares.start(limit) : Limits.NONE.acquireAsync(null);
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/** Without a callback, which would swallow what the subscriber throws. */
	private void settle(CompletableFuture<Permit> admission) {
		Permit permit = null;
		Throwable refusal = null;
		try {
			permit = admission.join();
		}
		catch (CompletionException ex) {
			refusal = ex.getCause();
		}
		catch (CancellationException ex) {
			refusal = ex;
		}
		proceed(permit, refusal);
	}

	private void proceedLater(@Nullable Permit permit, @Nullable Throwable refusal) {
		try {
			proceed(permit, refusal);
		}
		catch (Throwable ex) {
			// The future would keep it for nobody.
			drop(ex);
		}
	}

	private void proceed(@Nullable Permit permit, @Nullable Throwable refusal) {
		this.permit = permit;
		if (isCancelled()) {
			release();
		}
		else if (permit != null) {
			send(permit);
		}
		else {
			fail((refusal != null) ? refusal : new IllegalStateException("No permit"));
		}
	}

	private void send(Permit permit) {
		try {
			this.sending = Thread.currentThread();
			this.scope = permit.makeCurrent();
			try {
				this.exchange.exchange().subscribe(this);
			}
			finally {
				closeScope();
			}
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/** The scope covers what is done to send the request, and nothing after it. */
	private void closeScope() {
		if (this.sending != Thread.currentThread()) {
			return;
		}
		Permit.Scope scope = this.scope;
		this.sending = null;
		this.scope = null;
		if (scope != null) {
			scope.close();
		}
	}

	/** End with a failure, of which the subscriber hears if it has not heard an end. */
	private void fail(Throwable failure) {
		Progress before = this.progress.getAndSet(Progress.ENDED);
		try {
			stop(before);
		}
		catch (Throwable ex) {
			if (ex != failure) {
				failure.addSuppressed(ex);
			}
		}
		if (before != Progress.ENDED) {
			this.actual.onError(failure);
		}
		else {
			drop(failure);
		}
	}

	private void drop(Throwable failure) {
		Operators.onErrorDropped(failure, this.actual.currentContext());
	}

	/** Stop whatever goes on. */
	private void stop(Progress before) {
		Subscription subscription = this.upstream.getAndSet(Operators.cancelledSubscription());
		CompletableFuture<Permit> admission = this.admission;
		try {
			if (subscription != null) {
				subscription.cancel();
			}
		}
		finally {
			try {
				if (admission != null) {
					admission.cancel(false);
				}
			}
			finally {
				this.shares.close();
				if (before == Progress.BEGUN) {
					release();
				}
			}
		}
	}

	private void release() {
		Permit permit = this.permit;
		if (permit != null) {
			permit.close();
		}
	}

	private boolean isCancelled() {
		return this.upstream.get() == Operators.cancelledSubscription();
	}

	@Override
	public Context currentContext() {
		Context context = this.actual.currentContext().put(Hop.ATTRIBUTE, this);
		CallShares shares = this.shares;
		return (shares != CallShares.NONE) ? context.put(CallShares.ATTRIBUTE, shares) : context;
	}

	@Override
	public @Nullable HttpLimit limit() {
		return this.exchange.limit();
	}

	@Override
	public boolean canEnd() {
		return true;
	}

	@Override
	public boolean hasEnded() {
		return this.ended;
	}

	@Override
	public void end() {
		this.ended = true;
		closeScope();
		release();
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		if (!this.upstream.compareAndSet(null, subscription)) {
			subscription.cancel();
		}
		else if (this.requested.get()) {
			request(subscription);
		}
	}

	private void request(Subscription subscription) {
		try {
			subscription.request(Long.MAX_VALUE);
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void onNext(T response) {
		closeScope();
		if (this.progress.compareAndSet(Progress.BEGUN, Progress.ANSWERED)) {
			answer(response);
		}
		else {
			// Nobody will read the body, which keeps its connection until somebody does.
			discard(response);
		}
	}

	private void answer(T response) {
		HeldAnswer<T> answer;
		try {
			this.shares.close();
			answer = hold(response);
		}
		catch (Throwable ex) {
			release();
			discard(response);
			fail(ex);
			return;
		}
		try {
			this.actual.onNext(answer.response());
		}
		catch (Throwable ex) {
			// Rule 2.13: who throws has cancelled, and does not read the body.
			answer.close();
			discard(answer.response());
			fail(ex);
		}
	}

	private HeldAnswer<T> hold(T response) {
		HttpLimit limit = this.exchange.limit();
		if (this.ended || limit == null) {
			// It is nobody's, or that of the last redirect, which holds it.
			return new HeldAnswer<>(response, null);
		}
		Responses<T> responses = this.exchange.responses();
		int status = responses.status(response);
		if (AskedPause.isPossible(status)) {
			limit.learn(status, responses.headers(response)::get);
		}
		Permit permit = this.permit;
		if (permit == null || limit.bulkhead() == null || limit.release() == Release.HEADERS) {
			release();
			return new HeldAnswer<>(response, null);
		}
		return HeldAnswer.hold(response, responses, BodyHold.begin(limit, permit));
	}

	private void discard(T response) {
		try {
			this.exchange.responses().discard(response).subscribe();
		}
		catch (Throwable ex) {
			drop(ex);
		}
	}

	@Override
	public void onError(Throwable failure) {
		if (finish()) {
			this.actual.onError(failure);
		}
		else {
			drop(failure);
		}
	}

	@Override
	public void onComplete() {
		if (finish()) {
			this.actual.onComplete();
		}
	}

	/** End because the source has; whether the subscriber has not heard an end. */
	private boolean finish() {
		closeScope();
		Progress before = this.progress.getAndSet(Progress.ENDED);
		this.shares.close();
		if (before == Progress.BEGUN) {
			release();
		}
		return before != Progress.ENDED;
	}

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			this.requested.set(true);
			Subscription subscription = this.upstream.get();
			if (subscription != null) {
				request(subscription);
			}
		}
	}

	@Override
	public void cancel() {
		stop(this.progress.getAndSet(Progress.ENDED));
	}

	/** How far a request has come. */
	private enum Progress {

		/** It has no answer. */
		BEGUN,

		/** The subscriber has been given the response, whose body has the permit. */
		ANSWERED,

		/** The subscriber has heard the end, or wants to hear nothing more. */
		ENDED

	}

}
