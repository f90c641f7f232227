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

package io.github.penstock.actuate;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes refusals, sampled, and changes as Spring application events, and logs
 * refusals.
 */
public final class LimiterEvents implements SmartInitializingSingleton, LimiterChangeListener {

	private final LimiterRegistry registry;

	private final TimeSource time;

	private final ApplicationEventPublisher publisher;

	/**
	 * Create the events.
	 * @param registry the limiters
	 * @param time tells when the next refusal is told of
	 * @param publisher where the events go
	 */
	public LimiterEvents(LimiterRegistry registry, TimeSource time, ApplicationEventPublisher publisher) {
		this.registry = registry;
		this.time = time;
		this.publisher = publisher;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.forEachLimiter((limiter) -> {
			limiter.listen(new RefusalLog(limiter, this.time, this.publisher::publishEvent));
			if (limiter.sharedStatus() != null) {
				limiter.listen(new SharedLog(limiter, this.publisher::publishEvent));
			}
		});
	}

	@Override
	public void changed(LimiterChange change) {
		this.publisher.publishEvent(change);
	}

}
