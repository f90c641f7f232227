package io.github.penstock.aop;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Limits a method of a controller whose work has ended when the response is done. The
 * request's thread waits.
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
		Permit permit = null;
		boolean goesOn = false;
		try {
			permit = limits.share();
			Object result = invocation.proceed();
			goesOn = result != null && ResponseHold.hold(result, permit, ResponseHold.GRACE);
			return result;
		}
		finally {
			if (permit != null && !goesOn) {
				permit.close();
			}
			limits.exit(entry);
		}
	}

}
