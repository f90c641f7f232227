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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What must hold of anything that processes all items, so many at a time. A wrong
 * implementation is rejected by at least one of these.
 */
enum WorkQueueContract {

	/** Results come in the order of the items, whoever is done first. */
	ORDER {
		@Override
		void check(Subject subject, long patience) throws Exception {
			int size = 200;
			CountDownLatch othersDone = new CountDownLatch(2);
			List<Integer> results = subject.processAll(range(size), 3, (item) -> {
				if (item == 0) {
					// Late on purpose: two others have ended before the first.
					othersDone.await(patience, TimeUnit.MILLISECONDS);
				}
				othersDone.countDown();
				return item * 2;
			});
			assertThat(results).isEqualTo(IntStream.range(0, size).map((i) -> i * 2).boxed().toList());
		}
	},

	/** As many run at once as may, and never more. */
	BOUND {
		@Override
		void check(Subject subject, long patience) throws Exception {
			AtomicInteger inside = new AtomicInteger();
			AtomicInteger most = new AtomicInteger();
			CyclicBarrier together = new CyclicBarrier(4);
			subject.processAll(range(80), 4, (item) -> {
				most.accumulateAndGet(inside.incrementAndGet(), Math::max);
				together.await(patience, TimeUnit.MILLISECONDS);
				Thread.yield();
				inside.decrementAndGet();
				return item;
			});
			assertThat(most).hasValue(4);
		}
	},

	/** An item that fails late in the order does not wait for one that is slow. */
	FAIL_FAST {
		@Override
		void check(Subject subject, long patience) throws Exception {
			CountDownLatch slow = new CountDownLatch(1);
			AtomicBoolean interrupted = new AtomicBoolean();
			AtomicInteger begun = new AtomicInteger();
			IllegalStateException failure = new IllegalStateException("three");
			Throwable thrown = catchThrowable(() -> subject.processAll(range(1000), 4, (item) -> {
				begun.incrementAndGet();
				if (item == 3) {
					throw failure;
				}
				if (item == 0) {
					try {
						slow.await(patience, TimeUnit.MILLISECONDS);
					}
					catch (InterruptedException ex) {
						interrupted.set(true);
						throw ex;
					}
				}
				return item;
			}));
			assertThat(thrown).isSameAs(failure);
			assertThat(interrupted).as("the slow item was interrupted").isTrue();
		}
	},

	/** The call is not over before everything that ran has ended. */
	ALL_ENDED {
		@Override
		void check(Subject subject, long patience) throws Exception {
			CountDownLatch begun = new CountDownLatch(1);
			AtomicBoolean ended = new AtomicBoolean();
			catchThrowable(() -> subject.processAll(range(2), 2, (item) -> {
				if (item == 1) {
					begun.await(patience, TimeUnit.MILLISECONDS);
					throw new IllegalStateException("one");
				}
				begun.countDown();
				try {
					new CountDownLatch(1).await(patience, TimeUnit.MILLISECONDS);
				}
				catch (InterruptedException ex) {
					// Cleaning up takes its time, interrupt or not.
					long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
					while (System.nanoTime() - until < 0) {
						Thread.onSpinWait();
					}
				}
				ended.set(true);
				return item;
			}));
			assertThat(ended).isTrue();
		}
	},

	/** The first failure is thrown, and no other is lost. */
	SUPPRESSED {
		@Override
		void check(Subject subject, long patience) throws Exception {
			CountDownLatch first = new CountDownLatch(1);
			CountDownLatch begun = new CountDownLatch(2);
			Throwable thrown = catchThrowable(() -> subject.processAll(range(3), 3, (item) -> {
				begun.countDown();
				if (item == 1) {
					begun.await(patience, TimeUnit.MILLISECONDS);
					throw new IllegalStateException("first");
				}
				try {
					first.await(patience, TimeUnit.MILLISECONDS);
				}
				catch (InterruptedException ex) {
					throw new IllegalArgumentException("later");
				}
				return item;
			}));
			assertThat(thrown).hasMessage("first");
			assertThat(thrown.getSuppressed()).isNotEmpty()
				.allSatisfy((later) -> assertThat(later).hasMessage("later"));
		}
	};

	abstract void check(Subject subject, long patience) throws Exception;

	private static List<Integer> range(int size) {
		List<Integer> items = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			items.add(i);
		}
		return items;
	}

	/** What is checked. */
	interface Subject {

		List<Integer> processAll(List<Integer> items, int concurrency,
				ThrowingFunction<Integer, Integer, Exception> function) throws Exception;

	}

}
