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

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import org.springframework.http.client.ClientHttpResponse;

/**
 * A request whose thread waits for its limits and for its response.
 */
final class ThreadHop implements Hop {

	private final Thread thread = Thread.currentThread();

	private final @Nullable HttpLimit limit;

	private final @Nullable Object entry;

	private boolean ended;

	private ThreadHop(@Nullable HttpLimit limit) {
		this.limit = limit;
		this.entry = (limit != null) ? limit.enter() : null;
	}

	/** Send a request when the limits let it. Blocks. */
	static ClientHttpResponse send(@Nullable HttpLimit limit, Sender sender) throws IOException {
		ThreadHop hop = new ThreadHop(limit);
		try {
			ClientHttpResponse response = sender.send(hop);
			try {
				// What redirects have led to is held by the last of them.
				return (limit != null && !hop.ended) ? hold(limit, response) : response;
			}
			catch (Throwable ex) {
				response.close();
				throw ex;
			}
		}
		finally {
			hop.end();
		}
	}

	private static ClientHttpResponse hold(HttpLimit limit, ClientHttpResponse response) throws IOException {
		int status = response.getStatusCode().value();
		if (AskedPause.isPossible(status)) {
			limit.learn(status, response.getHeaders()::get);
		}
		if (limit.release() == Release.HEADERS || limit.bulkhead() == null) {
			return response;
		}
		return new HeldResponse(response, BodyHold.begin(limit, limit.share()));
	}

	@Override
	public @Nullable HttpLimit limit() {
		return this.limit;
	}

	@Override
	public boolean canEnd() {
		return Thread.currentThread() == this.thread;
	}

	@Override
	public boolean hasEnded() {
		return this.ended;
	}

	@Override
	public void end() {
		if (!this.ended) {
			this.ended = true;
			if (this.limit != null) {
				this.limit.exit(this.entry);
			}
		}
	}

	/** Sends a request. */
	interface Sender {

		ClientHttpResponse send(Hop hop) throws IOException;

	}

}
