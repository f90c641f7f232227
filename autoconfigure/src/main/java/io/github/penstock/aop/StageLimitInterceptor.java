package io.github.penstock.aop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;

/**
 * Limits a method whose work has ended when the stage that it returns is completed. Never
 * blocks: a call that is let in at once returns the method's own stage, one that must
 * wait returns a future at once.
 */
final class StageLimitInterceptor extends LimitInterceptor {

	StageLimitInterceptor(LimitedOperation operation) {
		super(operation);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		CompletableFuture<Permit> acquired = limits().acquireAsync(null);
		if (!acquired.isDone()) {
			return WaitingCall.start(this, acquired, detach(invocation));
		}
		Permit permit;
		try {
			permit = acquired.join();
		}
		catch (CompletionException ex) {
			return refusedStage(refusal(ex), invocation);
		}
		return proceed(invocation, permit);
	}

	/** The invocation as it will be needed after this call has returned. */
	private static MethodInvocation detach(MethodInvocation invocation) {
		return (invocation instanceof ProxyMethodInvocation proxied) ? proxied.invocableClone() : invocation;
	}

	private static LimitExceededException refusal(CompletionException failure) {
		if (failure.getCause() instanceof LimitExceededException refusal) {
			return refusal;
		}
		throw failure;
	}

	/**
	 * Answer a refused call.
	 * @return the fallback's stage, or one that has failed
	 */
	@Nullable Object refusedStage(LimitExceededException refusal, MethodInvocation invocation) throws Throwable {
		return (fallback(refusal) != null) ? refused(refusal, invocation) : CompletableFuture.failedFuture(refusal);
	}

	/**
	 * Call the method, and give the permit back when its stage is completed.
	 * @return the method's own stage
	 */
	@Nullable Object proceed(MethodInvocation invocation, Permit permit) throws Throwable {
		boolean goesOn = false;
		try (Permit.Scope scope = permit.makeCurrent()) {
			CompletionStage<?> stage = (CompletionStage<?>) invocation.proceed();
			if (stage != null) {
				stage.whenComplete((value, failure) -> permit.close());
				goesOn = true;
			}
			return stage;
		}
		finally {
			if (!goesOn) {
				permit.close();
			}
		}
	}

}
