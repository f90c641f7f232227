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

package io.github.penstock.http.library;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What becomes of the redirects of one client. It is decided when the library's client is
 * built, after all customizers: only redirects that the library would follow in its own
 * standard way are taken over from it.
 */
final class TakenRedirects {

	private static final Log logger = LogFactory.getLog(TakenRedirects.class);

	private final AtomicBoolean warned;

	private boolean taken;

	/**
	 * Begin with the redirects of a client.
	 * @param warned whether it has been said that those of another client are left
	 */
	TakenRedirects(AtomicBoolean warned) {
		this.warned = warned;
	}

	/** The library has been told not to follow, as they are followed above it. */
	void take() {
		this.taken = true;
	}

	/** The library goes on to follow them in a way of the application's. */
	void leave(String library) {
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("penstock.http-clients counts redirects as one request with the first where " + library
					+ " follows them as a customizer of the application says");
		}
	}

	boolean areTaken() {
		return this.taken;
	}

}
