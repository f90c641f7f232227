package io.github.penstock.actuate;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.LimiterRegistry;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Hears of the changes that are made in code, or by a new configuration, and has them
 * told to the listeners as those of the endpoint are.
 */
public final class ChangeWatch implements SmartInitializingSingleton {

	private final LimiterRegistry registry;

	private final LimiterChanges changes;

	/**
	 * Create the watch.
	 * @param registry the limiters
	 * @param changes tells of their changes
	 */
	public ChangeWatch(LimiterRegistry registry, LimiterChanges changes) {
		this.registry = registry;
		this.changes = changes;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.forEachLimiter(this::watch);
	}

	private void watch(Limiter limiter) {
		AdjustableLimiter<?> adjustable = AdjustableLimiter.of(limiter);
		limiter.listen(new LimiterListener() {

			@Override
			public void changed(Change change) {
				// Who asks the endpoint for a change is known there, and told of there.
				if (!AdjustableLimiter.isOwn(change.after())) {
					ChangeWatch.this.changes.heard(adjustable, change);
				}
			}

		});
	}

}
