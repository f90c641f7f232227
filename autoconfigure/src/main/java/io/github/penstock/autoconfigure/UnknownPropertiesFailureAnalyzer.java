package io.github.penstock.autoconfigure;

import java.util.stream.Collectors;

import io.github.penstock.properties.UnknownPropertiesException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Names the keys that mean nothing, and what was probably meant.
 */
final class UnknownPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPropertiesException cause) {
		String description = cause.properties()
			.stream()
			.map((property) -> "\n    " + property.place())
			.collect(Collectors.joining("", "Properties that mean nothing to Penstock, and would be ignored:\n", ""));
		String action = cause.properties()
			.stream()
			.map((property) -> "\n    " + property.place() + ": " + property.mend())
			.collect(Collectors.joining("", "Correct or remove them:\n", ""));
		return new FailureAnalysis(description, action, cause);
	}

}
