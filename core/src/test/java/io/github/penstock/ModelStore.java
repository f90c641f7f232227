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

package io.github.penstock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A store in this JVM, and its instances: what a real one does, in the plainest way. It
 * answers at once, or when it is told to.
 */
final class ModelStore {

	static final Duration BUDGET = Duration.ofMillis(50);

	static final Duration LEASE = Duration.ofSeconds(30);

	private final TimeSource time;

	private final Map<LimiterStore.Supply, Bucket> buckets = new HashMap<>();

	private final Map<LimiterStore.Supply, Map<Instance, Booking>> bookings = new HashMap<>();

	private final List<Instance> instances = new CopyOnWriteArrayList<>();

	private final Queue<Runnable> held = new ArrayDeque<>();

	/** What answers, {@code null} for the thread that asks. */
	private final @Nullable Executor answering;

	private volatile Duration budget = BUDGET;

	private boolean holding;

	private boolean out;

	private boolean generous;

	private long turns;

	/** How often it was asked. */
	private int questions;

	ModelStore(TimeSource time) {
		this(time, null);
	}

	ModelStore(TimeSource time, @Nullable Executor answering) {
		this.time = time;
		this.answering = answering;
	}

	/** Have calls wait longer for an answer, where the machine may stand still. */
	ModelStore withBudget(Duration budget) {
		this.budget = budget;
		return this;
	}

	synchronized Instance instance() {
		Instance instance = new Instance();
		this.instances.add(instance);
		return instance;
	}

	/** Answer no question any more, until {@link #answer} is called for each one. */
	synchronized void hold() {
		this.holding = true;
	}

	/** Answer the oldest question. */
	void answer() {
		Runnable oldest;
		synchronized (this) {
			oldest = this.held.remove();
		}
		oldest.run();
	}

	/** Answer all questions, now and from now on. */
	void answerAll() {
		while (true) {
			Runnable oldest;
			synchronized (this) {
				oldest = this.held.poll();
				this.holding &= oldest != null;
			}
			if (oldest == null) {
				return;
			}
			oldest.run();
		}
	}

	synchronized int held() {
		return this.held.size();
	}

	synchronized int questions() {
		return this.questions;
	}

	/** Lend what there is not: a canary. */
	synchronized void beGenerous() {
		this.generous = true;
	}

	/** Fail each question from now on. */
	synchronized void goDown() {
		this.out = true;
	}

	/** Answer again, and say so. */
	void comeBack() {
		synchronized (this) {
			this.out = false;
		}
		this.instances.forEach(Instance::back);
	}

	/** Know nothing any more, as after a restart. */
	synchronized void forget() {
		this.buckets.clear();
		this.bookings.clear();
	}

	/** What a bulkhead has lent, over all instances. */
	synchronized int booked(String limiter) {
		return bookings(new LimiterStore.Supply(limiter, null)).values().stream().mapToInt((it) -> it.booked).sum();
	}

	/** What all bulkheads and their keys have lent. */
	synchronized int booked() {
		return List.copyOf(this.bookings.keySet())
			.stream()
			.flatMap((supply) -> bookings(supply).values().stream())
			.mapToInt((it) -> it.booked)
			.sum();
	}

	private Map<Instance, Booking> bookings(LimiterStore.Supply supply) {
		Map<Instance, Booking> bookings = this.bookings.computeIfAbsent(supply, (it) -> new LinkedHashMap<>());
		bookings.values().removeIf((booking) -> this.time.nanoTime() - booking.validUntil >= 0);
		return bookings;
	}

	private <R> CompletionStage<R> ask(Supplier<R> question) {
		CompletableFuture<R> reply = new CompletableFuture<>();
		Runnable answer = () -> {
			R value;
			synchronized (this) {
				value = this.out ? null : question.get();
			}
			if (value != null) {
				reply.complete(value);
			}
			else {
				reply.completeExceptionally(new LimiterStore.StoreUnavailableException("out", null));
			}
		};
		boolean later;
		synchronized (this) {
			this.questions++;
			later = this.holding;
			if (later) {
				this.held.add(answer);
			}
		}
		if (!later && this.answering != null) {
			this.answering.execute(answer);
		}
		else if (!later) {
			answer.run();
		}
		return reply;
	}

