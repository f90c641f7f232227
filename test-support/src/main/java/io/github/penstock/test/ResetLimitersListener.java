package io.github.penstock.test;

import io.github.penstock.LimiterRegistry;

import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Does what {@link ResetLimiters} says. Public, for Spring makes it.
 */
public final class ResetLimitersListener extends AbstractTestExecutionListener {

	/**
	 * Create the listener.
	 */
	public ResetLimitersListener() {
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		testContext.getApplicationContext().getBeanProvider(LimiterRegistry.class).ifAvailable(LimiterBaseline::reset);
	}

}
