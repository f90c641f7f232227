package io.github.penstock.aop.expression;

import org.jspecify.annotations.Nullable;

/**
 * A value of a call. Safe for use by many threads.
 */
@FunctionalInterface
interface CallValue {

	/**
	 * Return the value.
	 * @param arguments those of the call
	 * @param result its result, if it is done
	 * @param error its failure, if it is done
	 * @param principal its caller, if the expression needs it
	 * @return the value
	 * @throws Exception whatever an accessor throws
	 */
	@Nullable Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception;

}
