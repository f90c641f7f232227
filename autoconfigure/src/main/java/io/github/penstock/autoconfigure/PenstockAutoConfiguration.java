package io.github.penstock.autoconfigure;

import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.LimiterChangeListener;
import io.github.penstock.actuate.LimiterChanges;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link AutoConfiguration Auto-configuration} for the limiters of an application.
 */
@AutoConfiguration
public final class PenstockAutoConfiguration {

	/** A wrong configuration is found at the start, whoever asks for limiters when. */
	@Bean
	static LazyInitializationExcludeFilter limitersLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(LimiterStartup.class);
	}

	@Bean
	ConfiguredProperties penstockConfiguredProperties(ConfigurableEnvironment environment) {
		return PropertiesReader.read(environment);
	}

	@Bean
	ConfiguredLimiters limiterDeclarations(ConfiguredProperties properties, ObjectProvider<LimiterRegistry> registry,
			ObjectProvider<LimiterRegistrar> registrars) {
		return new ConfiguredLimiters(properties, registry::getObject,
				(made) -> registrars.orderedStream().forEach((registrar) -> registrar.register(made)));
	}

	@Bean
	@ConditionalOnMissingBean
	LimiterRegistry limiterRegistry(ConfiguredLimiters limiters, ConfiguredProperties properties,
			ObjectProvider<LimiterFactory> factories, ObjectProvider<TimeSource> times) {
		LimiterFactory factory = factories
			.getIfAvailable(() -> LimiterFactory.local(times.getIfAvailable(TimeSource::system)));
		boolean enabled = properties.values().enabled();
		LimiterRegistry registry = new LimiterRegistry((enabled) ? factory : new UnlimitedFactory(factory));
		limiters.prepare(registry);
		return registry;
	}

	@Bean
	@ConditionalOnMissingBean
	LimiterChanges limiterChanges(ObjectProvider<TimeSource> times, ObjectProvider<LimiterChangeListener> listeners) {
		return new LimiterChanges(times.getIfAvailable(TimeSource::system), listeners);
	}

	@Bean
	LimiterStartup limiterStartup(ConfiguredLimiters limiters, ConfiguredProperties properties) {
		return new LimiterStartup(limiters, properties.values().enabled());
	}

}
