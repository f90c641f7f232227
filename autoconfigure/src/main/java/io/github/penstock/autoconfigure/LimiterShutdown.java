package io.github.penstock.autoconfigure;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.http.HttpLimits;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Refuses whoever waits for a limiter, or for the end of a server's pause, as soon as the
 * application begins to end. The web server and the executors that end next would wait
 * for them.
 */
final class LimiterShutdown implements ApplicationListener<ContextClosedEvent> {

	private final LimiterRegistry registry;

	private final ApplicationContext context;

	LimiterShutdown(LimiterRegistry registry, ApplicationContext context) {
		this.registry = registry;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// The events of child contexts come here as well.
		if (event.getApplicationContext() == this.context) {
			this.registry.close();
			this.context.getBeansOfType(HttpLimits.class, true, false).values().forEach(HttpLimits::close);
		}
	}

}
