package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of a method that returns a stage gets when the call must wait. To
 * complete it from outside, as by cancelling it, leaves the line; or, when the method has
 * been called, gives the permit back and cancels the method's own stage.
 */
final class WaitingCall extends CompletableFuture<@Nullable Object> {

	private final StageLimitInterceptor interceptor;

	private final MethodInvocation invocation;

	private final CallerContext context = CallerContext.capture();

	private volatile @Nullable Permit permit;

	private volatile @Nullable Object stage;

	private WaitingCall(StageLimitInterceptor interceptor, MethodInvocation invocation) {
		this.interceptor = interceptor;
		this.invocation = invocation;
	}

	/**
	 * Create a call that begins when it is let in.
	 * @param interceptor calls the method
	 * @param acquired tells when
	 * @param invocation the call
	 * @return what the caller gets
	 */
	static WaitingCall start(StageLimitInterceptor interceptor, CompletableFuture<Permit> acquired,
			MethodInvocation invocation) {
		WaitingCall call = new WaitingCall(interceptor, invocation);
		call.whenComplete((value, failure) -> {
			acquired.cancel(false);
			call.end();
		});
		acquired.whenComplete(call::waited);
		return call;
	}

	private void waited(@Nullable Permit permit, @Nullable Throwable failure) {
		this.permit = permit;
		if (isDone()) {
			end();
			return;
		}
		this.context.run(() -> begin(permit, failure));
	}

	private void begin(@Nullable Permit permit, @Nullable Throwable failure) {
		try {
			Object stage = (permit != null) ? this.interceptor.proceed(this.invocation, permit) : refused(failure);
			this.stage = stage;
			if (isDone()) {
				end();
			}
			if (stage == null) {
				complete(null);
			}
			else {
				((CompletionStage<?>) stage).whenComplete(this::follow);
			}
		}
		catch (Throwable ex) {
			completeExceptionally(ex);
		}
	}

	private @Nullable Object refused(@Nullable Throwable failure) throws Throwable {
		if (failure instanceof LimitExceededException refusal) {
			return this.interceptor.refusedStage(refusal, this.invocation);
		}
		return CompletableFuture.failedFuture(failure);
	}

	private void follow(@Nullable Object value, @Nullable Throwable failure) {
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(value);
		}
	}

	private void end() {
		Permit permit = this.permit;
		if (isCancelled() && this.stage instanceof Future<?> future) {
			future.cancel(true);
		}
		if (permit != null) {
			permit.close();
		}
	}

}
