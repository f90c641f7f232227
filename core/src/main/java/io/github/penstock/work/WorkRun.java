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
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The workers of one call, and what becomes of their items.
 * <p>
 * <b>Workers pull.</b> A worker takes items as long as there are any, and then ends: none
 * ever waits for the next. Whoever hands an item over employs a worker if one is free. A
 * worker that ends says that it is free, then looks again, so that an item is never left
 * to nobody.
 * <p>
 * <b>Nobody waits for a thread.</b> A call has ended when the workers that began have;
 * where an executor begins none of them, the caller works itself.
 * <p>
 * <b>Failure.</b> The first one is kept, by compare-and-set. Whoever brings it interrupts
 * those who sit in a {@link Seat}; a worker that sits down later finds {@code over} set.
 *
 * @param <T> the type of the items
 * @param <R> the type of the results
 */
final class WorkRun<T extends @Nullable Object, R extends @Nullable Object> {

	/** How long an executor may let all workers wait before the caller works itself. */
	private static final long STARVED = TimeUnit.MILLISECONDS.toNanos(50);

	/** How often a worker lets other virtual threads have its carrier. */
	private static final int ITEMS_PER_TURN = 256;

	private final WorkSettings settings;

	private final boolean collecting;

	private final Work<T, R> work;

	private final ProgressCounter progress;

	private final Executor executor;

	/** What a thread does that expects to go on in an instant. */
	private final Runnable pause;

	private final Nesting nesting;

	private final Failures failures = new Failures();

	private final Queue<Worker> workers = new ConcurrentLinkedQueue<>();

	private final Seekers<T> seekers;

	private final Queue<Worker> idle = new ConcurrentLinkedQueue<>();

	/** How many workers were made. Only the caller's thread makes any. */
	private int made;

	/** How many workers the executor has not begun yet. */
	private final AtomicInteger pending = new AtomicInteger();

	/** How many workers have begun and not ended. */
	private final AtomicInteger working = new AtomicInteger();

	private final Standby standby;

	/** What the caller works as where the executor begins none of the others. */
	private @Nullable Worker own;

	/** Where the caller sits while it reads the input. */
	private final Seat reader = new Seat();

	private final Feed<T> feed;

	private final Results results;

	/** The thread of the caller, which for a stream is whoever pulls. */
	private volatile Thread caller = Thread.currentThread();

	/** The item whose result the caller waits for, -1 if for none of them. */
	private volatile long awaited = -1;

	/** Whether any worker ever was. */
	private volatile boolean begun;

	private volatile boolean over;

	WorkRun(WorkSettings settings, ThrowingFunction<? super T, ? extends R, ?> function, boolean collecting,
			Feed<T> feed, Results results) {
		this.settings = settings;
		this.nesting = Nesting.of(settings.limiter());
		this.collecting = collecting;
		this.feed = feed;
		this.results = results;
		this.executor = (settings.executor() != null) ? settings.executor() : WorkThreads.INSTANCE;
		this.pause = (this.executor == WorkThreads.INSTANCE) ? WorkThreads.INSTANCE.pause() : Thread::onSpinWait;
		this.seekers = new Seekers<>(feed, this::isOver, this.pause, this::sendFree);
		this.standby = new Standby(this::isOver, this.pause, this::mend,
				(this.executor != WorkThreads.INSTANCE) ? STARVED : Standby.LONGEST_PARK);
		this.progress = (settings.listener() != null) ? ProgressCounter.of(settings.listener()) : ProgressCounter.NONE;
		this.work = new Work<>(settings, function, this.progress);
	}

	void begin(long total) {
		this.progress.begin(total);
	}

	/** Read an item, by the caller's thread; false if there is none. */
	boolean read(Source<?> source) {
		this.reader.enter();
		try {
			return !this.over && source.advance();
		}
		finally {
			this.reader.leave();
		}
	}

	/** From now on the current thread is the caller's. */
	void call() throws InterruptedException {
		this.caller = Thread.currentThread();
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	boolean isOver() {
		return this.over;
	}

	/** How many more items may be handed over now. */
	boolean hasRoom() {
		return this.feed.unended() < this.settings.workers();
	}

	boolean isDone() {
		return this.feed.isEmpty() && this.working.get() == 0;
	}

	/** Employ as many workers as the items in memory can use. */
	void employAll(int items) {
		int workers = Math.min(items, this.settings.workers());
		// Each is tried once: an executor that rejects one is not asked over and over.
		for (int i = this.made; i < workers && !this.over && !this.feed.isEmpty(); i++) {
			employ();
		}
	}

	/** Employ a worker for an item that was handed over. By the caller's thread. */
	void employ() {
		if (this.seekers.reserve()) {
			return;
		}
		Worker worker = this.idle.poll();
		if (worker == null && this.made < this.settings.workers()) {
			worker = newWorker();
		}
		if (worker != null) {
			send(worker);
		}
	}

	private Worker newWorker() {
		Worker worker = new Worker();
		this.made++;
		this.workers.add(worker);
		return worker;
	}

	private void send(Worker worker) {
		this.pending.getAndIncrement();
		worker.sent.set(true);
		try {
			this.executor.execute(worker);
		}
		catch (Throwable ex) {
			if (!worker.begins()) {
				return;
			}
			this.idle.add(worker);
			if (this.pending.decrementAndGet() == 0 && this.working.get() == 0 && isHopeless()) {
				fail(ex);
			}
		}
	}

	/**
	 * Whether a rejection is more than a thread that has ended its work, not its task.
	 */
	private boolean isHopeless() {
		return !this.feed.isEmpty()
				&& (!this.begun || (this.executor instanceof ExecutorService service && service.isShutdown()));
	}

	/** Process an item on the thread of a nested call; false if there is none. */
	boolean processHere() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		Item<T> item = (!this.over) ? this.feed.poll() : null;
		if (item == null) {
			return false;
		}
		Nesting before = this.nesting.enter();
		try {
			// Without a permit of its own where a call further out holds one for it.
			process(item, this.settings.limiter().isHeldByCurrentThread());
		}
		finally {
			Nesting.leave(before);
		}
		return true;
	}

