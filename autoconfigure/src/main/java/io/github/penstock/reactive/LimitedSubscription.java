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

package io.github.penstock.reactive;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import org.springframework.util.ClassUtils;

/**
 * One subscription to {@link LimitedWork}. It waits for its permit without a thread,
 * keeps what is requested meanwhile, and gives the permit back when the source
 * terminates, emits its only element, or the subscriber cancels, before it passes the
 * signal on.
 * <p>
 * Cancelling and the grant may cross: each of them writes its own field ({@code upstream}
 * and {@code permit}) and then reads the other's, so that at least one of them sees both
 * and gives the permit back; giving it back twice does no harm.
 *
 * @param <T> the type of the elements
 */
public class LimitedSubscription<T> implements Subscriber<T>, Subscription {

	private static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.CoreSubscriber",
			LimitedSubscription.class.getClassLoader());

	private static final Subscription CANCELLED = new Subscription() {

		@Override
		public void request(long n) {
		}

		@Override
		public void cancel() {
		}

	};

	private final LimitedWork<T> work;

	private final Subscriber<? super T> actual;

	/** {@code null} until the source is subscribed to. */
	private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

	/** What was requested before the source was subscribed to. */
	private final AtomicLong requested = new AtomicLong();

	/** Whether the subscriber has heard the end, or is not to be told any more. */
	private final AtomicBoolean ended = new AtomicBoolean();

	/** What it is limited by, once that is known. */
	private volatile @Nullable Limits limits;

	/** The last element, if the cost is known by that. */
	private @Nullable Object last;

	private volatile @Nullable CompletableFuture<Permit> acquired;

	private volatile @Nullable Permit permit;

	// Of the thread that subscribes to the source, while it does.
	private Permit.@Nullable Scope scope;

	private @Nullable Thread subscribing;

	LimitedSubscription(LimitedWork<T> work, Subscriber<? super T> actual) {
		this.work = work;
		this.actual = actual;
	}

	/**
	 * Begin to limit a subscription to some work.
	 * @param work the work
	 * @param actual who subscribes, whose context the work is subscribed to with if it is
	 * one of Reactor's
	 * @param <T> the type of the elements
	 */
	public static <T> void subscribe(LimitedWork<T> work, Subscriber<? super T> actual) {
		LimitedSubscription<T> subscription = REACTOR_PRESENT ? CoreSubscription.of(work, actual)
				: new LimitedSubscription<>(work, actual);
		subscription.start();
	}

	final Subscriber<? super T> actual() {
		return this.actual;
	}

	/**
	 * Ask for the permit, while the scopes of the subscriber's thread are still open;
	 * then go on at once if it is there.
	 */
	final void start() {
		CompletableFuture<Permit> acquired = acquire();
		this.acquired = acquired;
		boolean subscribed = false;
		try {
			this.actual.onSubscribe(this);
			subscribed = true;
		}
		finally {
			if (!subscribed) {
				// It has thrown, and is told nothing more.
				this.ended.set(true);
				cancel();
			}
			if (acquired.isDone()) {
				settle(acquired);
			}
			else {
				acquired.whenComplete(this::proceed);
			}
		}
	}

	private CompletableFuture<Permit> acquire() {
		try {
			if (this.work.needsPrincipal()) {
				CompletableFuture<@Nullable String> principal = principal();
				if (principal != null) {
					return acquireFor(principal);
				}
			}
			return acquire(this.work.limits(null, false));
		}
		catch (Throwable ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private CompletableFuture<Permit> acquire(Limits limits) {
		this.limits = limits;
		return this.work.acquire(limits);
	}

	/**
	 * Ask for the permit when it is known who subscribes. To give up leaves the line, and
	 * what is granted at that moment goes back: a stage made of another one does neither.
	 */
	private CompletableFuture<Permit> acquireFor(CompletableFuture<@Nullable String> principal) {
		CompletableFuture<Permit> acquired = new CompletableFuture<>();
		principal.whenComplete((name, failure) -> {
			try {
				if (failure != null) {
					acquired.completeExceptionally(failure);
				}
				else if (!acquired.isDone()) {
					follow(acquire(this.work.limits(name, true)), acquired);
				}
			}
			catch (Throwable ex) {
				acquired.completeExceptionally(ex);
			}
		});
		return acquired;
	}

	private static void follow(CompletableFuture<Permit> own, CompletableFuture<Permit> acquired) {
		acquired.whenComplete((permit, failure) -> own.cancel(false));
		own.whenComplete((permit, failure) -> {
			if (failure != null) {
				acquired.completeExceptionally(failure);
			}
			else if (!acquired.complete(permit)) {
				permit.close();
			}
		});
	}

	/** The name of the subscriber, {@code null} if the subscriber cannot tell. */
	@Nullable CompletableFuture<@Nullable String> principal() {
		return null;
	}

	/** The work is done: what it has cost is known. */
	private void settle(@Nullable Throwable failure) {
		Limits limits = this.limits;
		if (limits != null) {
			limits.settle((failure != null) ? null : this.last, failure);
		}
	}

	/** Without a callback, which would swallow what the subscriber throws. */
	private void settle(CompletableFuture<Permit> acquired) {
		Permit permit = null;
		Throwable failure = null;
		try {
			permit = acquired.join();
		}
		catch (CompletionException ex) {
			failure = ex.getCause();
		}
		catch (CancellationException ex) {
			failure = ex;
		}
		proceed(permit, failure);
	}

	private void proceed(@Nullable Permit permit, @Nullable Throwable failure) {
		this.permit = permit;
		if (isCancelled()) {
			if (permit != null) {
				abandon(permit);
			}
		}
		else if (permit != null) {
			subscribe(permit);
		}
		else {
			refused((failure != null) ? failure : new IllegalStateException("No permit"));
		}
	}

	private void abandon(Permit permit) {
		try {
			this.work.abandoned();
		}
		finally {
			permit.close();
		}
	}

	private void subscribe(Permit permit) {
		try {
			openScope(permit);
			try {
				this.work.source().subscribe(this);
			}
			finally {
				closeScope();
			}
		}
		catch (Throwable ex) {
			if (!fail(ex)) {
				throw ex;
			}
		}
	}

	private void refused(Throwable failure) {
		Publisher<T> fallback = null;
		Throwable error = failure;
		if (failure instanceof LimitExceededException refusal) {
			try {
				fallback = this.work.refused(refusal);
			}
			catch (Throwable ex) {
				error = ex;
			}
		}
		if (fallback == null) {
			fail(error);
			return;
		}
		try {
			fallback.subscribe(this);
		}
		catch (Throwable ex) {
			if (!fail(ex)) {
				throw ex;
			}
		}
	}

	/**
	 * End with a failure that is not a signal of the source.
	 * @return false if nobody was told: the subscriber has heard the end already, or has
	 * cancelled, as by throwing it
	 */
	private boolean fail(Throwable failure) {
		boolean told = !isCancelled() && this.ended.compareAndSet(false, true);
		try {
			cancel();
		}
		catch (Throwable ex) {
			if (ex != failure) {
				failure.addSuppressed(ex);
			}
		}
		if (told) {
			this.actual.onError(failure);
		}
		return told;
	}

	/**
	 * The scope covers what the source does while it is subscribed to, such as the whole
	 * of a callable, and nothing that is done with what it emits.
	 * @return whether this thread was in it
	 */
	private boolean closeScope() {
		Permit.Scope scope = this.scope;
		if (this.subscribing != Thread.currentThread() || scope == null) {
			return false;
		}
		this.scope = null;
		this.subscribing = null;
		scope.close();
		return true;
	}

	private void openScope(Permit permit) {
		this.subscribing = Thread.currentThread();
		this.scope = permit.makeCurrent();
	}

	private void release() {
		Permit permit = this.permit;
		if (permit != null) {
			permit.close();
		}
	}

	private boolean isCancelled() {
		return this.upstream.get() == CANCELLED;
	}

	@Override
	public final void onSubscribe(Subscription subscription) {
		if (this.upstream.compareAndSet(null, subscription)) {
			requestFrom(subscription);
		}
		else {
			subscription.cancel();
		}
	}

	@Override
	public final void onNext(T element) {
		boolean inScope = closeScope();
		Permit permit = this.permit;
		Limits limits = this.limits;
		if (limits != null && limits.isSettled()) {
			this.last = element;
		}
		if (this.work.isSingle()) {
			// Its only element ends the work; who reads it may call the same bulkhead.
			settle((Throwable) null);
			release();
			inScope = false;
		}
		boolean taken = false;
		try {
			this.actual.onNext(element);
			taken = true;
		}
		finally {
			if (!taken) {
				// Rule 2.13: who throws has cancelled, and the source may end here.
				cancel();
			}
		}
		if (inScope && permit != null) {
			openScope(permit);
		}
	}

	@Override
	public final void onError(Throwable failure) {
		closeScope();
		settle(failure);
		release();
		if (this.ended.compareAndSet(false, true)) {
			this.actual.onError(failure);
		}
	}

	@Override
	public final void onComplete() {
		closeScope();
		settle((Throwable) null);
		release();
		if (this.ended.compareAndSet(false, true)) {
			this.actual.onComplete();
		}
	}

	@Override
	public final void request(long n) {
		Subscription subscription = this.upstream.get();
		if (subscription != null) {
			subscription.request(n);
			return;
		}
		if (n <= 0) {
			fail(new IllegalArgumentException("Rule 3.9: " + n + " elements requested"));
			return;
		}
		this.requested.accumulateAndGet(n, LimitedSubscription::add);
		subscription = this.upstream.get();
		if (subscription != null) {
			requestFrom(subscription);
		}
	}

	private static long add(long requested, long more) {
		long sum = requested + more;
		return (sum < 0) ? Long.MAX_VALUE : sum;
	}

	private void requestFrom(Subscription subscription) {
		long n = this.requested.getAndSet(0);
		if (n != 0) {
			subscription.request(n);
		}
	}

	@Override
	public final void cancel() {
		Subscription subscription = this.upstream.getAndSet(CANCELLED);
		CompletableFuture<Permit> acquired = this.acquired;
		try {
			if (acquired != null) {
				acquired.cancel(false);
			}
		}
		finally {
			cancel(subscription);
		}
	}

	private void cancel(@Nullable Subscription subscription) {
		try {
			if (subscription != null) {
				subscription.cancel();
			}
		}
		finally {
			release();
		}
	}

}
