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

package io.github.penstock.properties;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.aop.BulkheadDeclaration;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.aop.LimiterDeclarations;
import io.github.penstock.aop.RateLimitDeclaration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the limiters of an application out of its configuration and its annotations.
 * Thread-safe; nothing of this is on the way of a call.
 */
public final class ConfiguredLimiters implements LimiterDeclarations, LimiterOrigins {

	private static final Log logger = LogFactory.getLog(ConfiguredLimiters.class);

	private final SerialTasks tasks = new SerialTasks();

	/** As they were at the start. */
	private final ConfiguredProperties properties;

	private final BulkheadDefinitions bulkheads;

	private final RateLimitDefinitions rateLimits;

	private final Supplier<LimiterRegistry> registrySupplier;

	private final Consumer<LimiterRegistry> registrars;

	private final AtomicReference<@Nullable LimiterRegistry> registry = new AtomicReference<>();

	private volatile boolean complete;

	/** Those of the parent context. */
	private final @Nullable ConfiguredLimiters parent;

	/** The limiters of a context that has no parent. */
	ConfiguredLimiters(ConfiguredProperties properties, Supplier<LimiterRegistry> registry,
			Consumer<LimiterRegistry> registrars) {
		this(properties, registry, registrars, null);
	}

	/**
	 * Create the limiters of a context.
	 * @param properties the configuration
	 * @param registry gives the registry, and may itself call {@link #prepare}
	 * @param registrars what registers limiters in code
	 * @param parent the limiters of its parent context, which stay what they are;
	 * {@code null} if it has none
	 * @throws InvalidLimitDeclarationException if what is configured makes no sense
	 */
	public ConfiguredLimiters(ConfiguredProperties properties, Supplier<LimiterRegistry> registry,
			Consumer<LimiterRegistry> registrars, @Nullable ConfiguredLimiters parent) {
		LimiterDefaults.check(properties);
		this.parent = parent;
		this.properties = properties;
		this.bulkheads = new BulkheadDefinitions(properties, this.tasks,
				(name) -> parent != null && parent.knowsBulkhead(name));
		this.rateLimits = new RateLimitDefinitions(properties, this.tasks,
				(name) -> parent != null && parent.knowsRateLimit(name));
		this.registrySupplier = registry;
		this.registrars = registrars;
		if (parent != null) {
			parent.checkSame(properties);
		}
		HttpClientSection.declare(properties.httpClients(), this);
		RequestSection.declare(properties.requests(), this);
		DataSourceSection.declare(properties, this);
	}

	private boolean knowsBulkhead(String name) {
		return forBulkhead(name) != this || this.bulkheads.knows(registry(), name);
	}

	private boolean knowsRateLimit(String name) {
		return forRateLimit(name) != this || this.rateLimits.knows(registry(), name);
	}

	/** The context whose bulkhead it is. */
	private ConfiguredLimiters forBulkhead(String name) {
		ConfiguredLimiters parent = this.parent;
		return (parent != null && parent.knowsBulkhead(name)) ? parent.forBulkhead(name) : this;
	}

	/** The context whose rate limit it is. */
	private ConfiguredLimiters forRateLimit(String name) {
		ConfiguredLimiters parent = this.parent;
		return (parent != null && parent.knowsRateLimit(name)) ? parent.forRateLimit(name) : this;
	}

	private void checkSame(ConfiguredProperties child) {
		NamedProperties<PenstockProperties.Bulkhead> bulkheads = child.bulkheads();
		bulkheads.exactNames()
			.stream()
			.filter(this::knowsBulkhead)
			.forEach((name) -> forBulkhead(name).bulkheads.checkSame(name, bulkheads));
		NamedProperties<PenstockProperties.RateLimit> rateLimits = child.rateLimits();
		rateLimits.exactNames()
			.stream()
			.filter(this::knowsRateLimit)
			.forEach((name) -> forRateLimit(name).rateLimits.checkSame(name, rateLimits));
	}

	/**
	 * Run a task that changes limiters, after those that are at it. If another thread
	 * runs them, the task is left to that thread, and this one does not wait for it.
	 * @param task the task
	 */
	public void runSerially(Runnable task) {
		this.tasks.add(task);
		this.tasks.run();
	}

	/**
	 * Have the limiters that there are follow a new configuration, whole or not at all.
	 * To be called within {@link #runSerially}.
	 * @param properties the configuration
	 * @throws RuntimeException if it makes no sense; nothing was changed
	 */
	public void refresh(ConfiguredProperties properties) {
		LimiterRegistry registry = this.registry.get();
		if (registry == null || !this.complete) {
			return;
		}
		LimiterDefaults.check(properties);
		HttpClientSection.check(properties.httpClients());
		RequestSection.check(properties.requests());
		DataSourceSection.check(properties);
		synchronized (this.bulkheads) {
			synchronized (this.rateLimits) {
				Runnable bulkheads = this.bulkheads.refresh(properties, registry);
				Runnable rateLimits = this.rateLimits.refresh(properties, registry);
				bulkheads.run();
				rateLimits.run();
			}
		}
		List<String> fixed = FixedProperties.changed(this.properties.values(), properties.values(),
				this.bulkheads.entries(), this.rateLimits.entries());
		if (!fixed.isEmpty()) {
			logger.warn("The new configuration has changes that count when the application is started again only: "
					+ String.join(", ", fixed));
		}
	}

