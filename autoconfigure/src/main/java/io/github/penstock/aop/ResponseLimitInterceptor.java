package io.github.penstock.aop;

import java.util.concurrent.CompletionStage;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Limits a method that may return something whose work goes on, which only the object
 * that it returns can tell: a stage, or what a controller returns for a response that
 * comes later. The caller's thread waits.
 */
final class ResponseLimitInterceptor extends LimitInterceptor {

	ResponseLimitInterceptor(LimitedOperation operation) {
		super(operation);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		Limits limits = limits();
		@Nullable Object entry;
		try {
			entry = limits.enter();
		}
		catch (LimitExceededException ex) {
			return refused(ex, invocation);
		}
		try {
			Object result = invocation.proceed();
			if (result != null) {
				hold(result, limits);
			}
			return result;
		}
		finally {
			limits.exit(entry);
		}
	}

	/** Keep the permit if the work goes on after this call. */
	private static void hold(Object result, Limits limits) {
		boolean stage = result instanceof CompletionStage<?>;
		if (!stage && !ResponseTypes.mayComeLater(result)) {
			return;
		}
		Permit permit = limits.share();
		boolean goesOn = false;
		try {
			goesOn = stage ? hold((CompletionStage<?>) result, permit)
					: ResponseHold.hold(result, permit, ResponseHold.GRACE);
		}
		finally {
			if (!goesOn) {
				permit.close();
			}
		}
	}

	private static boolean hold(CompletionStage<?> stage, Permit permit) {
		stage.whenComplete((value, failure) -> permit.close());
		return true;
	}

}
