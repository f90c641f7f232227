package io.github.penstock.autoconfigure;

import io.github.penstock.aop.InvalidLimitDeclarationException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what is wrong with an annotation or a property.
 */
final class InvalidLimitDeclarationFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLimitDeclarationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidLimitDeclarationException cause) {
		return new FailureAnalysis(
				"A limit cannot be set up:\n\n    Where: " + cause.where() + "\n    What: " + cause.problem(),
				cause.mend() + ".", cause);
	}

}
