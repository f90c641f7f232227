package io.github.penstock.autoconfigure;

import io.github.penstock.properties.PropertiesReader;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether there is any rule for requests.
 */
final class OnRequestRules extends SpringBootCondition {

	private static final String SECTION = "penstock.requests";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		String found = (context.getEnvironment() instanceof ConfigurableEnvironment environment)
				? PropertiesReader.findName(environment, SECTION, "") : null;
		return (found != null) ? ConditionOutcome.match("found " + found)
				: ConditionOutcome.noMatch("found nothing below " + SECTION);
	}

}
