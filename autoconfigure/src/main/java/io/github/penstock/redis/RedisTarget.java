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

package io.github.penstock.redis;

import java.util.List;

import io.lettuce.core.RedisURI;

/**
 * Where Redis is.
 *
 * @param kind what is there
 * @param uris where: one, with its sentinels if it has some, or all that are known of
 * several
 */
public record RedisTarget(Kind kind, List<RedisURI> uris) {

	/**
	 * Check the values.
	 */
	public RedisTarget {
		uris = List.copyOf(uris);
		if (uris.isEmpty()) {
			throw new IllegalArgumentException("'uris' must not be empty");
		}
	}

	/**
	 * What is to be reached.
	 */
	public enum Kind {

		/** One server, or the one that sentinels call the master. */
		SINGLE,

		/** A master and its replicas, without sentinels. */
		REPLICAS,

		/** A cluster. */
		CLUSTER

	}

}
