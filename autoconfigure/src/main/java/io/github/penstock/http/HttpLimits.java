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

package io.github.penstock.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.penstock.RefusalReason;
import org.jspecify.annotations.Nullable;

/**
 * The limits of all HTTP clients of an application. Of several patterns that match a
 * request the most specific one counts: a whole name before a wildcard, a longer wildcard
 * before a shorter one, with a port before without. Thread-safe.
 */
public final class HttpLimits implements AutoCloseable {

	private final Supplier<? extends Collection<HttpLimit>> source;

	private final AtomicReference<@Nullable Index> index = new AtomicReference<>();

	private volatile boolean closed;

	private HttpLimits(Supplier<? extends Collection<HttpLimit>> source) {
		this.source = source;
	}

	/**
	 * Bring limits together.
	 * @param limits the limits, each with hosts of its own
	 * @return the limits
	 * @throws IllegalArgumentException if two of them have a name or a host pattern in
	 * common
	 */
	public static HttpLimits of(HttpLimit... limits) {
		HttpLimits all = new HttpLimits(() -> Arrays.asList(limits));
		all.index();
		return all;
	}

	/**
	 * Bring limits together that are made when they are needed first.
	 * @param limits gives the limits, each with hosts of its own; of several threads that
	 * are first, one wins
	 * @return the limits
	 */
	public static HttpLimits lazy(Supplier<? extends Collection<HttpLimit>> limits) {
		return new HttpLimits(limits);
	}

	/**
	 * Return all limits.
	 * @return the limits by the name of the client
	 */
	public Map<String, HttpLimit> all() {
		return index().byName;
	}

	/**
	 * Find the limits of a request.
	 * @param uri where it goes
	 * @return the limits, or {@code null} if it is not limited
	 */
	public @Nullable HttpLimit find(URI uri) {
		return index().find(uri);
	}

	/**
	 * Refuse whoever waits for the end of a server's pause, now and from now on, with the
	 * reason {@link RefusalReason#SHUT_DOWN}. Requests that need not wait are still let
	 * out; their limiters are left alone, which others may use. For the end of an
	 * application. Never blocks.
	 */
	@Override
	public void close() {
		this.closed = true;
		Index index = this.index.get();
		if (index != null) {
			index.close();
		}
	}

	private Index index() {
		Index index = this.index.get();
		if (index == null) {
			// Foreign code, which may wait for others: not to be run under a lock.
			this.index.compareAndSet(null, new Index(this.source.get()));
			index = this.index.get();
			if (index != null && this.closed) {
				index.close();
			}
		}
		return (index != null) ? index : new Index(List.of());
	}

	/** Not changed any more. */
	private static final class Index {

		private final Map<String, HttpLimit> byName;

		private final List<Entry> entries = new ArrayList<>();

		private Index(Collection<HttpLimit> limits) {
			Map<String, HttpLimit> byName = new LinkedHashMap<>();
			Map<HostPattern, HttpLimit> byHost = new LinkedHashMap<>();
			for (HttpLimit limit : limits) {
				if (byName.putIfAbsent(limit.name(), limit) != null) {
					throw new IllegalArgumentException("There are two HTTP clients '" + limit.name() + "'");
				}
				for (HostPattern host : limit.patterns()) {
					HttpLimit other = byHost.putIfAbsent(host, limit);
					if (other != null) {
						throw new IllegalArgumentException("The HTTP clients '" + other.name() + "' and '"
								+ limit.name() + "' both have the host '" + host + "'");
					}
				}
			}
			this.byName = Map.copyOf(byName);
			byHost.forEach((host, limit) -> this.entries.add(new Entry(host, limit)));
			this.entries.sort(Comparator.comparing(Entry::host, HostPattern.MOST_SPECIFIC_FIRST));
		}

		private void close() {
			this.byName.values().forEach((limit) -> limit.gate().close());
		}

		private @Nullable HttpLimit find(URI uri) {
			if (this.entries.isEmpty()) {
				return null;
			}
			Authority authority = Authority.of(uri);
			if (authority != null) {
				for (Entry entry : this.entries) {
					if (entry.host.matches(authority)) {
						return entry.limit;
					}
				}
			}
			return null;
		}

	}

	private record Entry(HostPattern host, HttpLimit limit) {
	}

}
