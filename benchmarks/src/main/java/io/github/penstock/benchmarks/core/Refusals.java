package io.github.penstock.benchmarks.core;

import java.util.concurrent.RejectedExecutionException;

/**
 * An exception that costs nothing, for contenders that answer with a {@code boolean}.
 */
final class Refusals {

	static final RejectedExecutionException STACKLESS = new Stackless();

	private Refusals() {
	}

	/** The cheapest exception that can be made anew for each refusal. */
	static final class Stackless extends RejectedExecutionException {

		private static final long serialVersionUID = 1L;

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

}
