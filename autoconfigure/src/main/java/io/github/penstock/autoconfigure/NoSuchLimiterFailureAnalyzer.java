package io.github.penstock.autoconfigure;

import io.github.penstock.NoSuchLimiterException;
import io.github.penstock.naming.NearestName;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Lists the limiters that there are when one is asked for that there is not.
 */
final class NoSuchLimiterFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchLimiterException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchLimiterException cause) {
		boolean bulkhead = cause.kind().equals("bulkhead");
		String nearest = NearestName.of(cause.name(), cause.known());
		String mend = (nearest != null) ? "If '" + nearest + "' is meant, correct the name. Otherwise define"
				: "Define";
		return new FailureAnalysis(cause.getMessage() + ".",
				mend + " it in the configuration:\n\npenstock:\n  " + ((bulkhead) ? "bulkheads" : "rate-limits")
						+ ":\n    " + cause.name() + ":\n      " + ((bulkhead) ? "max: 10" : "rps: 100"),
				cause);
	}

}
