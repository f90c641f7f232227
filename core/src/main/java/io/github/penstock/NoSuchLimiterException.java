package io.github.penstock;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * A limiter was asked for by a name that nobody has registered.
 */
public final class NoSuchLimiterException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String kind;

	private final String name;

	private final TreeSet<String> known;

	NoSuchLimiterException(String kind, String name, Collection<String> known) {
		super("There is no " + kind + " '" + VisibleText.of(name) + "'; known are " + new TreeSet<>(known));
		this.kind = kind;
		this.name = name;
		this.known = new TreeSet<>(known);
	}

	/**
	 * Return what kind of limiter was asked for.
	 * @return {@code bulkhead} or {@code rate limit}
	 */
	public String kind() {
		return this.kind;
	}

	/**
	 * Return the name that was asked for.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Return the names that there are.
	 * @return the names, sorted
	 */
	public Set<String> known() {
		return Collections.unmodifiableSet(this.known);
	}

}
