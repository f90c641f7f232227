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

import java.util.AbstractCollection;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The limiters of an application by name; a concurrency limiter and a rate limiter may
 * have the same one. A limiter is there because somebody registered or defined it, never
 * because somebody looked for it, and stays for good. Thread-safe.
 */
public final class LimiterRegistry implements AutoCloseable {

	private static final int LONGEST_NAME = 64;

	private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

	private final Shelf<ConcurrencyLimiterSpec, ConcurrencyLimiter> concurrencyLimiters;

	private final Shelf<RateLimiterSpec, RateLimiter> rateLimiters;

	/**
	 * Create a registry of limiters that live in this JVM and in the system's time.
	 */
	public LimiterRegistry() {
		this(TimeSource.system());
	}

	/**
	 * Create a registry of limiters that live in this JVM.
	 * @param time the time that they live in
	 */
	public LimiterRegistry(TimeSource time) {
		this(LimiterFactory.local(time));
	}

	/**
	 * Create a registry.
	 * @param factory what makes the limiters
	 */
	public LimiterRegistry(LimiterFactory factory) {
		this.concurrencyLimiters = new Shelf<>("bulkhead", factory::concurrencyLimiter, this.watchers, null);
		this.rateLimiters = new Shelf<>("rate limit", factory::rateLimiter, this.watchers, null);
	}

	/**
	 * Create a registry for a part of an application. It has the limiters of the whole as
	 * well, and none of its own by their names; {@link #forEachLimiter} and
	 * {@link #close} are about its own only.
	 * @param factory what makes the part's own limiters
	 * @param parent the limiters of the whole
	 */
	public LimiterRegistry(LimiterFactory factory, LimiterRegistry parent) {
		this.concurrencyLimiters = new Shelf<>("bulkhead", factory::concurrencyLimiter, this.watchers,
				parent.concurrencyLimiters);
		this.rateLimiters = new Shelf<>("rate limit", factory::rateLimiter, this.watchers, parent.rateLimiters);
	}

	/**
	 * Make a concurrency limiter.
	 * @param name its name, which matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 * @param spec its values
	 * @return the limiter
	 * @throws IllegalArgumentException if the name is not valid
	 * @throws IllegalStateException if the name is taken
	 */
	public ConcurrencyLimiter register(String name, ConcurrencyLimiterSpec spec) {
		return this.concurrencyLimiters.register(name, spec);
	}

	/**
	 * Make a rate limiter.
	 * @param name its name, which matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 * @param spec its values
	 * @return the limiter
	 * @throws IllegalArgumentException if the name is not valid
	 * @throws IllegalStateException if the name is taken
	 */
	public RateLimiter register(String name, RateLimiterSpec spec) {
		return this.rateLimiters.register(name, spec);
	}

	/**
	 * Define a concurrency limiter that is made when it is looked up first.
	 * @param name its name, which matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 * @param spec gives its values then; of several threads that are first, one wins
	 * @throws IllegalArgumentException if the name is not valid
	 * @throws IllegalStateException if the name is taken
	 */
	public void defineConcurrencyLimiter(String name, Supplier<ConcurrencyLimiterSpec> spec) {
		this.concurrencyLimiters.define(name, spec);
	}

	/**
	 * Define a rate limiter that is made when it is looked up first.
	 * @param name its name, which matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 * @param spec gives its values then; of several threads that are first, one wins
	 * @throws IllegalArgumentException if the name is not valid
	 * @throws IllegalStateException if the name is taken
	 */
	public void defineRateLimiter(String name, Supplier<RateLimiterSpec> spec) {
		this.rateLimiters.define(name, spec);
	}

	/**
	 * Return whether a limiter may have this name.
	 * @param name the name
	 * @return whether it matches {@code [A-Za-z0-9][A-Za-z0-9._-]{0,63}}
	 */
	public static boolean isValidName(String name) {
		if (name.isEmpty() || name.length() > LONGEST_NAME || !isLetterOrDigit(name.charAt(0))) {
			return false;
		}
		for (int i = 1; i < name.length(); i++) {
			char character = name.charAt(i);
			if (!isLetterOrDigit(character) && character != '.' && character != '_' && character != '-') {
				return false;
			}
		}
		return true;
	}

	private static boolean isLetterOrDigit(char character) {
		return character >= 'a' && character <= 'z' || character >= 'A' && character <= 'Z'
				|| character >= '0' && character <= '9';
	}

	/**
	 * Return a concurrency limiter.
	 * @param name its name
	 * @return the limiter
	 * @throws NoSuchLimiterException if there is none of that name
	 */
	public ConcurrencyLimiter concurrencyLimiter(String name) {
		return this.concurrencyLimiters.get(name);
	}

	/**
	 * Return a rate limiter.
	 * @param name its name
	 * @return the limiter
	 * @throws NoSuchLimiterException if there is none of that name
	 */
	public RateLimiter rateLimiter(String name) {
		return this.rateLimiters.get(name);
	}

	/**
	 * Return a concurrency limiter if there is one of that name.
	 * @param name its name
	 * @return the limiter, or {@code null}
	 */
	public @Nullable ConcurrencyLimiter findConcurrencyLimiter(String name) {
		return this.concurrencyLimiters.find(name);
	}

	/**
	 * Return a rate limiter if there is one of that name.
	 * @param name its name
	 * @return the limiter, or {@code null}
	 */
	public @Nullable RateLimiter findRateLimiter(String name) {
		return this.rateLimiters.find(name);
	}

