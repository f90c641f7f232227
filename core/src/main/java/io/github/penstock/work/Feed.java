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

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Where workers get their items from.
 *
 * @param <T> the type of the items
 */
interface Feed<T extends @Nullable Object> {

	/** The next item, {@code null} if there is none now. */
	@Nullable Item<T> poll();

	boolean isEmpty();

	/** An item has ended. */
	void ended();

	/** Whether items may come when there are none. */
	boolean mayGrow();

	/** How many items were handed over and have not ended. */
	long unended();

	/** Items in memory, which the workers take themselves. */
	final class InMemory<T extends @Nullable Object> implements Feed<T> {

		private final @Nullable Object[] items;

		private final AtomicInteger next = new AtomicInteger();

		InMemory(@Nullable Object[] items) {
			this.items = items;
		}

		@Override
		@SuppressWarnings({ "unchecked", "NullAway" })
		public @Nullable Item<T> poll() {
			if (isEmpty()) {
				return null;
			}
			int index = this.next.getAndIncrement();
			return (index < this.items.length) ? new Item<>(index, (T) this.items[index]) : null;
		}

		@Override
		public boolean isEmpty() {
			return this.next.get() >= this.items.length;
		}

		@Override
		public void ended() {
		}

		@Override
		public boolean mayGrow() {
			return false;
		}

		@Override
		public long unended() {
			return 0;
		}

	}

	/** Items that the caller reads and hands over one by one. */
	final class Handed<T extends @Nullable Object> implements Feed<T> {

		private final Queue<Item<T>> items = new ConcurrentLinkedQueue<>();

		private final AtomicLong ended = new AtomicLong();

		/** Only the caller's thread changes it. */
		private volatile long offered;

		Item<T> offer(T value) {
			Item<T> item = new Item<>(this.offered, value);
			this.items.add(item);
			this.offered = item.index() + 1;
			return item;
		}

		long offered() {
			return this.offered;
		}

		@Override
		public @Nullable Item<T> poll() {
			return this.items.poll();
		}

		@Override
		public boolean isEmpty() {
			return this.items.isEmpty();
		}

		@Override
		public void ended() {
			this.ended.getAndIncrement();
		}

		@Override
		public boolean mayGrow() {
			return true;
		}

		@Override
		public long unended() {
			return this.offered - this.ended.get();
		}

	}

}
