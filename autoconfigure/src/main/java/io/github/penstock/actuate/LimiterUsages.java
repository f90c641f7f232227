package io.github.penstock.actuate;

import java.util.List;

/**
 * Knows places that use limiters. Each feature that puts limiters to work has a bean of
 * this type, whose answers are shown beside the limiter.
 */
@FunctionalInterface
public interface LimiterUsages {

	/**
	 * Return where a limiter is at work. Called while the application runs; does not
	 * block.
	 * @param kind the kind of the limiter
	 * @param name its name
	 * @return the places, none if this feature does not use it
	 */
	List<LimiterUsage> of(LimiterKind kind, String name);

}
