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

import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lettuce.core.RedisCommandExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells failures of Redis from questions that make no sense.
 */
final class Outages {

	/** Answers of a Redis that would answer otherwise at another time, or elsewhere. */
	private static final Set<String> CODES = Set.of("READONLY", "OOM", "LOADING", "CLUSTERDOWN", "MASTERDOWN",
			"TRYAGAIN", "MISCONF", "NOREPLICAS", "BUSY", "UNKILLABLE", "MOVED", "ASK", "NOAUTH", "WRONGPASS", "NOPERM",
			"UNBLOCKED", "FAILOVER");

	/**
	 * Up to 6.2, what goes wrong in a script stands at the end of an error of its own.
	 */
	private static final Pattern IN_SCRIPT = Pattern.compile("@user_script: ?\\d+: -?([A-Z]+) ");

	private static final Pattern CODE = Pattern.compile("^-?([A-Z]+)\\b");

	private Outages() {
	}

	/** Whether no other question would fare better at the moment. */
	static boolean isOutage(Throwable failure) {
		if (failure instanceof RedisCommandExecutionException) {
			return CODES.contains(String.valueOf(code(failure.getMessage())));
		}
		// Refused, cut off, not written, or anything else that is no answer.
		return true;
	}

	private static @Nullable String code(@Nullable String message) {
		if (message == null) {
			return null;
		}
		String code = null;
		for (Matcher inScript = IN_SCRIPT.matcher(message); inScript.find();) {
			code = inScript.group(1);
		}
		Matcher first = CODE.matcher(message);
		return (code != null) ? code : (first.find() ? first.group(1) : null);
	}

	/** The failure itself. */
	static Throwable unwrap(Throwable failure) {
		Throwable cause = failure;
		while (cause instanceof CompletionException && cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/** What happened, with what caused it, in one line. */
	static String describe(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		String message = String.valueOf(failure.getMessage());
		return (root == failure || message.contains(String.valueOf(root.getMessage()))) ? message
				: message + " (" + root.getMessage() + ")";
	}

}
