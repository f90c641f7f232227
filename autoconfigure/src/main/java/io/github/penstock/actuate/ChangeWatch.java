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

import java.util.function.Supplier;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Hears of the changes that are made in code, or by a new configuration, and has them
 * told to the listeners as those of the endpoint are.
 */
public final class ChangeWatch implements SmartInitializingSingleton {

	private final LimiterRegistry registry;

	private final Supplier<LimiterChanges> changes;

	/**
	 * Create the watch.
	 * @param registry the limiters
	 * @param changes gives what tells of their changes; asked at each change
	 */
	public ChangeWatch(LimiterRegistry registry, Supplier<LimiterChanges> changes) {
		this.registry = registry;
		this.changes = changes;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.forEachLimiter(this::watch);
	}

	private void watch(Limiter limiter) {
		limiter.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				// Who asks the endpoint for a change is known there, and told of there.
				if (!AdjustableLimiter.isOwn(change.after())) {
					ChangeWatch.this.changes.get().heard(AdjustableLimiter.of(limiter), change);
				}
			}

		});
	}

}
