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

import java.util.List;

import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.ConfiguredProperties;
import io.github.penstock.properties.PenstockProperties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Makes the limiters that nobody has asked for yet, before the application takes calls,
 * and logs all of them when it has started. Spring Boot makes such a singleton even where
 * all beans are lazy, so that a wrong configuration is found at the start.
 */
final class LimiterStartup implements SmartInitializingSingleton, ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(LimiterStartup.class);

	private final ConfiguredLimiters limiters;

	private final ConfiguredProperties properties;

	private final ConfigurableApplicationContext context;

	private boolean reported;

	LimiterStartup(ConfiguredLimiters limiters, ConfiguredProperties properties,
			ConfigurableApplicationContext context) {
		this.limiters = limiters;
		this.properties = properties;
		this.context = context;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (mayHaveUnusedSections(this.properties.values())) {
			new UnusedSections(this.properties, this.context).report();
		}
		this.limiters.registry();
		// Switched off, nobody reads the annotations, and what they say would be missing.
		if (this.properties.values().enabled()) {
			this.limiters.completePart();
		}
	}

	private static boolean mayHaveUnusedSections(PenstockProperties values) {
		return !values.dataSources().isEmpty() || !values.httpClients().isEmpty() || !values.requests().isEmpty();
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		if (this.reported) {
			return;
		}
		this.reported = true;
		if (!this.properties.values().enabled()) {
			logger.info("No calls are limited: penstock.enabled is false");
			return;
		}
		List<String> all = this.limiters.describe();
		if (!all.isEmpty()) {
			logger.info("Limits: " + String.join("; ", all));
		}
		for (String unused : this.limiters.unused()) {
			logger.warn("Nothing uses the limiter that " + unused
					+ " defines: correct the name, or remove it unless code looks it up in the LimiterRegistry");
		}
	}

}