	/**
	 * Return all concurrency limiters.
	 * @return a live, read-only view
	 */
	public Collection<ConcurrencyLimiter> concurrencyLimiters() {
		return this.concurrencyLimiters.all();
	}

	/**
	 * Return all rate limiters.
	 * @return a live, read-only view
	 */
	public Collection<RateLimiter> rateLimiters() {
		return this.rateLimiters.all();
	}

	/**
	 * Do something with each limiter once: now with those that are there, and with each
	 * later one as soon as it has been made. Those that are only defined are not made for
	 * it.
	 * @param action what to do; by any thread, and not to be slow
	 */
	public void forEachLimiter(Consumer<? super Limiter> action) {
		Watcher watcher = new Watcher(action, ConcurrentHashMap.newKeySet());
		this.watchers.add(watcher);
		for (Limiter limiter : this.concurrencyLimiters.limiters.values()) {
			watcher.made(limiter);
		}
		for (Limiter limiter : this.rateLimiters.limiters.values()) {
			watcher.made(limiter);
		}
	}

	/**
	 * Shut all limiters down, also those that are made later: whoever waits is refused at
	 * once. For the end of an application. Never blocks.
	 * @see Limiter#shutdown()
	 */
	@Override
	public void close() {
		forEachLimiter(Limiter::shutdown);
	}

	/**
	 * Somebody who wants to know of all limiters.
	 *
	 * @param action what to do with each one
	 * @param seen those with which it was done
	 */
	private record Watcher(Consumer<? super Limiter> action, Set<Limiter> seen) {

		void made(Limiter limiter) {
			if (this.seen.add(limiter)) {
				this.action.accept(limiter);
			}
		}

	}

	/**
	 * The limiters of one kind.
	 *
	 * @param <S> the spec
	 * @param <L> the limiter
	 */
	private static final class Shelf<S, L extends Limiter> {

		private final Map<String, L> limiters = new ConcurrentHashMap<>();

		private final Map<String, Supplier<S>> defined = new ConcurrentHashMap<>();

		private final String kind;

		private final BiFunction<String, S, L> factory;

		private final List<Watcher> watchers;

		private final @Nullable Shelf<S, L> parent;

		Shelf(String kind, BiFunction<String, S, L> factory, List<Watcher> watchers, @Nullable Shelf<S, L> parent) {
			this.kind = kind;
			this.factory = factory;
			this.watchers = watchers;
			this.parent = parent;
		}

		L register(String name, S spec) {
			checkName(name);
			L limiter = this.factory.apply(name, spec);
			checkNew(name, isInherited(name) || this.defined.containsKey(name)
					|| this.limiters.putIfAbsent(name, limiter) != null);
			tell(limiter);
			return limiter;
		}

		private void tell(L made) {
			for (Watcher watcher : this.watchers) {
				watcher.made(made);
			}
		}

		void define(String name, Supplier<S> spec) {
			checkName(name);
			checkNew(name, isInherited(name) || this.limiters.containsKey(name)
					|| this.defined.putIfAbsent(name, spec) != null);
		}

		private void checkName(String name) {
			if (!isValidName(name)) {
				throw new IllegalArgumentException(
						"Invalid name '" + VisibleText.of(name) + "' of a " + this.kind + ": it must match "
								+ "[A-Za-z0-9][A-Za-z0-9._-]{0,63}, for it reaches headers, logs and metrics");
			}
		}

		private boolean isInherited(String name) {
			return this.parent != null && (this.parent.limiters.containsKey(name)
					|| this.parent.defined.containsKey(name) || this.parent.isInherited(name));
		}

		private void checkNew(String name, boolean taken) {
			if (taken) {
				throw new IllegalStateException("There is a " + this.kind + " '" + name + "' already");
			}
		}

		L get(String name) {
			L limiter = find(name);
			if (limiter == null) {
				throw new NoSuchLimiterException(this.kind, name, names());
			}
			return limiter;
		}

		private Set<String> names() {
			Set<String> names = new TreeSet<>(this.limiters.keySet());
			names.addAll(this.defined.keySet());
			if (this.parent != null) {
				names.addAll(this.parent.names());
			}
			return names;
		}

		@Nullable L find(String name) {
			L limiter = this.limiters.get(name);
			if (limiter == null) {
				limiter = make(name);
			}
			return (limiter == null && this.parent != null) ? this.parent.find(name) : limiter;
		}

		private @Nullable L make(String name) {
			Supplier<S> spec = this.defined.get(name);
			if (spec != null) {
				// Foreign code: not to be run inside the map's locks.
				L made = this.factory.apply(name, spec.get());
				boolean first = this.limiters.putIfAbsent(name, made) == null;
				this.defined.remove(name, spec);
				if (first) {
					tell(made);
				}
			}
			return this.limiters.get(name);
		}

		Collection<L> all() {
			this.defined.keySet().forEach(this::find);
			Collection<L> own = Collections.unmodifiableCollection(this.limiters.values());
			return (this.parent != null) ? new Union<>(own, this.parent.all()) : own;
		}

	}

	/** Two collections as one, live and read-only. */
	private static final class Union<T> extends AbstractCollection<T> {

		private final Collection<T> one;

		private final Collection<T> other;

		Union(Collection<T> one, Collection<T> other) {
			this.one = one;
			this.other = other;
		}

		@Override
		public Iterator<T> iterator() {
			return Stream.concat(this.one.stream(), this.other.stream()).iterator();
		}

		@Override
		public int size() {
			return this.one.size() + this.other.size();
		}

	}

}
