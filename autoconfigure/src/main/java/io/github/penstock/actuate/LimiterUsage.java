package io.github.penstock.actuate;

import java.util.Locale;

/**
 * One place where a limiter is at work.
 *
 * @param type what kind of place that is
 * @param name which one: a method, the name of a bean, of a client or of a queue; no URL
 * with credentials, no key of a caller
 */
public record LimiterUsage(Type type, String name) {

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

		/** A work queue. */
		QUEUE;

		@Override
		public String toString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
