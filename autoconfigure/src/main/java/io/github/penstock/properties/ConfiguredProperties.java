package io.github.penstock.properties;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The properties of an application, and where each one stands. Immutable.
 */
public final class ConfiguredProperties {

	private final PenstockProperties values;

	private final Set<String> inexact;

	private final Map<String, WrittenProperty> written;

	/**
	 * Create the properties.
	 * @param values the properties
	 * @param inexact the names of limiters that only environment variables have
	 * @param written how each property was written, by its canonical name; those that
	 * others replace as well
	 */
	ConfiguredProperties(PenstockProperties values, Set<String> inexact, Map<String, WrittenProperty> written) {
		this.values = values;
		this.inexact = inexact;
		this.written = written;
	}

	/**
	 * Return the properties.
	 * @return the properties, as they were written
	 */
	public PenstockProperties values() {
		return this.values;
	}

	Map<String, WrittenProperty> written() {
		return this.written;
	}

	/**
	 * Return where a property stands, or would have to stand.
	 * @param property the whole name
	 * @return the place, for people
	 */
	public String place(String property) {
		WrittenProperty written = this.written.get(property);
		return (written != null) ? written.place() : property;
	}

	/**
	 * Return the properties of bulkheads, also of those that other sections define.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.Bulkhead> bulkheads() {
		return named("penstock.bulkheads", this.values.bulkheads())
			.with(dataSources(), PenstockProperties.DataSource::ownBulkhead)
			.with(httpClients(), PenstockProperties.HttpClient::ownBulkhead)
			.with(requests(), PenstockProperties.Request::ownBulkhead);
	}

	NamedProperties<PenstockProperties.RateLimit> rateLimits() {
		return named("penstock.rate-limits", this.values.rateLimits())
			.with(httpClients(), PenstockProperties.HttpClient::ownRateLimit)
			.with(requests(), PenstockProperties.Request::ownRateLimit);
	}

	/**
	 * Return the section {@code penstock.http-clients}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.HttpClient> httpClients() {
		return named("penstock.http-clients", this.values.httpClients());
	}

	/**
	 * Return the section {@code penstock.requests}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.Request> requests() {
		return named("penstock.requests", this.values.requests());
	}

	/**
	 * Return the section {@code penstock.data-sources}.
	 * @return the properties by name
	 */
	public NamedProperties<PenstockProperties.DataSource> dataSources() {
		return named("penstock.data-sources", this.values.dataSources());
	}

	private <P> NamedProperties<P> named(String section, Map<String, P> values) {
		String prefix = section + "[";
		Set<String> names = this.inexact.stream()
			.filter((name) -> name.startsWith(prefix))
			.map((name) -> name.substring(prefix.length(), name.length() - 1))
			.collect(Collectors.toUnmodifiableSet());
		return new NamedProperties<>(section, values, names, this.written);
	}

}
