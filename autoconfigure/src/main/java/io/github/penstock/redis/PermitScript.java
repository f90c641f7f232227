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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.penstock.LimiterStore.PermitReply;
import io.github.penstock.LimiterStore.PermitRequest;

/**
 * Questions for permits, as the script takes and answers them.
 */
final class PermitScript {

	static final LuaScript SCRIPT = LuaScript.load("permits.lua");

	private PermitScript() {
	}

	/**
	 * Return what the script is told.
	 * @param instance who asks
	 * @param number a number that is higher with each question of the instance
	 * @param lease how long the answer holds
	 * @param channel where others are woken
	 * @param known by what they know the bulkhead
	 */
	static String[] arguments(PermitRequest request, String instance, long number, Duration lease, String channel,
			String known) {
		return new String[] { instance, Long.toString(number), Integer.toString(request.max()),
				Long.toString(TimeUnit.NANOSECONDS.toMicros(lease.toNanos())), Integer.toString(request.keep()),
				Integer.toString(request.want()), request.known() ? "1" : "0", channel, known };
	}

	static PermitReply reply(List<?> answer, Duration lease) {
		return new PermitReply(number(answer, 0), number(answer, 1), number(answer, 2) == 1, lease.toNanos(),
				number(answer, 3));
	}

	private static int number(List<?> answer, int at) {
		return Math.toIntExact((Long) answer.get(at));
	}

}