	/** Permits one after the other, to whoever has fewest and wants more. */
	private static int share(Map<Instance, Booking> all, int max, Instance instance) {
		Map<Instance, Integer> shares = new HashMap<>();
		for (int left = max; left > 0; left--) {
			Instance next = all.keySet()
				.stream()
				.filter((it) -> shares.getOrDefault(it, 0) < Math.max(all.get(it).wanted, 0))
				.min(Comparator.comparingInt((Instance it) -> shares.getOrDefault(it, 0))
					.thenComparingInt((it) -> (all.get(it).booked > shares.getOrDefault(it, 0)) ? 1 : 0)
					.thenComparingLong((it) -> all.get(it).turn))
				.orElse(null);
			if (next == null) {
				break;
			}
			shares.merge(next, 1, Integer::sum);
		}
		return shares.getOrDefault(instance, 0);
	}

	/** One of those that share it. */
	final class Instance implements LimiterStore {

		private final List<Runnable> waitingForStore = new ArrayList<>();

		private final Map<Supply, List<Runnable>> watching = new HashMap<>();

		private void back() {
			List<Runnable> actions;
			synchronized (ModelStore.this) {
				actions = List.copyOf(this.waitingForStore);
				this.waitingForStore.clear();
			}
			actions.forEach(Runnable::run);
		}

		/** Have all ask that look after leases, as the timer does. */
		void renew() {
			List<Runnable> wakes = new ArrayList<>();
			synchronized (ModelStore.this) {
				this.watching.values().forEach(wakes::addAll);
			}
			wakes.forEach(Runnable::run);
		}

		private void wake(Supply supply) {
			List<Runnable> wakes;
			synchronized (ModelStore.this) {
				wakes = List.copyOf(this.watching.getOrDefault(supply, List.of()));
			}
			wakes.forEach(Runnable::run);
		}

		@Override
		public Duration budget() {
			return ModelStore.this.budget;
		}

		@Override
		public int instances() {
			return ModelStore.this.instances.size();
		}

		@Override
		public CompletionStage<TokenReply> tokens(TokenRequest request) {
			return ask(() -> {
				long now = ModelStore.this.time.nanoTime();
				return ModelStore.this.buckets.computeIfAbsent(request.supply(), (it) -> new Bucket(now))
					.answer(request, now, ModelStore.this.generous ? 1_000 : 1);
			});
		}

		@Override
		public CompletionStage<PermitReply> permits(PermitRequest request) {
			List<Instance> toWake = new ArrayList<>();
			CompletionStage<PermitReply> reply = ask(() -> lend(request, toWake));
			reply.whenComplete((it, failure) -> toWake.forEach((other) -> other.wake(request.supply())));
			return reply;
		}

		private PermitReply lend(PermitRequest request, List<Instance> toWake) {
			Map<Instance, Booking> all = bookings(request.supply());
			Booking mine = all.get(this);
			boolean lost = request.known() && mine == null;
			if (mine == null) {
				mine = new Booking();
				mine.turn = ModelStore.this.turns++;
				all.put(this, mine);
			}
			int before = mine.booked;
			mine.wanted = request.want();
			mine.max = request.max();
			// One for all: else they wake each other for what only one of them sees.
			int max = all.values().stream().mapToInt((it) -> it.max).min().orElseThrow()
					+ (ModelStore.this.generous ? 1 : 0);
			int elsewhere = all.values().stream().mapToInt((it) -> it.booked).sum() - before;
			int share = share(all, max, this);
			int lent = Math.max(0, Math.min(Math.min(request.want(), share), max - elsewhere));
			mine.booked = Math.max(lost ? 0 : request.keep(), lent);
			mine.lent = lent;
			if (mine.booked != before) {
				mine.turn = ModelStore.this.turns++;
			}
			mine.validUntil = ModelStore.this.time.nanoTime() + LEASE.toNanos();
			if (request.want() == 0 && mine.booked == 0) {
				all.remove(this);
			}
			boolean free = max - elsewhere - mine.booked > 0;
			all.forEach((other, booking) -> {
				boolean wants = free && booking.wanted > booking.booked;
				boolean owes = request.want() > lent && Math.min(booking.booked, booking.lent) > share(all, max, other);
				if (other != this && (wants || owes)) {
					toWake.add(other);
				}
			});
			return new PermitReply(lent, mine.booked, lost, LEASE.toNanos(), elsewhere + mine.booked);
		}

