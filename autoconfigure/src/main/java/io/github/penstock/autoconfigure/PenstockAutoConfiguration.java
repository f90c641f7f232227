package io.github.penstock.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.ChangeWatch;
import io.github.penstock.actuate.LeakWatch;
import io.github.penstock.actuate.LimiterChangeListener;
import io.github.penstock.actuate.LimiterChanges;
import io.github.penstock.actuate.LimiterEvents;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link AutoConfiguration Auto-configuration} for the limiters of an application.
 */
@AutoConfiguration
public final class PenstockAutoConfiguration {

	static final String TRACE_IDS = "penstockTraceIds";

	private static final String LEAK_AFTER = "penstock.holders.leak-after";

	/** A wrong configuration is found at the start, whoever asks for limiters when. */
	@Bean
	static LazyInitializationExcludeFilter limitersLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(LimiterStartup.class, LimiterShutdown.class);
	}

	@Bean
	ConfiguredProperties penstockConfiguredProperties(ConfigurableEnvironment environment) {
		return PropertiesReader.read(environment);
	}

	@Bean
	ConfiguredLimiters limiterDeclarations(ConfiguredProperties properties, ObjectProvider<LimiterRegistry> registry,
			ObjectProvider<LimiterRegistrar> registrars, ConfigurableBeanFactory beans) {
		ParentContext parent = new ParentContext(beans);
		return new ConfiguredLimiters(properties, registry::getObject,
				(made) -> registrars.orderedStream()
					.filter((registrar) -> !parent.all(LimiterRegistrar.class).contains(registrar))
					.forEach((registrar) -> registrar.register(made)),
				parent.find(ConfiguredLimiters.class));
	}

	/** A child context has one of its own, which has all that is in its parent's. */
	@Bean
	@Primary
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	LimiterRegistry limiterRegistry(ConfiguredLimiters limiters, ConfiguredProperties properties,
			ObjectProvider<LimiterFactory> factories, ObjectProvider<TimeSource> times,
			@Qualifier(TRACE_IDS) ObjectProvider<Supplier<@Nullable String>> traceIds, ConfigurableBeanFactory beans) {
		LimiterFactory factory = factories
			.getIfAvailable(() -> LimiterFactory.local(times.getIfAvailable(TimeSource::system)));
		if (properties.values().holders().enabled()) {
			factory = LimiterFactory.tracking(factory, times.getIfAvailable(TimeSource::system),
					traceIds.getIfAvailable(() -> () -> null));
		}
		if (!properties.values().enabled()) {
			factory = new UnlimitedFactory(factory);
		}
		LimiterRegistry parent = new ParentContext(beans).find(LimiterRegistry.class);
		LimiterRegistry registry = (parent != null) ? new LimiterRegistry(factory, parent)
				: new LimiterRegistry(factory);
		limiters.prepare(registry);
		return registry;
	}

	@Bean
	@ConditionalOnMissingBean
	LimiterChanges limiterChanges(ObjectProvider<TimeSource> times, ObjectProvider<LimiterChangeListener> listeners) {
		return new LimiterChanges(times.getIfAvailable(TimeSource::system), listeners);
	}

	@Bean
	LimiterEvents limiterEvents(LimiterRegistry registry, ObjectProvider<TimeSource> times,
			ApplicationEventPublisher publisher) {
		return new LimiterEvents(registry, times.getIfAvailable(TimeSource::system), publisher);
	}

	@Bean
	ChangeWatch limiterChangeWatch(LimiterRegistry registry, LimiterChanges changes) {
		return new ChangeWatch(registry, changes);
	}

	@Bean
	LimiterRefresh limiterRefresh(ConfiguredLimiters limiters, ConfigurableEnvironment environment) {
		return new LimiterRefresh(limiters, environment);
	}

	@Bean
	@ConditionalOnProperty(LEAK_AFTER)
	LeakWatch limiterLeakWatch(LimiterRegistry registry, ConfiguredProperties properties,
			ObjectProvider<TimeSource> times) {
		PenstockProperties.Holders holders = properties.values().holders();
		Duration leakAfter = holders.leakAfter();
		if (!holders.enabled() || leakAfter == null) {
			throw new InvalidLimitDeclarationException(properties.place(LEAK_AFTER),
					"it needs penstock.holders.enabled: true, without which nobody knows who holds a permit",
					"Set both, or neither");
		}
		return new LeakWatch(registry, leakAfter, times.getIfAvailable(TimeSource::system));
	}

	@Bean
	LimiterShutdown limiterShutdown(LimiterRegistry registry, ApplicationContext context) {
		return new LimiterShutdown(registry, context);
	}

	@Bean
	LimiterStartup limiterStartup(ConfiguredLimiters limiters, ConfiguredProperties properties) {
		return new LimiterStartup(limiters, properties.values().enabled());
	}

}
