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

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.github.penstock.Limiter;
import io.github.penstock.LimiterListener;
import io.github.penstock.RefusalReason;
import io.github.penstock.TimeSource;
import io.github.penstock.VisibleText;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells of the refusals of one limiter, once in ten seconds at most, and how many there
 * were meanwhile that it did not tell of; likewise of keys that there are too many of,
 * and of plans that there are not. Everything else is one addition.
 */
final class RefusalLog implements LimiterListener {

	static final Duration PAUSE = Rarely.PAUSE;

	private static final int LONGEST_PLAN = 64;

	private static final Log logger = LogFactory.getLog(RefusalLog.class);

	private final Rarely refusals;

	private final Rarely keys;

	private final Rarely plans;

	private final Limiter limiter;

	private final Consumer<LimitRefusedEvent> publisher;

	RefusalLog(Limiter limiter, TimeSource time, Consumer<LimitRefusedEvent> publisher) {
		this.limiter = limiter;
		this.publisher = publisher;
		this.refusals = new Rarely(time);
		this.keys = new Rarely(time);
		this.plans = new Rarely(time);
	}

	@Override
	public void refused(RefusalReason reason) {
		long others = this.refusals.tell();
		if (others == Rarely.NOT_NOW) {
			return;
		}
		LimiterKind kind = LimiterKind.of(this.limiter);
		String text = reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
		logger.warn(kind + " '" + this.limiter.name() + "' refused a call (" + text + ", waiting="
				+ this.limiter.waiting() + ")" + others(others));
		LimitRefusedEvent event = new LimitRefusedEvent(kind, this.limiter.name(), reason, others);
		// Not on the way of the call: whoever listens may take his time.
		CompletableFuture.runAsync(() -> publish(event));
	}

	@Override
	public void keysExhausted(int maxKeys) {
		long others = this.keys.tell();
		if (others != Rarely.NOT_NOW) {
			logger.warn(LimiterKind.of(this.limiter) + " '" + this.limiter.name() + "' has all of its " + maxKeys
					+ " keys in use, so that the key of a call shared one supply with all others that are not known"
					+ others(others) + "; max-keys is how many there may be");
		}
	}

	@Override
	public void planUnknown(String plan) {
		long others = this.plans.tell();
		if (others != Rarely.NOT_NOW) {
			logger.warn(LimiterKind.of(this.limiter) + " '" + this.limiter.name() + "' has no plan '"
					+ VisibleText.of(plan, LONGEST_PLAN) + "', so that a call had the limiter's own values"
					+ others(others));
		}
	}

	private static String others(long others) {
		return (others > 0) ? ", and " + others + " others since this was last said" : "";
	}

	private void publish(LimitRefusedEvent event) {
		try {
			this.publisher.accept(event);
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn("A listener failed on a refusal of " + event.kind() + " '" + event.name() + "'", ex);
		}
	}

}