		@Override
		public Runnable watch(Supply supply, Runnable wake) {
			synchronized (ModelStore.this) {
				this.watching.computeIfAbsent(supply, (it) -> new ArrayList<>()).add(wake);
			}
			return () -> {
				synchronized (ModelStore.this) {
					this.watching.getOrDefault(supply, new ArrayList<>()).remove(wake);
				}
			};
		}

		boolean isWatching() {
			synchronized (ModelStore.this) {
				return this.watching.values().stream().anyMatch((it) -> !it.isEmpty());
			}
		}

		@Override
		public void whenAvailable(Runnable action) {
			synchronized (ModelStore.this) {
				if (ModelStore.this.out) {
					this.waitingForStore.add(action);
					return;
				}
			}
			ModelStore.this.time.schedule(action, BUDGET.toNanos());
		}

	}

	private static final class Booking {

		private int booked;

		/** Less than that if it knows that others have to get some. */
		private int lent;

		private int wanted;

		private int max;

		private long turn;

		private long validUntil;

	}

	private static final class Bucket {

		/** Its clock is none of those who ask. */
		private static final long EPOCH = -987_654_321_987_654_321L;

		private TokenBucket.@Nullable Scale scale;

		private long serial;

		private long at;

		private long missing;

		private long promised;

		Bucket(long now) {
			this.at = now;
		}

		LimiterStore.TokenReply answer(LimiterStore.TokenRequest request, long now, int times) {
			TokenBucket.Scale scale = TokenBucket.Scale.of(request.rate().limit(), request.rate().per(),
					request.rate().capacity());
			if (this.scale != null && !this.scale.equals(scale)) {
				adopt(this.scale, scale, now);
			}
			this.scale = scale;
			long late = Math.max(0, now + EPOCH - request.askedAt());
			long made = (now - this.at) * scale.unitsPerNano() * times;
			this.missing = Math.max(0, this.missing - made);
			this.promised = Math.max(0, this.promised - made);
			this.at = now;
			for (LimiterStore.Returned returned : request.returned()) {
				long back = Math.min(Math.max(0, returned.runsOverInNanos() - late) * scale.unitsPerNano(),
						returned.tokens() * scale.cost());
				if (this.missing > scale.capacity() && returned.serial() != this.serial) {
					back = Math.max(0, Math.min(back, this.missing - this.promised));
				}
				this.missing -= back;
				this.promised = Math.max(0,
						Math.min(this.promised - ((returned.serial() == this.serial) ? back : 0), this.missing));
			}
			this.missing = Math.max(0, this.missing + request.charged() * scale.cost());
			this.promised = Math.min(this.promised, this.missing);
			this.serial++;
			List<Long> waits = new ArrayList<>();
			for (LimiterStore.Wanted wanted : request.wanted()) {
				long price = wanted.tokens() * scale.cost();
				long short_ = Math.max(0, this.missing + price - scale.capacity());
				long wait = -Math.floorDiv(-short_, scale.unitsPerNano());
				if (wait <= wanted.patienceNanos()) {
					this.missing += price;
					this.promised = Math.max(this.promised, wait * scale.unitsPerNano()) + price;
					waits.add(wait);
				}
				else {
					waits.add(-1 - wait);
				}
			}
			return new LimiterStore.TokenReply(this.serial, -Math.floorDiv(-this.missing, scale.unitsPerNano()),
					now + EPOCH, waits);
		}

		/** Have as many tokens by another rate. */
		private void adopt(TokenBucket.Scale before, TokenBucket.Scale after, long now) {
			long made = (now - this.at) * before.unitsPerNano();
			this.missing = inScale(Math.max(0, this.missing - made), before, after);
			this.promised = Math.min(inScale(Math.max(0, this.promised - made), before, after), this.missing);
			this.at = now;
		}

		private static long inScale(long missing, TokenBucket.Scale before, TokenBucket.Scale after) {
			double tokens = (double) missing / before.cost() + (double) after.capacity() / after.cost()
					- (double) before.capacity() / before.cost();
			return (long) Math.max(0, Math.ceil(tokens * after.cost()));
		}

	}

}
