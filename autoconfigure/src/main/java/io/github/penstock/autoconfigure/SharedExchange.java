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
import java.util.Collection;
import java.util.function.Supplier;

import io.github.penstock.Limiter;
import io.github.penstock.actuate.LimiterExchange;
import io.github.penstock.redis.SharedChanges;
import org.jspecify.annotations.Nullable;

/**
 * Has the endpoint change what all instances share by way of Redis.
 *
 * @param changes what is told there
 */
record SharedExchange(SharedChanges changes) implements LimiterExchange {

	@Override
	public void refresh() {
		this.changes.refresh();
	}

	@Override
	public boolean settle(Limiter limiter) {
		return this.changes.settle(limiter);
	}

	@Override
	public boolean isKnown(Limiter limiter) {
		return this.changes.isKnown(limiter);
	}

	@Override
	public <T> T change(Limiter limiter, Collection<String> names, @Nullable Duration holds, Supplier<T> change) {
		return this.changes.change(limiter, names, holds, change);
	}

	@Override
	public <T> T reset(Limiter limiter, Supplier<T> reset) {
		return this.changes.reset(limiter, reset);
	}

	@Override
	public @Nullable Duration endsIn(Limiter limiter, String value) {
		return this.changes.endsIn(limiter, value);
	}

	@Override
	public boolean isEnding(Limiter limiter) {
		return this.changes.isEnding(limiter);
	}

}
