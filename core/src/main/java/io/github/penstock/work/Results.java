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

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Where workers put results, each at its item's place.
 */
interface Results {

	/** Put the result of an item at its place, for which there is room. */
	void put(Item<?> item, @Nullable Object result);

	/** All results of a call. Read when the workers have ended. */
	final class All implements Results {

		private static final int CHUNK = 1024;

		private final @Nullable Object[] first;

		/**
		 * What comes after {@link #first}. Only the caller's thread replaces it, and only
		 * by a longer one with the same chunks in it, so that a worker that has an older
		 * one in hand finds the chunk of its item there.
		 */
		private volatile @Nullable Object[][] more = new Object[0][];

		private int chunks;

		All(int known) {
			this.first = new Object[known];
		}

		/** Make room for a result, before its item is handed over. */
		void reserve(long index) {
			if (index - this.first.length < (long) this.chunks * CHUNK) {
				return;
			}
			@Nullable Object[][] more = this.more;
			if (this.chunks == more.length) {
				more = Arrays.copyOf(more, Math.max(4, 2 * this.chunks));
			}
			more[this.chunks++] = new Object[CHUNK];
			this.more = more;
		}

		@Override
		public void put(Item<?> item, @Nullable Object result) {
			long index = item.index();
			if (index < this.first.length) {
				this.first[(int) index] = result;
			}
			else {
				int beyond = Math.toIntExact(index - this.first.length);
				this.more[beyond / CHUNK][beyond % CHUNK] = result;
			}
		}

		@SuppressWarnings("unchecked")
		<R extends @Nullable Object> List<R> toList(int size) {
			@Nullable Object[] all = this.first;
			if (size != all.length) {
				all = Arrays.copyOf(all, size);
				for (int to = this.first.length, chunk = 0; to < size; to += CHUNK, chunk++) {
					System.arraycopy(this.more[chunk], 0, all, to, Math.min(CHUNK, size - to));
				}
			}
			return (List<R>) Collections.unmodifiableList(Arrays.asList(all));
		}

	}

	/**
	 * The results that the consumer has not taken yet. They wait with their items, so
	 * that a window takes no more memory than what is in it. Only the caller's thread has
	 * it in hand.
	 */
	final class Window implements Results {

		private final Queue<Item<?>> ahead = new ArrayDeque<>();

		/** Remember an item that was handed over. */
		void add(Item<?> item) {
			this.ahead.add(item);
		}

		/** How many items were handed over whose results have not been taken. */
		int ahead() {
			return this.ahead.size();
		}

		@Override
		public void put(Item<?> item, @Nullable Object result) {
			item.end(result);
		}

		/** Whether there is the next result. */
		boolean hasNext() {
			Item<?> next = this.ahead.peek();
			return next != null && next.hasResult();
		}

		/** Take the next result, which is there. */
		@Nullable Object next() {
			return this.ahead.remove().result();
		}

	}

}
