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
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.properties.PropertiesReader;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Primary;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link AutoConfiguration Auto-configuration} for the limiters of an application.
 */
@AutoConfiguration
@ImportRuntimeHints(PropertiesHints.class)
public final class PenstockAutoConfiguration {

	static final String TRACE_IDS = "penstockTraceIds";

	private static final String LEAK_AFTER = "penstock.holders.leak-after";

	/** A wrong configuration is found at the start, whoever asks for limiters when. */
	@Bean
	static LazyInitializationExcludeFilter limitersLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(LimiterStartup.class, LimiterShutdown.class);
	}

	@Bean
	static Beans penstockBeans() {
		return new Beans();
	}

	@Bean
	ConfiguredProperties penstockConfiguredProperties(ConfigurableEnvironment environment) {
		return PropertiesReader.read(environment);
	}

	@Bean
	ConfiguredLimiters limiterDeclarations(ConfiguredProperties penstockConfiguredProperties, Beans penstockBeans) {
		return new ConfiguredLimiters(penstockConfiguredProperties, () -> penstockBeans.get(LimiterRegistry.class),
				(made) -> penstockBeans.ownOf(LimiterRegistrar.class).forEach((registrar) -> registrar.register(made)),
				penstockBeans.ofParent(ConfiguredLimiters.class));
	}

	/** A child context has one of its own, which has all that is in its parent's. */
	@Bean
	@Primary
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@SuppressWarnings("unchecked")
	LimiterRegistry limiterRegistry(ConfiguredLimiters limiterDeclarations,
			ConfiguredProperties penstockConfiguredProperties, Beans penstockBeans) {
		LimiterFactory factory = penstockBeans.ifAvailable(LimiterFactory.class);
		if (factory == null) {
			factory = LimiterFactory.local(time(penstockBeans));
		}
		if (penstockConfiguredProperties.values().holders().enabled()) {
			Object traceIds = penstockBeans.named(TRACE_IDS);
			factory = LimiterFactory.tracking(factory, time(penstockBeans),
					(traceIds != null) ? (Supplier<@Nullable String>) traceIds : () -> null);
		}
		if (!penstockConfiguredProperties.values().enabled()) {
			factory = new UnlimitedFactory(factory);
		}
		LimiterRegistry parent = penstockBeans.ofParent(LimiterRegistry.class);
		LimiterRegistry registry = (parent != null) ? new LimiterRegistry(factory, parent)
				: new LimiterRegistry(factory);
		limiterDeclarations.prepare(registry);
		return registry;
	}

	private static TimeSource time(Beans beans) {
		TimeSource time = beans.ifAvailable(TimeSource.class);
		return (time != null) ? time : TimeSource.system();
	}

	@Bean
	@ConditionalOnMissingBean
	LimiterChanges limiterChanges(Beans penstockBeans, ObjectProvider<LimiterChangeListener> listeners) {
		return new LimiterChanges(time(penstockBeans), listeners);
	}

	@Bean
	LimiterEvents limiterEvents(LimiterRegistry limiterRegistry, Beans penstockBeans,
			ApplicationEventPublisher publisher) {
		return new LimiterEvents(limiterRegistry, time(penstockBeans), publisher);
	}

	@Bean
	ChangeWatch limiterChangeWatch(LimiterRegistry limiterRegistry, LimiterChanges limiterChanges) {
		return new ChangeWatch(limiterRegistry, limiterChanges);
	}

	@Bean
	LimiterRefresh limiterRefresh(ConfiguredLimiters limiterDeclarations, ConfigurableEnvironment environment) {
		return new LimiterRefresh(limiterDeclarations, environment);
	}

	@Bean
	@ConditionalOnProperty(LEAK_AFTER)
	LeakWatch limiterLeakWatch(LimiterRegistry limiterRegistry, ConfiguredProperties penstockConfiguredProperties,
			Beans penstockBeans) {
		PenstockProperties.Holders holders = penstockConfiguredProperties.values().holders();
		Duration leakAfter = holders.leakAfter();
		if (!holders.enabled() || leakAfter == null) {
			throw new InvalidLimitDeclarationException(penstockConfiguredProperties.place(LEAK_AFTER),
					"it needs penstock.holders.enabled: true, without which nobody knows who holds a permit",
					"Set both, or neither");
		}
		return new LeakWatch(limiterRegistry, leakAfter, time(penstockBeans));
	}

	@Bean
	LimiterShutdown limiterShutdown(LimiterRegistry limiterRegistry, ApplicationContext context) {
		return new LimiterShutdown(limiterRegistry, context);
	}

	@Bean
	LimiterStartup limiterStartup(ConfiguredLimiters limiterDeclarations,
			ConfiguredProperties penstockConfiguredProperties) {
		return new LimiterStartup(limiterDeclarations, penstockConfiguredProperties.values().enabled());
	}

}
