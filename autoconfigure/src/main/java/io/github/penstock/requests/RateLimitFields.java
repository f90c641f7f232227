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

package io.github.penstock.requests;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.BiConsumer;

import io.github.penstock.LimitExceededException;
import io.github.penstock.RateLimitExceededException;
import org.jspecify.annotations.Nullable;

/**
 * The response fields {@code RateLimit-Policy} and {@code RateLimit}, by which a client
 * knows what it may do.
 */
final class RateLimitFields {

	private RateLimitFields() {
	}

	/**
	 * Write the fields.
	 * @param rules the rules that are told of
	 * @param request the request
	 * @param refusal why it was refused, {@code null} if it was not
	 * @param fields takes the name and the value of each field
	 */
	static void write(List<RequestRule> rules, IncomingRequest request, @Nullable LimitExceededException refusal,
			BiConsumer<String, String> fields) {
		StringBuilder policies = new StringBuilder();
		StringBuilder states = new StringBuilder();
		for (RequestRule rule : rules) {
			String partition = partition(rule, request);
			for (Quota quota : rule.quotas(request)) {
				Quota told = (refusal instanceof RateLimitExceededException && refusal.name().equals(quota.name())
						&& quota.isRate()) ? quota.refused(refusal.retryAfter()) : quota;
				append(policies, told.policyEntry(partition));
				append(states, told.stateEntry(partition));
			}
		}
		if (!policies.isEmpty()) {
			fields.accept("RateLimit-Policy", policies.toString());
			fields.accept("RateLimit", states.toString());
		}
	}

	private static void append(StringBuilder list, String entry) {
		list.append(list.isEmpty() ? "" : ", ").append(entry);
	}

	/** The key, where keys may be seen. */
	private static String partition(RequestRule rule, IncomingRequest request) {
		String key = rule.shownKey(request);
		return (key != null) ? ";pk=:" + Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)) + ":"
				: "";
	}

}
