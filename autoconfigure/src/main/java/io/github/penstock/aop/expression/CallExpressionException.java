package io.github.penstock.aop.expression;

import org.jspecify.annotations.Nullable;

/**
 * An expression of an annotation has no valid value for a call: an error of the caller,
 * whose call has taken nothing. The message has no values of the call, which may be
 * secret.
 */
public final class CallExpressionException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	CallExpressionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
