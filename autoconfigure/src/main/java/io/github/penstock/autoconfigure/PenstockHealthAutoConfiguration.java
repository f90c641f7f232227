package io.github.penstock.autoconfigure;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.LimiterHealth;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.properties.PropertiesReader;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link AutoConfiguration Auto-configuration} for the health of bulkheads, where the
 * configuration asks for it.
 */
@AutoConfiguration(after = PenstockAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
public final class PenstockHealthAutoConfiguration {

	/**
	 * If it is asked for.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnUnhealthyAfter.class)
	static final class HealthConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "penstockHealthIndicator", search = SearchStrategy.CURRENT)
		LimiterHealth penstockHealthIndicator(LimiterRegistry registry, ConfiguredProperties properties,
				ObjectProvider<TimeSource> times) {
			return new LimiterHealth(registry, (name) -> {
				PenstockProperties.Bulkhead bulkhead = properties.bulkheads().find(name);
				return (bulkhead != null) ? bulkhead.unhealthyAfter() : null;
			}, times.getIfAvailable(TimeSource::system));
		}

	}

	/**
	 * Whether any bulkhead has the property.
	 */
	static final class OnUnhealthyAfter extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			String name = PropertiesReader.findName((ConfigurableEnvironment) context.getEnvironment(),
					"penstock.bulkheads", "unhealthy-after");
			return (name != null) ? ConditionOutcome.match(name)
					: ConditionOutcome.noMatch("no bulkhead has unhealthy-after");
		}

	}

}
