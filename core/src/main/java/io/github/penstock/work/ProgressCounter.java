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

package io.github.penstock.work;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the items of a call and tells the listener. Whoever counts while another thread
 * is with the listener leaves it to that thread to tell.
 */
class ProgressCounter {

	/** Counts nothing, for want of a listener. */
	static final ProgressCounter NONE = new ProgressCounter();

	private ProgressCounter() {
	}

	static ProgressCounter of(ProgressListener listener) {
		return new Telling(listener);
	}

	void begin(long total) {
	}

	/** An item has its permit and token. */
	void itemBegan() {
	}

	/** An item that had begun is about to give its permit back. */
	void itemLeft() {
	}

	void itemEnded(boolean failed) {
	}

	void end() {
	}

	private static final class Telling extends ProgressCounter {

		private final LongAdder done = new LongAdder();

		private final LongAdder failed = new LongAdder();

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger untold = new AtomicInteger();

		private final ProgressListener listener;

		private volatile long total = Progress.UNKNOWN;

		private volatile boolean ended;

		Telling(ProgressListener listener) {
			this.listener = listener;
		}

		@Override
		void begin(long total) {
			this.total = total;
			tell();
		}

		@Override
		void itemBegan() {
			this.running.getAndIncrement();
		}

		@Override
		void itemLeft() {
			this.running.getAndDecrement();
		}

		@Override
		void itemEnded(boolean failed) {
			(failed ? this.failed : this.done).increment();
			tell();
		}

		@Override
		void end() {
			this.ended = true;
			tell();
		}

		private void tell() {
			if (this.untold.getAndIncrement() != 0) {
				return;
			}
			int told = 1;
			do {
				try {
					this.listener.onProgress(new Progress(this.done.sum(), this.failed.sum(), this.running.get(),
							this.total, this.ended));
				}
				catch (Throwable ex) {
					// A listener that throws harms nobody.
				}
				told = this.untold.addAndGet(-told);
			}
			while (told != 0);
		}

	}

}
