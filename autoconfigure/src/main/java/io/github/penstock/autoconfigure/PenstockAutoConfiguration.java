/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.LimiterStore;
import io.github.penstock.TimeSource;
import io.github.penstock.actuate.ChangeWatch;
import io.github.penstock.actuate.LeakWatch;
import io.github.penstock.actuate.LimiterChangeListener;
import io.github.penstock.actuate.LimiterChanges;
import io.github.penstock.actuate.LimiterEvents;
import io.github.penstock.actuate.LimiterExchange;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import io.github.penstock.properties.PropertiesReader;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link AutoConfiguration Auto-configuration} for the limiters of an application.
 */
@AutoConfiguration
@ImportRuntimeHints(PropertiesHints.class)
public final class PenstockAutoConfiguration {

	static final String TRACE_IDS = "penstockTraceIds";

	private static final String LEAK_AFTER = "penstock.holders.leak-after";

	private PenstockAutoConfiguration() {
	}

	@Bean
	static Beans penstockBeans() {
		return new Beans();
	}

	@Bean
	static ConfiguredProperties penstockConfiguredProperties(ConfigurableEnvironment environment) {
		return PropertiesReader.read(environment);
	}

	@Bean
	static ConfiguredLimiters limiterDeclarations(ConfiguredProperties penstockConfiguredProperties,
			Beans penstockBeans) {
		return new ConfiguredLimiters(penstockConfiguredProperties, () -> penstockBeans.get(LimiterRegistry.class),
				(made) -> register(penstockBeans, made), penstockBeans.ofParent(ConfiguredLimiters.class));
	}

	private static void register(Beans beans, LimiterRegistry registry) {
		for (LimiterRegistrar registrar : beans.ownOf(LimiterRegistrar.class)) {
			registrar.register(registry);
		}
	}

	/** A child context has one of its own, which has all that is in its parent's. */
	@Bean
	@Primary
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@SuppressWarnings("unchecked")
	static LimiterRegistry limiterRegistry(ConfiguredLimiters limiterDeclarations,
			ConfiguredProperties penstockConfiguredProperties, Beans penstockBeans) {
		LimiterFactory factory = penstockBeans.ifAvailable(LimiterFactory.class);
		if (factory == null) {
			factory = LimiterFactory.sharing(time(penstockBeans), () -> penstockBeans.ifAvailable(LimiterStore.class));
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
	@Lazy
	@ConditionalOnMissingBean
	static LimiterChanges limiterChanges(Beans penstockBeans, ObjectProvider<LimiterChangeListener> listeners,
			ObjectProvider<LimiterExchange> exchanges) {
		return new LimiterChanges(time(penstockBeans), listeners, exchanges);
	}

	@Bean
	static LimiterEvents limiterEvents(LimiterRegistry limiterRegistry, Beans penstockBeans,
			ApplicationEventPublisher publisher) {
		return new LimiterEvents(limiterRegistry, time(penstockBeans), publisher);
	}

	@Bean
	static ChangeWatch limiterChangeWatch(LimiterRegistry limiterRegistry, Beans penstockBeans) {
		return new ChangeWatch(limiterRegistry, () -> penstockBeans.get(LimiterChanges.class));
	}

	@Bean
	@ConditionalOnClass(name = LimiterRefresh.EVENT)
	static SmartApplicationListener limiterRefresh(ConfiguredLimiters limiterDeclarations,
			ConfigurableEnvironment environment) {
		return new LimiterRefresh(limiterDeclarations, environment);
	}

	/** What listens to the end has no bean of its own, for each takes its time. */
	@Bean
	static LimiterStartup limiterStartup(ConfiguredLimiters limiterDeclarations,
			ConfiguredProperties penstockConfiguredProperties, ConfigurableApplicationContext context) {
		context.addApplicationListener(new LimiterShutdown(limiterDeclarations, context));
		return new LimiterStartup(limiterDeclarations, penstockConfiguredProperties, context);
	}

	/** Tells of permits that are held for long. */
	@Bean
	@ConditionalOnProperty(LEAK_AFTER)
	static SmartInitializingSingleton limiterLeakWatch(LimiterRegistry limiterRegistry,
			ConfiguredProperties penstockConfiguredProperties, Beans penstockBeans) {
		PenstockProperties.Holders holders = penstockConfiguredProperties.values().holders();
		Duration leakAfter = holders.leakAfter();
		if (!holders.enabled() || leakAfter == null) {
			throw new InvalidLimitDeclarationException(penstockConfiguredProperties.place(LEAK_AFTER),
					"it needs penstock.holders.enabled: true, without which nobody knows who holds a permit",
					"Set both, or neither");
		}
		return new LeakWatch(limiterRegistry, leakAfter, time(penstockBeans));
	}

}
