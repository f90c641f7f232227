package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * A publisher that subscribes to its source when the limits let it.
 *
 * @param <T> the type of the elements
 */
final class LimitedPublisher<T> implements Publisher<T> {

	private final LimitInterceptor interceptor;

	private final ReactiveResult type;

	private final Publisher<T> source;

	private final MethodInvocation invocation;

	/** Whether the method's call has taken a token that no subscription has used yet. */
	private final AtomicBoolean tokenTaken;

	LimitedPublisher(LimitInterceptor interceptor, ReactiveResult type, Publisher<T> source,
			MethodInvocation invocation, boolean tokenTaken) {
		this.interceptor = interceptor;
		this.type = type;
		this.source = source;
		this.invocation = invocation;
		this.tokenTaken = new AtomicBoolean(tokenTaken);
	}

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		LimitedSubscription<T> subscription = ReactiveResult.REACTOR_PRESENT ? ReactorLimits.subscription(this, actual)
				: new LimitedSubscription<>(this, actual);
		subscription.start();
	}

	Publisher<T> source() {
		return this.source;
	}

	/** Whether there is one element at most. */
	boolean isSingle() {
		return this.type.isSingle();
	}

	CompletableFuture<Permit> acquire() {
		Limits limits = this.interceptor.limits();
		boolean paid = this.tokenTaken.get() && this.tokenTaken.compareAndSet(true, false);
		return (paid ? limits.withoutTokens() : limits).acquireAsync(null);
	}

	/** What to subscribe to when the limits refuse, {@code null} for nothing. */
	@SuppressWarnings("unchecked")
	@Nullable Publisher<T> refused(LimitExceededException refusal) throws Throwable {
		Fallback fallback = this.interceptor.fallback(refusal);
		Object result = (fallback != null) ? fallback.invoke(this.invocation, refusal) : null;
		return (result != null) ? (Publisher<T>) this.type.publisherOf(result) : null;
	}

}
