package io.github.penstock.actuate;

import java.util.Locale;
import java.util.Map;

/**
 * One place where a limiter is at work.
 *
 * @param type what kind of place that is
 * @param name which one: a method, the name of a bean, of a client or of a queue; no URL
 * with credentials, no key of a caller
 */
public record LimiterUsage(Type type, String name) {

	private static final Map<String, Type> PREFIXES = Map.of("penstock.data-sources.", Type.DATA_SOURCE,
			"penstock.http-clients.", Type.HTTP_CLIENT, LimiterOrigin.QUEUE_OF, Type.QUEUE);

	/** A place of a {@link LimiterOrigin}. */
	static LimiterUsage at(String place) {
		for (Map.Entry<String, Type> prefix : PREFIXES.entrySet()) {
			if (place.startsWith(prefix.getKey())) {
				return new LimiterUsage(prefix.getValue(), place.substring(prefix.getKey().length()));
			}
		}
		return new LimiterUsage(Type.METHOD, place);
	}

	/**
	 * What uses a limiter.
	 */
	public enum Type {

		/** An annotated method. */
		METHOD,

		/** A data source, by its bean name. */
		DATA_SOURCE,

		/** A client of a remote service. */
		HTTP_CLIENT,

		/** A work queue, by the class that builds it. */
		QUEUE;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
