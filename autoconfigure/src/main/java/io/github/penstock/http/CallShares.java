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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

/**
 * Shares of the permits under which the subscriber of a request works, for the redirects
 * of the request: those are sent by other threads, and would wait for their own call.
 */
final class CallShares {

	/** Where they are found below the client's filters. */
	static final String ATTRIBUTE = CallShares.class.getName();

	static final CallShares NONE = new CallShares(Map.of(), false);

	private final Map<ConcurrencyLimiter, Permit> shares;

	/** Whether they are given back by {@link #close}. */
	private final boolean own;

	private CallShares(Map<ConcurrencyLimiter, Permit> shares, boolean own) {
		this.shares = shares;
		this.own = own;
	}

	/** Share what the current thread holds. Never blocks. */
	static CallShares take(HttpLimits limits) {
		CallShares shares = NONE;
		try {
			for (HttpLimit limit : limits.all().values()) {
				ConcurrencyLimiter bulkhead = limit.bulkhead();
				if (bulkhead != null && bulkhead.isHeldByCurrentThread() && !shares.shares.containsKey(bulkhead)) {
					shares = (shares != NONE) ? shares : new CallShares(new LinkedHashMap<>(), true);
					shares.add(bulkhead);
				}
			}
			return shares;
		}
		catch (Throwable ex) {
			shares.close();
			throw ex;
		}
	}

	private void add(ConcurrencyLimiter bulkhead) {
		Permit share = bulkhead.tryAcquire();
		if (share != null) {
			this.shares.put(bulkhead, share);
		}
	}

	/** The same for somebody who does not give them back. */
	CallShares lent() {
		return (this.own) ? new CallShares(this.shares, false) : this;
	}

	/** Ask for what a redirected request needs. */
	CompletableFuture<Permit> start(HttpLimit limit) {
		ConcurrencyLimiter bulkhead = limit.bulkhead();
		@Nullable Permit share = (bulkhead != null) ? this.shares.get(bulkhead) : null;
		if (share == null) {
			return limit.start();
		}
		try (Permit.Scope scope = share.makeCurrent()) {
			return limit.start();
		}
	}

	/** Give them back, unless they are lent. */
	void close() {
		if (this.own) {
			this.shares.values().forEach(Permit::close);
		}
	}

}
