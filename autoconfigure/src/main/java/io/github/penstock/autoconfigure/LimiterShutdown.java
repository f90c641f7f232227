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

import io.github.penstock.http.HttpLimits;
import io.github.penstock.properties.ConfiguredLimiters;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Refuses whoever waits for a limiter, or for the end of a server's pause, as soon as the
 * application begins to end. The web server and the executors that end next would wait
 * for them.
 */
final class LimiterShutdown implements ApplicationListener<ContextClosedEvent> {

	private final ConfiguredLimiters limiters;

	private final ApplicationContext context;

	LimiterShutdown(ConfiguredLimiters limiters, ApplicationContext context) {
		this.limiters = limiters;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// The events of child contexts come here as well.
		if (event.getApplicationContext() == this.context) {
			this.limiters.registry().close();
			closeHttpLimits(this.context.getAutowireCapableBeanFactory());
		}
	}

	/** Those that somebody has used. */
	private void closeHttpLimits(BeanFactory beans) {
		for (String name : this.context.getBeanNamesForType(HttpLimits.class, true, false)) {
			if (beans instanceof SingletonBeanRegistry singletons && singletons.containsSingleton(name)) {
				beans.getBean(name, HttpLimits.class).close();
			}
		}
	}

}
