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
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Says every second that this instance is there, and knows how many others did.
 */
final class Heartbeat {

	static final long PERIOD_MILLIS = 1_000;

	static final LuaScript SCRIPT = LuaScript.load("instances.lua");

	/** One that was not heard of three times is not there. */
	private static final long HELD_MILLIS = 3 * PERIOD_MILLIS + PERIOD_MILLIS / 2;

	private final String instance;

	private volatile int instances = 1;

	Heartbeat(String instance) {
		this.instance = instance;
	}

	int instances() {
		return this.instances;
	}

	CompletionStage<?> beat(Function<String[], CompletionStage<List<Object>>> redis) {
		return redis.apply(new String[] { this.instance, String.valueOf(HELD_MILLIS) })
			.thenAccept((answer) -> this.instances = Math.max(1, Math.toIntExact((Long) answer.get(0))));
	}

	CompletionStage<?> end(Function<String[], CompletionStage<List<Object>>> redis) {
		return redis.apply(new String[] { this.instance, "0" });
	}

}
