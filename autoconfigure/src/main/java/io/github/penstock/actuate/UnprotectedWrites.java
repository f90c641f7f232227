/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

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
