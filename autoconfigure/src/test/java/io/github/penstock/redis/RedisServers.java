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

import java.util.function.IntConsumer;

/**
 * The servers of the tests of this package, for those of others.
 */
public final class RedisServers {

	private RedisServers() {
	}

	/**
	 * Start a Redis that speaks TLS only.
	 * @param identity who it is
	 * @param use what is done with it, given its port on the loopback interface
	 */
	public static void withTls(TlsIdentity identity, IntConsumer use) {
		try (RedisServer server = RedisServer.startTls(identity)) {
			use.accept(server.port());
		}
	}

	/**
	 * Return where the Redis is that the tests of a JVM share.
	 * @return its port on the loopback interface
	 */
	public static int sharedPort() {
		return RedisServer.shared().port();
	}

}
