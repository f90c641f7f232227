package io.github.penstock.actuate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;

/**
 * Warns at the start if everybody who reaches the application over HTTP can change its
 * limits.
 */
public final class UnprotectedWrites implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(UnprotectedWrites.class);

	private static final String SECURITY_FILTER = "springSecurityFilterChain";

	private final ListableBeanFactory beanFactory;

	private final EndpointAccessResolver access;

	/**
	 * Create the warning.
	 * @param beanFactory tells whether there is Spring Security
	 * @param access tells whether the endpoint may write
	 */
	public UnprotectedWrites(ListableBeanFactory beanFactory, EndpointAccessResolver access) {
		this.beanFactory = beanFactory;
		this.access = access;
	}

	@Override
	public void afterSingletonsInstantiated() {
		boolean writes = this.access.accessFor(EndpointId.of("limiters"), Access.READ_ONLY) == Access.UNRESTRICTED;
		if (writes && !this.beanFactory.containsBean(SECURITY_FILTER)) {
			logger.warn("Everybody who reaches the endpoint 'limiters' over HTTP can change limits, for there is no "
					+ "Spring Security: set management.endpoint.limiters.access to read-only, or protect it");
		}
	}

}
