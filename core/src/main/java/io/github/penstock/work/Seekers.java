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

	private static final int SPINS = 100;

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