	/** Work on the current thread until there are no items. */
	private void work() {
		boolean borrowed = Thread.currentThread() == this.caller;
		int turn = 0;
		for (Item<T> item = next(borrowed); item != null; item = next(borrowed)) {
			process(item, true);
			if (++turn % ITEMS_PER_TURN == 0) {
				Thread.yield();
			}
		}
	}

	private @Nullable Item<T> next(boolean borrowed) {
		if (!borrowed) {
			// What the last item may have left behind.
			Thread.interrupted();
		}
		else if (Thread.currentThread().isInterrupted() && !this.over) {
			Thread.interrupted();
			failHere(new InterruptedException());
		}
		Item<T> item = this.feed.poll();
		if (item == null && !borrowed && !this.over && this.feed.mayGrow()) {
			item = this.seekers.seek();
		}
		return (!this.over) ? item : null;
	}

	/** Send a worker that is free for items that are left, if both are there. */
	private void sendFree() {
		if (!this.over && !this.feed.isEmpty()) {
			Worker free = this.idle.poll();
			if (free != null) {
				send(free);
			}
		}
	}

	private void process(Item<T> item, boolean limited) {
		try {
			R result = limited ? this.work.applyLimited(item.value()) : this.work.apply(item.value());
			this.results.put(item, this.collecting ? new Outcome<>(result, null) : result);
			this.progress.itemEnded(false);
		}
		catch (Throwable ex) {
			if (this.collecting && !this.over) {
				this.results.put(item, new Outcome<>(null, ex));
				this.progress.itemEnded(true);
			}
			else if (fail(ex)) {
				this.progress.itemEnded(true);
			}
		}
		this.feed.ended();
		if (this.feed.mayGrow() && isWorthWaking(item.index())) {
			this.standby.signal();
		}
	}

	/**
	 * Whether the caller has something to do, which is not so for each item that ends: to
	 * wake a thread costs more than a small item does.
	 */
	private boolean isWorthWaking(long index) {
		return index == this.awaited || this.feed.isEmpty() || 2 * this.feed.unended() <= this.settings.workers();
	}

	private void run(Worker worker) {
		this.working.getAndIncrement();
		this.begun = true;
		this.pending.getAndDecrement();
		Nesting before = this.nesting.enter();
		worker.seat.enter();
		try {
			work();
		}
		finally {
			worker.seat.leave();
			Nesting.leave(before);
			if (worker != this.own) {
				this.idle.add(worker);
			}
			this.working.getAndDecrement();
			sendFree();
			this.standby.signal();
		}
	}

	/** Fail with the first failure; false if it is but the echo of an interrupt. */
	boolean fail(Throwable ex) {
		if (this.failures.isFirst(ex)) {
			cancel();
			return true;
		}
		return this.failures.addLater(ex);
	}

	/** Fail with what the caller's thread came upon, whose interrupt is not lost. */
	void failHere(Throwable ex) {
		if (!fail(ex) && ex instanceof InterruptedException) {
			Thread.currentThread().interrupt();
		}
	}

	/** Whether the current thread is with an item of this call. */
	boolean isInside() {
		return this.nesting.isAround();
	}

	/** Let no item begin any more, and interrupt those that have. */
	void cancel() {
		this.over = true;
		for (Worker worker : this.workers) {
			worker.seat.interrupt();
		}
		this.reader.interrupt();
		this.standby.signal();
	}

	/** Wait until there is the result of this item, or room for another one. */
	void await(long index, BooleanSupplier condition) throws InterruptedException {
		this.awaited = index;
		await(condition);
	}

	/** Wait until it is so, or the call is over. */
	void await(BooleanSupplier condition) throws InterruptedException {
		if (this.own != null) {
			mend();
		}
		this.standby.await(condition);
	}

	/** Nothing has happened for a while. */
	private void mend() {
		if (this.feed.isEmpty()) {
			return;
		}
		if (this.working.get() == 0 && this.executor != WorkThreads.INSTANCE) {
			if (this.own == null) {
				this.own = new Worker();
				this.workers.add(this.own);
			}
			this.pending.getAndIncrement();
			run(this.own);
		}
		else {
			// The bulkhead may have grown.
			employAll(Integer.MAX_VALUE);
		}
	}

	/**
	 * Let no item begin any more and wait until those that have begun have ended, also if
	 * the thread is interrupted, which it is again afterwards.
	 * @return the failure, with the later ones suppressed
	 */
	@Nullable Throwable end() {
		this.over = true;
		this.standby.awaitUninterruptibly(() -> this.working.get() == 0);
		this.progress.end();
		return this.failures.combine();
	}

	/**
	 * One that works for this call. It begins once each time that it was sent, however
	 * often an executor runs it, and not at all if the executor took it and threw.
	 */
	private final class Worker implements Runnable {

		private final Seat seat = new Seat();

		private final AtomicBoolean sent = new AtomicBoolean();

		boolean begins() {
			return this.sent.compareAndSet(true, false);
		}

		@Override
		public void run() {
			if (begins()) {
				WorkRun.this.run(this);
			}
		}

	}

}
