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

import io.github.penstock.LimiterRegistry;
import io.github.penstock.context.MicrometerContextCapture;
import io.github.penstock.properties.ConfiguredLimiters;
import io.github.penstock.work.BoundedWorkQueue;
import io.github.penstock.work.BoundedWorkQueueBuilder;
import io.github.penstock.work.ContextCapture;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;

/**
 * {@link AutoConfiguration Auto-configuration} for work queues on the application's
 * limiters.
 */
@AutoConfiguration(after = PenstockAutoConfiguration.class)
public final class PenstockWorkAutoConfiguration {

	private PenstockWorkAutoConfiguration() {
	}

	@Bean
	@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
	@ConditionalOnMissingBean
	static BoundedWorkQueueBuilder boundedWorkQueueBuilder(LimiterRegistry registry, ConfiguredLimiters limiters,
			ObjectProvider<ContextCapture> context) {
		QueueLimiters queueLimiters = new QueueLimiters(registry, limiters);
		return BoundedWorkQueue.builder(queueLimiters::bulkhead, queueLimiters::rateLimit)
			.context(context.getIfAvailable(ContextCapture::none));
	}

	/** Takes along what Micrometer knows. */
	@Bean
	@ConditionalOnClass(name = "io.micrometer.context.ContextSnapshot")
	@ConditionalOnMissingBean
	static ContextCapture penstockContextCapture() {
		return new MicrometerContextCapture();
	}

}