	/**
	 * Return the registry, in which all is defined that the configuration names.
	 * @return the registry
	 */
	public LimiterRegistry registry() {
		LimiterRegistry registry = this.registry.get();
		if (registry == null) {
			registry = this.registrySupplier.get();
			prepare(registry);
		}
		return registry;
	}

	/**
	 * Fill the registry, if that was not done before.
	 * @param registry the registry
	 */
	public void prepare(LimiterRegistry registry) {
		if (this.registry.compareAndSet(null, registry)) {
			this.registrars.accept(registry);
			this.bulkheads.defineConfigured(registry);
			this.rateLimits.defineConfigured(registry);
		}
	}

	@Override
	public void declare(BulkheadDeclaration declaration) {
		declareBulkhead(declaration.name(), DeclaredBulkhead.of(declaration));
	}

	@Override
	public void declare(RateLimitDeclaration declaration) {
		declareRateLimit(declaration.name(), DeclaredRateLimit.of(declaration));
	}

	/**
	 * Take note that a property has something use a bulkhead.
	 * @param name the bulkhead
	 * @param where the property
	 */
	public void useBulkhead(String name, String where) {
		declareBulkhead(name,
				new DeclaredBulkhead(null, null, null, null, null, null, null, where, LimiterOrigin.Source.YAML));
	}

	/**
	 * Take note that a property has something use a rate limit.
	 * @param name the rate limit
	 * @param where the property
	 */
	public void useRateLimit(String name, String where) {
		declareRateLimit(name, new DeclaredRateLimit(null, null, false, null, null, null, null, null, null, null, null,
				where, LimiterOrigin.Source.YAML));
	}

	private void declareBulkhead(String name, DeclaredBulkhead place) {
		ConfiguredLimiters context = forBulkhead(name);
		context.bulkheads.declare(context::registry, name, place);
	}

	private void declareRateLimit(String name, DeclaredRateLimit place) {
		ConfiguredLimiters context = forRateLimit(name);
		context.rateLimits.declare(context::registry, name, place);
	}

	@Override
	public ConcurrencyLimiter concurrencyLimiter(String name) {
		ConfiguredLimiters context = forBulkhead(name);
		return context.bulkheads.limiter(context.registry(), name);
	}

	@Override
	public RateLimiter rateLimiter(String name) {
		ConfiguredLimiters context = forRateLimit(name);
		return context.rateLimits.limiter(context.registry(), name);
	}

	@Override
	public @Nullable UnaryOperator<Duration> timeout(BulkheadDeclaration declaration) {
		Duration own = Declared.duration(declaration.where(), "timeout", declaration.timeout());
		if (own == null) {
			return null;
		}
		String name = declaration.name();
		BulkheadDefinitions definitions = forBulkhead(name).bulkheads;
		ConcurrencyLimiter limiter = concurrencyLimiter(name);
		return (inForce) -> (definitions.isTimeoutConfigured(name)
				|| !limiter.spec().timeout().equals(limiter.configured().timeout())) ? inForce : own;
	}

	@Override
	public @Nullable UnaryOperator<Duration> timeout(RateLimitDeclaration declaration) {
		Duration own = Declared.duration(declaration.where(), "timeout", declaration.timeout());
		if (own == null) {
			return null;
		}
		String name = declaration.name();
		RateLimitDefinitions definitions = forRateLimit(name).rateLimits;
		RateLimiter limiter = rateLimiter(name);
		return (inForce) -> (definitions.isTimeoutConfigured(name)
				|| !limiter.spec().timeout().equals(limiter.configured().timeout())) ? inForce : own;
	}

	@Override
	public LimiterOrigin bulkhead(String name) {
		return forBulkhead(name).bulkheads.origin(name);
	}

	@Override
	public LimiterOrigin rateLimit(String name) {
		return forRateLimit(name).rateLimits.origin(name);
	}

	/** Make all limiters that are left: no more declarations are expected. */
	void complete() {
		this.bulkheads.complete(registry());
		this.rateLimits.complete(registry());
		this.complete = true;
	}

	/**
	 * Make all limiters that are left in a context that may be a part of an application,
	 * as in a test: where it has no annotations of a kind at all, properties that
	 * complete annotations are told of.
	 */
	public void completePart() {
		List<String> alone = new ArrayList<>(this.bulkheads.leaveAlone());
		alone.addAll(this.rateLimits.leaveAlone());
		if (!alone.isEmpty()) {
			logger.warn(String.join(", ", alone)
					+ " would limit nothing: max or rate are missing, and no annotation in this context says them");
		}
		complete();
	}

	/**
	 * Describe all limiters with their values and sources.
	 * @return a line for each limiter
	 */
	public List<String> describe() {
		List<String> all = new ArrayList<>(this.bulkheads.describe());
		all.addAll(this.rateLimits.describe());
		return all;
	}

	/**
	 * Return the properties of limiters that nothing uses.
	 * @return their whole names
	 */
	public List<String> unused() {
		List<String> all = new ArrayList<>(this.bulkheads.unused());
		all.addAll(this.rateLimits.unused());
		return all;
	}

}
