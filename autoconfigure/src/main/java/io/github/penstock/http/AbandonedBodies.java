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

package io.github.penstock.http;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.github.penstock.Limits;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Counts the bodies of a client that lost their permit, and tells of the first.
 */
final class AbandonedBodies {

	private static final Log logger = LogFactory.getLog(AbandonedBodies.class);

	private final String name;

	private final Duration bodyTimeout;

	private final AtomicLong count = new AtomicLong();

	AbandonedBodies(String name, Duration bodyTimeout) {
		this.name = name;
		this.bodyTimeout = bodyTimeout;
	}

	long count() {
		return this.count.get();
	}

	/** One more. Does not block: a log may. */
	void add() {
		if (this.count.incrementAndGet() == 1) {
			Limits.executor()
				.execute(() -> logger.warn("HTTP client '" + this.name
						+ "': the body of a response was neither read nor closed for " + this.bodyTimeout
						+ ", and its permit was given back. Read bodies to their end or close them; if they are meant to"
						+ " be idle that long, set a longer body-timeout, or release: headers."
						+ " (This is logged once; abandonedBodies() counts.)"));
		}
	}

}
