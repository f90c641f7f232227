package io.github.penstock.actuate;

import java.util.List;

import io.github.penstock.Limiter;

/**
 * Knows clients that pause. Each feature whose clients do has a bean of this type, whose
 * answers are shown beside the limiters of these clients.
 */
@FunctionalInterface
public interface LimiterPauses {

	/**
	 * Return which clients that use a limiter hold their calls back now. Called while the
	 * application runs; does not block.
	 * @param limiter the limiter
	 * @return the pauses, none if no client of this feature pauses
	 */
	List<LimiterPause> of(Limiter limiter);

}
