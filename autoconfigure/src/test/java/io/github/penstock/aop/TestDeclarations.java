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

package io.github.penstock.aop;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;

import org.springframework.boot.convert.DurationStyle;

/**
 * Merges declarations without any configuration.
 */
final class TestDeclarations implements LimiterDeclarations {

	final List<Object> declared = new CopyOnWriteArrayList<>();

	final List<String> bound = new CopyOnWriteArrayList<>();

	final LimiterRegistry registry = new LimiterRegistry();

	private final Map<String, List<BulkheadDeclaration>> bulkheads = new ConcurrentHashMap<>();

	private final Map<String, List<RateLimitDeclaration>> rates = new ConcurrentHashMap<>();

	@Override
	public void declare(BulkheadDeclaration declaration) {
		this.declared.add(declaration);
		this.bulkheads.computeIfAbsent(declaration.name(), (name) -> new ArrayList<>()).add(declaration);
	}

	@Override
	public void declare(RateLimitDeclaration declaration) {
		this.declared.add(declaration);
		this.rates.computeIfAbsent(declaration.name(), (name) -> new ArrayList<>()).add(declaration);
	}

	@Override
	public synchronized ConcurrencyLimiter concurrencyLimiter(String name) {
		this.bound.add(name);
		ConcurrencyLimiter existing = this.registry.findConcurrencyLimiter(name);
		return (existing != null) ? existing : this.registry.register(name, bulkhead(name));
	}

	private ConcurrencyLimiterSpec bulkhead(String name) {
		ConcurrencyLimiterSpec spec = ConcurrencyLimiterSpec.of(1).withTimeout(Duration.ofSeconds(20));
		for (BulkheadDeclaration declaration : this.bulkheads.get(name)) {
			spec = (declaration.max() != null) ? spec.withMax(declaration.max()) : spec;
			spec = (declaration.timeout() != null)
					? spec.withTimeout(DurationStyle.detectAndParse(declaration.timeout())) : spec;
			spec = (declaration.maxWaiting() != null) ? spec.withMaxWaiting(declaration.maxWaiting()) : spec;
		}
		return spec;
	}

	@Override
	public synchronized RateLimiter rateLimiter(String name) {
		this.bound.add(name);
		RateLimiter existing = this.registry.findRateLimiter(name);
		return (existing != null) ? existing : this.registry.register(name, rate(name));
	}

	private RateLimiterSpec rate(String name) {
		RateLimitDeclaration declaration = this.rates.get(name).get(0);
		BigDecimal limit = (declaration.rps() != null) ? BigDecimal.valueOf(declaration.rps())
				: BigDecimal.valueOf(declaration.limit());
		Duration per = (declaration.per() != null) ? DurationStyle.detectAndParse(declaration.per())
				: Duration.ofSeconds(1);
		Duration timeout = (declaration.timeout() != null) ? DurationStyle.detectAndParse(declaration.timeout())
				: Duration.ofSeconds(20);
		return new RateLimiterSpec(limit, per, declaration.burst(), timeout, Integer.MAX_VALUE);
	}

}
