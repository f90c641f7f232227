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

import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A line on the console that shows how far a call is, drawn anew at most ten times a
 * second. For one call at a time; it may be used again for the next.
 */
public final class ConsoleProgressBar implements ProgressListener {

	private static final int WIDTH = 20;

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private static final String BAR = "=".repeat(WIDTH);

	private static final String BLANK = " ".repeat(WIDTH);

	private final PrintStream out;

	private final AtomicLong drawnAt = new AtomicLong(System.nanoTime() - INTERVAL);

	private ConsoleProgressBar(PrintStream out) {
		this.out = out;
	}

	/**
	 * Create a bar.
	 * @param out where it is drawn: {@code System.err}, say
	 * @return the bar
	 */
	public static ConsoleProgressBar on(PrintStream out) {
		return new ConsoleProgressBar(Objects.requireNonNull(out, "'out' must not be null"));
	}

	@Override
	public void onProgress(Progress progress) {
		long now = System.nanoTime();
		boolean begins = progress.done() + progress.failed() == 0;
		if (progress.ended() || begins || now - this.drawnAt.get() >= INTERVAL) {
			this.drawnAt.set(now);
			this.out.print('\r' + text(progress));
			if (progress.ended()) {
				this.out.println();
			}
			this.out.flush();
		}
	}

	private static String text(Progress progress) {
		long ended = progress.done() + progress.failed();
		StringBuilder text = new StringBuilder();
		if (progress.total() > 0) {
			int filled = (int) (ended * WIDTH / progress.total());
			long percent = ended * 100 / progress.total();
			text.append('[').append(BAR, 0, filled).append(BLANK, filled, WIDTH).append("] ");
			text.append((percent < 10) ? "  " : (percent < 100) ? " " : "").append(percent).append("% ");
		}
		text.append(ended);
		if (progress.total() >= 0) {
			text.append('/').append(progress.total());
		}
		text.append(", ").append(progress.failed()).append(" failed, ").append(progress.running()).append(" running");
		// Wipes what a longer line has left.
		return text.append("   ").toString();
	}

}
