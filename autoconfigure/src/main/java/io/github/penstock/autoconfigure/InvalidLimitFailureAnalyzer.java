package io.github.penstock.autoconfigure;

import io.github.penstock.InvalidLimitException;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which value of a limiter that is made in code is out of range. Those of the
 * configuration and of annotations fail with their place.
 */
final class InvalidLimitFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLimitException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidLimitException cause) {
		BeanCreationException bean = findCause(rootFailure, BeanCreationException.class);
		String where = (bean != null && bean.getBeanName() != null) ? "\n\n    Where: the bean '" + bean.getBeanName()
				+ "'" + ((bean.getResourceDescription() != null) ? ", " + bean.getResourceDescription() : "") : "";
		return new FailureAnalysis(
				"A limiter that code makes or changes has a value that is out of range: " + cause.getMessage() + where,
				"Correct '" + cause.property() + "' in that code.", cause);
	}

}
