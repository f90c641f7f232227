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

package io.github.penstock.benchmarks.shared;

import io.github.penstock.benchmarks.core.Permits;
import io.github.penstock.benchmarks.shared.SharedTokenContender.Rate;

/**
 * What is measured: a contender, connected, and one call of it.
 *
 * @param call takes a token, or a permit and gives it back
 * @param client what is to be closed
 */
record Subject(Load.Call call, AutoCloseable client) implements AutoCloseable {

	/** One round trip, and what becomes of it in the client. */
	static final String GET = "GET";

	/** See {@link HandOver}: no round trip at all. */
	static final String HAND_OVER = "HAND_OVER";

	/**
	 * Connect a contender.
	 * @param port where Redis is
	 * @param contender {@code tokens:} or {@code permits:}, and its name; or {@link #GET}
	 * or {@link #HAND_OVER}
	 * @param key what all instances know its limit by
	 * @param max how many permits there are; of tokens there are enough
	 */
	static Subject open(int port, String contender, String key, int max) {
		if (contender.equals(GET)) {
			Lettuce lettuce = new Lettuce(port);
			return new Subject(() -> lettuce.commands().get("nothing"), lettuce);
		}
		if (contender.equals(HAND_OVER)) {
			HandOver handOver = new HandOver();
			return new Subject(handOver::await, handOver);
		}
		String name = contender.substring(contender.indexOf(':') + 1);
		if (contender.startsWith("tokens:")) {
			SharedTokens tokens = SharedTokenContender.valueOf(name).create(port, key, Rate.AMPLE);
			return new Subject(tokens::take, tokens);
		}
		SharedPermits permits = SharedPermitContender.valueOf(name).create(port, key, max);
		return new Subject(() -> permits.around(Permits.NOTHING), permits);
	}

	@Override
	public void close() throws Exception {
		this.client.close();
	}

}
