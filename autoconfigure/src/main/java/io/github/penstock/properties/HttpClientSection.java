package io.github.penstock.properties;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.aop.InvalidLimitDeclarationException;
import io.github.penstock.http.HttpLimit;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code penstock.http-clients}, which is read whether there is an HTTP
 * client or not.
 */
public final class HttpClientSection {

	private final NamedProperties<PenstockProperties.HttpClient> section;

	private HttpClientSection(NamedProperties<PenstockProperties.HttpClient> section) {
		this.section = section;
	}

	/** Check what is written and tell the limiters who uses them. */
	static void declare(NamedProperties<PenstockProperties.HttpClient> section, ConfiguredLimiters limiters) {
		HttpClientSection clients = new HttpClientSection(section);
		clients.check();
		section.values().forEach((name, properties) -> clients.use(name, properties, limiters));
	}

	/** Check what is written. */
	static void check(NamedProperties<PenstockProperties.HttpClient> section) {
		new HttpClientSection(section).check();
	}

	/**
	 * Make the limits, when all that is said of the limiters is known.
	 * @param section what is written, checked before
	 * @param limiters gives the limiters
	 * @param customizer sees each limit before it is made
	 * @return the limits
	 */
	public static List<HttpLimit> make(NamedProperties<PenstockProperties.HttpClient> section,
			ConfiguredLimiters limiters, Consumer<HttpLimit.Builder> customizer) {
		HttpClientSection clients = new HttpClientSection(section);
		List<HttpLimit> limits = new ArrayList<>();
		section.values().forEach((name, properties) -> {
			String bulkhead = bulkhead(name, properties);
			String rateLimit = rateLimit(name, properties);
			HttpLimit.Builder builder = clients.builder(name, properties)
				.bulkhead((bulkhead != null) ? limiters.concurrencyLimiter(bulkhead) : null)
				.rateLimit((rateLimit != null) ? limiters.rateLimiter(rateLimit) : null);
			customizer.accept(builder);
			limits.add(builder.build());
		});
		return limits;
	}

	private static @Nullable String bulkhead(String name, PenstockProperties.HttpClient properties) {
		return (properties.ownBulkhead() != null) ? name : properties.bulkhead();
	}

	private static @Nullable String rateLimit(String name, PenstockProperties.HttpClient properties) {
		return (properties.ownRateLimit() != null) ? name : properties.rateLimit();
	}

	private void check() {
		Map<String, String> hosts = new LinkedHashMap<>();
		this.section.values().forEach((name, properties) -> {
			check(name, properties);
			for (String host : builder(name, properties).hosts()) {
				String other = hosts.putIfAbsent(host, name);
				if (other != null) {
					throw new InvalidLimitDeclarationException(
							this.section.entry(other) + " and " + this.section.entry(name),
							"they both have the host '" + host + "'",
							"Keep it in one of them; of patterns that differ, the most specific one counts");
				}
			}
		});
	}

	private void use(String name, PenstockProperties.HttpClient properties, ConfiguredLimiters limiters) {
		String bulkhead = bulkhead(name, properties);
		if (bulkhead != null) {
			limiters.useBulkhead(bulkhead, this.section.entry(name));
		}
		String rateLimit = rateLimit(name, properties);
		if (rateLimit != null) {
			limiters.useRateLimit(rateLimit, this.section.entry(name));
		}
	}

	private HttpLimit.Builder builder(String name, PenstockProperties.HttpClient properties) {
		HttpLimit.Builder builder = HttpLimit.named(name).release(properties.release());
		List<String> hosts = Objects.requireNonNullElse(properties.hosts(), List.of());
		if (hosts.isEmpty()) {
			throw new InvalidLimitDeclarationException(this.section.entry(name),
					"it has no hosts, so that nothing would be limited",
					"Add hosts, such as hosts: [api.example.com, \"*.example.com\"]");
		}
		check(name, "hosts", () -> builder.hosts(hosts.toArray(String[]::new)));
		Duration bodyTimeout = properties.bodyTimeout();
		if (bodyTimeout != null) {
			check(name, "body-timeout", () -> builder.bodyTimeout(bodyTimeout));
		}
		Duration maxPause = properties.maxPause();
		if (maxPause != null) {
			check(name, "max-pause", () -> builder.maxPause(maxPause));
		}
		Duration defaultPause = properties.defaultPause();
		if (defaultPause != null) {
			check(name, "default-pause", () -> builder.defaultPause(defaultPause));
		}
		return builder;
	}

	private void check(String name, String property, Runnable step) {
		try {
			step.run();
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidLimitDeclarationException(this.section.place(name, property),
					String.valueOf(ex.getMessage()), "Correct it there");
		}
	}

	private void check(String name, PenstockProperties.HttpClient properties) {
		Map<String, @Nullable Object> rate = new LinkedHashMap<>();
		rate.put("rps", properties.rps());
		rate.put("limit", properties.limit());
		rate.put("per", properties.per());
		rate.put("burst", properties.burst());
		rate.put("sliding", properties.sliding());
		Map<String, @Nullable Object> max = new LinkedHashMap<>();
		max.put("max", properties.max());
		checkOne(name, "bulkhead", properties.bulkhead(), max, "penstock.bulkheads.");
		checkOne(name, "rate-limit", properties.rateLimit(), rate, "penstock.rate-limits.");
		if (bulkhead(name, properties) == null && rateLimit(name, properties) == null) {
			throw new InvalidLimitDeclarationException(this.section.entry(name), "it has no limit",
					"Add max or rps, or the names of limiters as bulkhead or rate-limit");
		}
		if (properties.ownBulkhead() == null && properties.ownRateLimit() == null) {
			checkUnused(name, "timeout", properties.timeout());
			checkUnused(name, "max-waiting", properties.maxWaiting());
			checkUnused(name, "enforce", properties.enforce());
		}
	}

	private void checkOne(String name, String property, @Nullable String limiter, Map<String, @Nullable Object> numbers,
			String limiters) {
		if (limiter == null) {
			return;
		}
		if (!LimiterRegistry.isValidName(limiter)) {
			throw InvalidNames.exception(this.section.place(name, property), limiter);
		}
		List<String> both = numbers.keySet().stream().filter((number) -> numbers.get(number) != null).toList();
		if (!both.isEmpty()) {
			throw new InvalidLimitDeclarationException(this.section.place(name, both.get(0)),
					"it has " + String.join(", ", both) + " of its own as well as " + property + " '" + limiter + "'",
					"Keep " + property + ", whose numbers stand in " + limiters + limiter + ", or the numbers here");
		}
	}

	private void checkUnused(String name, String property, @Nullable Object value) {
		if (value != null) {
			throw new InvalidLimitDeclarationException(this.section.place(name, property),
					"it would do nothing, for the limiters that '" + name + "' names have their own",
					"Set it where those are configured, or remove it");
		}
	}

}
