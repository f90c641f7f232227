package io.github.penstock.aop;

import java.util.function.Supplier;

import io.github.penstock.BulkheadFullException;
import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * What to do at a call of one method, decided once: its heirs differ by how long the work
 * goes on after the method has returned.
 */
abstract class LimitInterceptor implements MethodInterceptor {

	private final LimitedOperation operation;

	// Written once, to an immutable object; by more than one thread at worst.
	private @Nullable Limits limits;

	LimitInterceptor(LimitedOperation operation) {
		this.operation = operation;
	}

	final Limits limits() {
		Limits limits = this.limits;
		return (limits != null) ? limits : bind();
	}

	/** Ask for the limiters, once all declarations that matter have been made. */
	final Limits bind() {
		Limits limits = this.operation.limits().get();
		this.limits = limits;
		return limits;
	}

	/** Answer a call that this method's own limits refused. */
	final @Nullable Object refused(LimitExceededException refusal, MethodInvocation invocation) throws Throwable {
		Fallback fallback = fallback(refusal);
		if (fallback == null) {
			throw refusal;
		}
		return fallback.invoke(invocation, refusal);
	}

	final @Nullable Fallback fallback(LimitExceededException refusal) {
		return (refusal instanceof BulkheadFullException) ? this.operation.onBulkheadFull()
				: this.operation.onRateLimitExceeded();
	}

	final boolean hasFallback() {
		return this.operation.onBulkheadFull() != null || this.operation.onRateLimitExceeded() != null;
	}

	/**
	 * What a call goes by.
	 *
	 * @param limits gives the limiters
	 * @param onBulkheadFull answers calls that the bulkhead refuses
	 * @param onRateLimitExceeded answers calls that the rate limit refuses
	 */
	record LimitedOperation(Supplier<Limits> limits, @Nullable Fallback onBulkheadFull,
			@Nullable Fallback onRateLimitExceeded) {
	}

}
