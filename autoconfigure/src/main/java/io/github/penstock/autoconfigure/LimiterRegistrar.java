package io.github.penstock.autoconfigure;

import io.github.penstock.LimiterRegistry;

/**
 * Registers limiters in code. Beans of this type are called, in their order, before any
 * limiter is made of the configuration or of an annotation.
 */
@FunctionalInterface
public interface LimiterRegistrar {

	/**
	 * Register limiters.
	 * @param registry the registry of the application
	 */
	void register(LimiterRegistry registry);

}
