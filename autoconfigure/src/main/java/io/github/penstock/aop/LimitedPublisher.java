package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;

import io.github.penstock.LimitExceededException;
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

	private final PublisherLimitInterceptor interceptor;

	private final Publisher<T> source;

	private final boolean single;

	private final MethodInvocation invocation;

	LimitedPublisher(PublisherLimitInterceptor interceptor, Publisher<T> source, boolean single,
			MethodInvocation invocation) {
		this.interceptor = interceptor;
		this.source = source;
		this.single = single;
		this.invocation = invocation;
	}

	@Override
	public void subscribe(Subscriber<? super T> actual) {
		LimitedSubscription<T> subscription = PublisherLimitInterceptor.REACTOR_PRESENT
				? ReactorLimits.subscription(this, actual) : new LimitedSubscription<>(this, actual);
		subscription.start();
	}

	Publisher<T> source() {
		return this.source;
	}

	/** Whether there is one element at most. */
	boolean isSingle() {
		return this.single;
	}

	CompletableFuture<Permit> acquire() {
		return this.interceptor.acquire();
	}

	/** What to subscribe to when the limits refuse, {@code null} for nothing. */
	@SuppressWarnings("unchecked")
	@Nullable Publisher<T> refused(LimitExceededException refusal) throws Throwable {
		return (Publisher<T>) this.interceptor.refusedPublisher(refusal, this.invocation);
	}

}
