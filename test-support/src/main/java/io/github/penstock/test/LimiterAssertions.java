package io.github.penstock.test;

import io.github.penstock.Limiter;
import org.jspecify.annotations.Nullable;

/**
 * Entry point of assertions on limiters, to be imported statically.
 */
public final class LimiterAssertions {

	private LimiterAssertions() {
	}

	/**
	 * Begin assertions on a limiter.
	 * @param actual the limiter
	 * @return the assertions
	 */
	public static LimiterAssert assertThat(@Nullable Limiter actual) {
		return new LimiterAssert(actual);
	}

}
