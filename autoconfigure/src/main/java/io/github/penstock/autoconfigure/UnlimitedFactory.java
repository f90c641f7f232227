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

import java.math.BigDecimal;
import java.time.Duration;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterFactory;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;

/**
 * Makes limiters that let everything in, for an application whose limits are switched
 * off: code that uses the registry goes on to work.
 */
final class UnlimitedFactory implements LimiterFactory {

	private static final BigDecimal FASTEST = BigDecimal.valueOf(1_000_000_000);

	private final LimiterFactory factory;

	UnlimitedFactory(LimiterFactory factory) {
		this.factory = factory;
	}

	@Override
	public ConcurrencyLimiter concurrencyLimiter(String name, ConcurrencyLimiterSpec spec) {
		return this.factory.concurrencyLimiter(name, spec.withMax(Integer.MAX_VALUE).withSharing(null));
	}

	@Override
	public RateLimiter rateLimiter(String name, RateLimiterSpec spec) {
		return this.factory.rateLimiter(name,
				new RateLimiterSpec(FASTEST, Duration.ofSeconds(1), null, spec.timeout(), spec.maxWaiting()));
	}

}
