package io.github.penstock.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.actuate.LimiterOrigins;
import io.github.penstock.aop.BulkheadDeclaration;
import io.github.penstock.aop.LimiterDeclarations;
import io.github.penstock.aop.RateLimitDeclaration;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the limiters of an application out of its configuration and its annotations.
 * Thread-safe; nothing of this is on the way of a call.
 */
final class ConfiguredLimiters implements LimiterDeclarations, LimiterOrigins {

	private static final Log logger = LogFactory.getLog(ConfiguredLimiters.class);

	private final Turns turns = new Turns();

	/** As they were at the start. */
	private final ConfiguredProperties properties;

	private final BulkheadBook bulkheads;

	private final RateLimitBook rateLimits;

	private final Supplier<LimiterRegistry> registrySupplier;

	private final Consumer<LimiterRegistry> registrars;

	private final AtomicReference<@Nullable LimiterRegistry> registry = new AtomicReference<>();

	private volatile boolean complete;

	/**
	 * Create the limiters.
	 * @param properties the configuration
	 * @param registry gives the registry, and may itself call {@link #prepare}
	 * @param registrars what registers limiters in code
	 */
	ConfiguredLimiters(ConfiguredProperties properties, Supplier<LimiterRegistry> registry,
			Consumer<LimiterRegistry> registrars) {
		checkDefaults(properties);
		this.properties = properties;
		this.bulkheads = new BulkheadBook(properties, this.turns);
		this.rateLimits = new RateLimitBook(properties, this.turns);
		this.registrySupplier = registry;
		this.registrars = registrars;
		HttpClientSection.declare(properties.httpClients(), this);
		DataSourceSection.declare(properties.dataSources(), this);
	}

	private static void checkDefaults(ConfiguredProperties properties) {
		String timeout = "penstock.defaults.timeout";
		WrittenProperty written = properties.written().get(timeout);
		Declared.check(properties.place(timeout), (property) -> (written != null) ? written.quoted() : null,
				() -> ConcurrencyLimiterSpec.of(0).withTimeout(properties.values().defaults().timeoutOrDefault()));
	}

	/** What is changed here is changed in turns. */
	Turns turns() {
		return this.turns;
	}

	/**
	 * Have the limiters that there are follow a new configuration, whole or not at all.
	 * To be called in turn.
	 * @throws RuntimeException if it makes no sense; nothing was changed
	 */
	void refresh(ConfiguredProperties properties) {
		LimiterRegistry registry = this.registry.get();
		if (registry == null || !this.complete) {
			return;
		}
		checkDefaults(properties);
		HttpClientSection.check(properties.httpClients());
		DataSourceSection.check(properties.dataSources());
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

	/** The registry, in which all is defined that the configuration names. */
	LimiterRegistry registry() {
		LimiterRegistry registry = this.registry.get();
		if (registry == null) {
			registry = this.registrySupplier.get();
			prepare(registry);
		}
		return registry;
	}

	/** Fill the registry, if that was not done before. */
	void prepare(LimiterRegistry registry) {
		if (this.registry.compareAndSet(null, registry)) {
			this.registrars.accept(registry);
			this.bulkheads.defineConfigured(registry);
			this.rateLimits.defineConfigured(registry);
		}
	}

	@Override
	public void declare(BulkheadDeclaration declaration) {
		this.bulkheads.declare(this::registry, declaration.name(), DeclaredBulkhead.of(declaration));
	}

	@Override
	public void declare(RateLimitDeclaration declaration) {
		this.rateLimits.declare(this::registry, declaration.name(), DeclaredRateLimit.of(declaration));
	}

	/**
	 * Take note that a property has something use a bulkhead.
	 * @param name the bulkhead
	 * @param where the property
	 */
	void useBulkhead(String name, String where) {
		this.bulkheads.declare(this::registry, name,
				new DeclaredBulkhead(null, null, null, where, LimiterOrigin.Source.YAML));
	}

	/**
	 * Take note that a property has something use a rate limit.
	 * @param name the rate limit
	 * @param where the property
	 */
	void useRateLimit(String name, String where) {
		this.rateLimits.declare(this::registry, name,
				new DeclaredRateLimit(null, null, false, null, null, null, where, LimiterOrigin.Source.YAML));
	}

	@Override
	public ConcurrencyLimiter concurrencyLimiter(String name) {
		return this.bulkheads.limiter(registry(), name);
	}

	@Override
	public RateLimiter rateLimiter(String name) {
		return this.rateLimits.limiter(registry(), name);
	}

	@Override
	public LimiterOrigin bulkhead(String name) {
		return this.bulkheads.origin(name);
	}

	@Override
	public LimiterOrigin rateLimit(String name) {
		return this.rateLimits.origin(name);
	}

	/** Make all limiters that are left: no more declarations are expected. */
	void complete() {
		this.bulkheads.complete(registry());
		this.rateLimits.complete(registry());
		this.complete = true;
	}

	/** All limiters with their values and sources. */
	List<String> describe() {
		List<String> all = new ArrayList<>(this.bulkheads.describe());
		all.addAll(this.rateLimits.describe());
		return all;
	}

	/** The properties of limiters that nothing uses. */
	List<String> unused() {
		List<String> all = new ArrayList<>(this.bulkheads.unused());
		all.addAll(this.rateLimits.unused());
		return all;
	}

}
