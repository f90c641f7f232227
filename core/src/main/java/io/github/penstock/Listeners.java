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

package io.github.penstock;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * The listeners of one limiter. Nothing that they throw gets out of here.
 */
final class Listeners {

	private static final LimiterListener.Wait UNHEARD = (refusal) -> {
	};

	private final List<LimiterListener> all = new CopyOnWriteArrayList<>();

	void add(LimiterListener listener) {
		this.all.add(listener);
	}

	void refused(RefusalReason reason) {
		for (LimiterListener listener : this.all) {
			try {
				listener.refused(reason);
			}
			catch (Throwable ex) {
				// A permit may be on its way back here.
			}
		}
	}

	void wouldRefuse(RefusalReason reason) {
		tell((listener) -> listener.wouldRefuse(reason));
	}

	void keysExhausted(int maxKeys) {
		tell((listener) -> listener.keysExhausted(maxKeys));
	}

	void planUnknown(String plan) {
		tell((listener) -> listener.planUnknown(plan));
	}

	void lost(int permits) {
		tell((listener) -> listener.lost(permits));
	}

	void outage(boolean begins) {
		tell((listener) -> listener.outage(begins));
	}

	private void tell(Consumer<LimiterListener> event) {
		for (LimiterListener listener : this.all) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				// The call goes on.
			}
		}
	}

	void waited(long nanos) {
		for (LimiterListener listener : this.all) {
			try {
				listener.waited(nanos);
			}
			catch (Throwable ex) {
				// The call has its permit.
			}
		}
	}

	void changed(LimiterListener.Cause cause, LimiterSpec before, LimiterSpec after) {
		if (this.all.isEmpty() || before.equals(after)) {
			return;
		}
		LimiterListener.Change change = new LimiterListener.Change(cause, before, after);
		for (LimiterListener listener : this.all) {
			try {
				listener.changed(change);
			}
			catch (Throwable ex) {
				// The values are in force.
			}
		}
	}

	LimiterListener.Wait waiting() {
		if (this.all.isEmpty()) {
			return UNHEARD;
		}
		List<LimiterListener.Wait> waits = new ArrayList<>(this.all.size());
		for (LimiterListener listener : this.all) {
			try {
				LimiterListener.Wait wait = listener.waiting();
				if (wait != null) {
					waits.add(wait);
				}
			}
			catch (Throwable ex) {
				// The call goes on to wait.
			}
		}
		return (waits.isEmpty()) ? UNHEARD : (refusal) -> waits.forEach((wait) -> end(wait, refusal));
	}

	private static void end(LimiterListener.Wait wait, @Nullable RefusalReason refusal) {
		try {
			wait.ended(refusal);
		}
		catch (Throwable ex) {
			// The call may have its permit.
		}
	}

}
