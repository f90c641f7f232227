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

import java.util.function.Consumer;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells of permits that were lost.
 */
final class SharedLog implements LimiterListener {

	private static final Log logger = LogFactory.getLog(SharedLog.class);

	private final Limiter limiter;

	private final Consumer<PermitsLostEvent> events;

	SharedLog(Limiter limiter, Consumer<PermitsLostEvent> events) {
		this.limiter = limiter;
		this.events = events;
	}

	@Override
	public void lost(int permits) {
		logger.warn("Bulkhead '" + this.limiter.name() + "' has lost " + permits
				+ " permits, which were not renewed in time or held for too long: others may have them, while the calls"
				+ " that held them go on");
		this.events.accept(new PermitsLostEvent(this.limiter.name(), permits));
	}

}
