package io.github.penstock.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The properties of an application, and where each one stands.
 *
 * @param values the properties
 * @param inexact the names of limiters that only environment variables have
 * @param written how each property was written, by its canonical name; those that others
 * replace as well
 */
record ConfiguredProperties(PenstockProperties values, Set<String> inexact, Map<String, WrittenProperty> written) {

	/** Where a property stands, or would have to stand. */
	String place(String property) {
		WrittenProperty written = this.written.get(property);
		return (written != null) ? written.place() : property;
	}

	NamedProperties<PenstockProperties.Bulkhead> bulkheads() {
		return named("penstock.bulkheads", this.values.bulkheads())
			.with(dataSources(), PenstockProperties.DataSource::ownBulkhead)
			.with(httpClients(), PenstockProperties.HttpClient::ownBulkhead);
	}

	NamedProperties<PenstockProperties.RateLimit> rateLimits() {
		return named("penstock.rate-limits", this.values.rateLimits()).with(httpClients(),
				PenstockProperties.HttpClient::ownRateLimit);
	}

	NamedProperties<PenstockProperties.HttpClient> httpClients() {
		return named("penstock.http-clients", this.values.httpClients());
	}

	NamedProperties<PenstockProperties.DataSource> dataSources() {
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
