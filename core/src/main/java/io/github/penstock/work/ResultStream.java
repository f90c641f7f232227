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

import java.util.Spliterator;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

/**
 * A call whose results are taken one by one. Items are read by the thread that takes the
 * results, when it comes for the next: no further ahead than there is room for results.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class ResultStream<T extends @Nullable Object, R extends @Nullable Object> implements Spliterator<R> {

	/** How many items are read before a result that is there is handed over. */
	private static final int READ_AT_ONCE = 256;

	private final WorkSettings settings;

	private final Source<T> source;

	private final Feed.Handed<T> feed = new Feed.Handed<>();

	/** How many items may be ahead of the result that is taken next. */
	private final int size;

	private final Results.Window window = new Results.Window();

	private final WorkRun<T, R> run;

	private boolean begun;

	private boolean exhausted;

	private boolean closed;

	private @Nullable Throwable failure;

	private ResultStream(WorkSettings settings, ThrowingFunction<? super T, ? extends R, ?> function,
			Source<T> source) {
		this.settings = settings;
		this.source = source;
		this.size = (settings.window() > 0) ? settings.window() : settings.workers();
		this.run = new WorkRun<>(settings, function, false, this.feed, this.window);
	}

	static <T extends @Nullable Object, R extends @Nullable Object> Stream<R> of(WorkSettings settings,
			ThrowingFunction<? super T, ? extends R, ?> function, Source<T> source) {
		try {
			ResultStream<T, R> results = new ResultStream<>(settings, function, source);
			return StreamSupport.stream(results, false).onClose(results::close);
		}
		catch (Throwable ex) {
			try (source) {
				throw ex;
			}
		}
	}

	@Override
	@SuppressWarnings({ "unchecked", "NullAway" }) // A result, which may be null.
	public boolean tryAdvance(Consumer<? super R> action) {
		if (this.failure != null) {
			throw Failures.<RuntimeException>unchanged(this.failure);
		}
		if (!this.closed && hasNext()) {
			action.accept((R) this.window.next());
			return true;
		}
		return false;
	}

	private boolean hasNext() {
		boolean interrupted = false;
		try {
			this.run.call();
			if (awaitNext(Nesting.holds(this.settings.limiter()))) {
				return true;
			}
		}
		catch (InterruptedException ex) {
			interrupted = true;
			this.run.failHere(ex);
		}
		catch (Throwable ex) {
			this.run.failHere(ex);
		}
		this.closed = true;
		try (this.source) {
			Throwable failure = this.run.end();
			if (failure != null) {
				this.failure = unchecked(failure, interrupted);
				throw Failures.<RuntimeException>unchanged(this.failure);
			}
		}
		return false;
	}

	private boolean awaitNext(boolean nested) throws InterruptedException {
		if (!this.begun) {
			this.begun = true;
			this.run.begin(this.source.total());
		}
		for (int read = 0; !this.run.isOver();) {
			if (hasRoom(nested) && (read < READ_AT_ONCE || !this.window.hasNext())) {
				read(nested);
				read++;
			}
			else if (this.window.hasNext()) {
				return true;
			}
			else if (this.exhausted && this.window.ahead() == 0) {
				return false;
			}
			else {
				this.run.await(next(), () -> this.window.hasNext() || hasRoom(nested));
			}
		}
		return false;
	}

	/** The place of the item whose result is taken next. */
	private long next() {
		return this.feed.offered() - this.window.ahead();
	}

	private boolean hasRoom(boolean nested) {
		int ahead = this.window.ahead();
		return !this.exhausted && (nested ? ahead == 0 : ahead < this.size && this.run.hasRoom());
	}

	private void read(boolean nested) throws InterruptedException {
		if (!this.run.read(this.source)) {
			this.exhausted = true;
			return;
		}
		this.window.add(this.feed.offer(this.source.take()));
		if (nested) {
			this.run.processHere();
		}
		else {
			this.run.employ();
		}
	}

	/** A stream throws no checked exceptions. */
	private static Throwable unchecked(Throwable failure, boolean interrupted) {
		if (failure instanceof Error || failure instanceof RuntimeException) {
			return failure;
		}
		if (interrupted && failure instanceof InterruptedException) {
			Thread.currentThread().interrupt();
			CancellationException cancellation = new CancellationException("Interrupted while waiting for a result");
			cancellation.initCause(failure);
			return cancellation;
		}
		return new CompletionException(failure);
	}

	/** Cancel what is not done; one of its own items does not wait for itself. */
	private void close() {
		if (this.run.isInside()) {
			this.run.cancel();
		}
		else if (!this.closed) {
			this.closed = true;
			this.run.cancel();
			try (this.source) {
				this.run.end();
			}
		}
	}

	@Override
	public @Nullable Spliterator<R> trySplit() {
		return null;
	}

	@Override
	public long estimateSize() {
		return Long.MAX_VALUE;
	}

	@Override
	public int characteristics() {
		return ORDERED;
	}

}
