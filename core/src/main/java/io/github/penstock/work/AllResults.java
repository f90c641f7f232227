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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A call that returns when all items are processed.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class AllResults<T extends @Nullable Object, R extends @Nullable Object> {

	private final WorkSettings settings;

	private final ThrowingFunction<? super T, ? extends R, ?> function;

	private final boolean collecting;

	AllResults(WorkSettings settings, ThrowingFunction<? super T, ? extends R, ?> function, boolean collecting) {
		this.settings = settings;
		this.function = function;
		this.collecting = collecting;
	}

	/** The results of all items, or their outcomes if failures are collected. */
	<E extends @Nullable Object> List<E> of(Source<T> source) throws InterruptedException {
		try (source) {
			boolean nested = Nesting.holds(this.settings.limiter());
			@Nullable Object[] items = source.inMemory();
			if (items == null) {
				return read(source, nested);
			}
			Results.All results = new Results.All(items.length);
			WorkRun<T, R> run = newRun(new Feed.InMemory<>(items), results);
			complete(run, () -> {
				run.begin(items.length);
				if (nested) {
					while (run.processHere()) {
						continue;
					}
				}
				else {
					run.employAll(items.length);
					run.await(run::isDone);
				}
			});
			return results.toList(items.length);
		}
	}

	private <E extends @Nullable Object> List<E> read(Source<T> source, boolean nested) throws InterruptedException {
		Results.All results = new Results.All(0);
		Feed.Handed<T> feed = new Feed.Handed<>();
		WorkRun<T, R> run = newRun(feed, results);
		complete(run, () -> {
			run.begin(source.total());
			while (run.read(source)) {
				results.reserve(feed.offered());
				feed.offer(source.take());
				if (nested) {
					run.processHere();
				}
				else {
					run.employ();
					run.await(run::hasRoom);
				}
			}
			run.await(run::isDone);
		});
		return results.toList(Math.toIntExact(feed.offered()));
	}

	/** Do the work of the caller's thread, wait for the others', and throw a failure. */
	private static void complete(WorkRun<?, ?> run, Body body) {
		try {
			run.call();
			body.run();
		}
		catch (Throwable ex) {
			run.failHere(ex);
		}
		Throwable failure = run.end();
		if (failure != null) {
			throw Failures.<RuntimeException>unchanged(failure);
		}
	}

	private WorkRun<T, R> newRun(Feed<T> feed, Results results) {
		return new WorkRun<>(this.settings, this.function, this.collecting, feed, results);
	}

	/** What the caller's thread does. */
	@FunctionalInterface
	private interface Body {

		void run() throws Exception;

	}

}
