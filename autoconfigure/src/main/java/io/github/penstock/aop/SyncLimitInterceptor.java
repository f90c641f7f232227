package io.github.penstock.aop;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Limits a method whose work has ended when it returns. The caller's thread waits.
 */
final class SyncLimitInterceptor extends LimitInterceptor {

	SyncLimitInterceptor(LimitedOperation operation) {
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
			return invocation.proceed();
		}
		finally {
			limits.exit(entry);
		}
	}

}
