package io.github.penstock.actuate;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes refusals, sampled, and changes as Spring application events, and logs
 * refusals.
 */
public final class LimiterEvents implements SmartInitializingSingleton, LimiterChangeListener {

	private final LimiterRegistry registry;

	private final TimeSource time;

	private final ApplicationEventPublisher publisher;

	/**
	 * Create the events.
	 * @param registry the limiters
	 * @param time tells when the next refusal is told of
	 * @param publisher where the events go
	 */
	public LimiterEvents(LimiterRegistry registry, TimeSource time, ApplicationEventPublisher publisher) {
		this.registry = registry;
		this.time = time;
		this.publisher = publisher;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.registry.forEachLimiter(
				(limiter) -> limiter.listen(new RefusalLog(limiter, this.time, this.publisher::publishEvent)));
	}

	@Override
	public void changed(LimiterChange change) {
		this.publisher.publishEvent(change);
	}

}
