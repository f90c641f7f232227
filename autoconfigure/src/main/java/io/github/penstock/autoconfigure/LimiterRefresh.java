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

import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.properties.PropertiesReader;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Reads the configuration again when Spring Cloud tells that the environment has changed:
 * wholly, as a property may be made of others. Known by its name only, so that Spring
 * Cloud need not be there.
 */
final class LimiterRefresh implements SmartApplicationListener {

	private static final Log logger = LogFactory.getLog(LimiterRefresh.class);

	static final String EVENT = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private final ConfiguredLimiters limiters;

	private final ConfigurableEnvironment environment;

	LimiterRefresh(ConfiguredLimiters limiters, ConfigurableEnvironment environment) {
		this.limiters = limiters;
		this.environment = environment;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> eventType) {
		for (Class<?> type = eventType; type != null; type = type.getSuperclass()) {
			if (type.getName().equals(EVENT)) {
				return true;
			}
		}
		return false;
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		this.limiters.runSerially(this::refresh);
	}

	private void refresh() {
		try {
			this.limiters.refresh(PropertiesReader.read(this.environment));
		}
		catch (RuntimeException ex) {
			logger.error("The new configuration of penstock is refused, and all limits stay as they are. "
					+ ex.getMessage());
		}
	}

}
