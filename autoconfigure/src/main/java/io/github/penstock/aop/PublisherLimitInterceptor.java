package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/**
 * Limits a method whose work begins with each subscription to what it returns, and ends
 * with it. The method itself is called at once and takes nothing.
 */
final class PublisherLimitInterceptor extends LimitInterceptor {

	static final boolean REACTOR_PRESENT = ClassUtils.isPresent("reactor.core.publisher.Flux",
			PublisherLimitInterceptor.class.getClassLoader());

	/** {@code null} for a suspending function, which Spring turns into a publisher. */
	private final @Nullable ReactiveAdapter adapter;

	private final @Nullable Executor executor = REACTOR_PRESENT ? ReactorLimits.EXECUTOR : null;

	PublisherLimitInterceptor(LimitedOperation operation, LimitedMethod limited) {
		super(operation);
		this.adapter = KotlinDetector.isSuspendingFunction(limited.method()) ? null
				: ReactiveAdapterRegistry.getSharedInstance().getAdapter(ReturnKind.type(limited));
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Object result = invocation.proceed();
		if (result == null) {
			return null;
		}
		boolean single = isSingle(result);
		LimitedPublisher<?> limited = new LimitedPublisher<>(this, toPublisher(result), single, invocation);
		Publisher<?> publisher = REACTOR_PRESENT ? ReactorLimits.wrap(limited, single) : limited;
		return (this.adapter != null) ? this.adapter.fromPublisher(publisher) : publisher;
	}

	private boolean isSingle(Object result) {
		return (this.adapter != null) ? !this.adapter.isMultiValue() : ReactorLimits.isSingle(result);
	}

	@SuppressWarnings("unchecked")
	private Publisher<Object> toPublisher(Object result) {
		return (this.adapter != null) ? this.adapter.toPublisher(result) : (Publisher<Object>) result;
	}

	CompletableFuture<Permit> acquire() {
		return limits().acquireAsync(this.executor);
	}

	/**
	 * Answer a refused subscription.
	 * @return what to subscribe to instead, {@code null} for nothing
	 */
	@Nullable Publisher<?> refusedPublisher(LimitExceededException refusal, MethodInvocation invocation) throws Throwable {
		Fallback fallback = fallback(refusal);
		Object result = (fallback != null) ? fallback.invoke(invocation, refusal) : null;
		return (result != null) ? toPublisher(result) : null;
	}

}
