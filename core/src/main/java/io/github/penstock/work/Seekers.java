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
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Workers that have nothing to do and look for items for an instant before they end. Who
 * hands an item over reserves one of them instead of sending another, which would have to
 * be woken. A reservation is not for a certain worker: it is kept by whoever leaves when
 * there are no others.
 *
 * @param <T> the type of the items
 */
final class Seekers<T extends @Nullable Object> {

	/** More take the processor from who hands items over; fewer make more threads. */
	private static final int SPINS = 50;

	private final AtomicInteger free = new AtomicInteger();

	private final Feed<T> feed;

	private final BooleanSupplier over;

	private final Runnable pause;

	private final Runnable sendFree;

	/**
	 * Create a place to look for items.
	 * @param feed where they come from
	 * @param over whether none will be wanted any more
	 * @param pause what a thread does that expects to go on in an instant
	 * @param sendFree sends a worker that is free if there are items
	 */
	Seekers(Feed<T> feed, BooleanSupplier over, Runnable pause, Runnable sendFree) {
		this.feed = feed;
		this.over = over;
		this.pause = pause;
		this.sendFree = sendFree;
	}

	/** Reserve one for an item that was handed over; false if there is none. */
	boolean reserve() {
		for (int free = this.free.get(); free > 0; free = this.free.get()) {
			if (this.free.compareAndSet(free, free - 1)) {
				return true;
			}
		}
		return false;
	}

	/** Look for an item; {@code null} if none came. */
	@Nullable Item<T> seek() {
		this.free.getAndIncrement();
		Item<T> item = null;
		for (int i = 0; item == null && i < SPINS && !this.over.getAsBoolean(); i++) {
			this.pause.run();
			item = this.feed.poll();
		}
		if (!reserve()) {
			// It was this one that had been reserved.
			if (item == null) {
				return this.feed.poll();
			}
			this.sendFree.run();
		}
		return item;
	}

}
