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

import java.util.ArrayList;
import java.util.List;

import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Questions for tokens, as the script takes and answers them. It counts in microseconds:
 * what somebody waits is rounded up, and how long he can is rounded down, so that no
 * token comes too early.
 */
final class TokenScript {

	static final LuaScript SCRIPT = LuaScript.load("tokens.lua");

	/** So much of a question is one call: others have to wait for it. */
	static final int MOST_AT_ONCE = 1_000;

	private static final long NANOS_PER_MICRO = 1_000;

	private static final long MOST_PATIENCE = 2 * RateScale.MOST;

	private TokenScript() {
	}

	/**
	 * Return the questions to ask one after the other instead of one that is too large.
	 */
	static List<TokenRequest> parts(TokenRequest request) {
		List<Returned> returned = request.returned();
		List<Wanted> wanted = request.wanted();
		if (returned.size() + wanted.size() <= MOST_AT_ONCE && slice(wanted, 0).size() == wanted.size()) {
			return List.of(request);
		}
		List<TokenRequest> parts = new ArrayList<>();
		for (int from = 0; from < returned.size(); from += MOST_AT_ONCE) {
			int to = Math.min(from + MOST_AT_ONCE, returned.size());
			parts.add(part(request, 0, returned.subList(from, to), List.of()));
		}
		List<Wanted> first = slice(wanted, 0);
		parts.add(part(request, request.charged(), List.of(), first));
		for (int from = first.size(); from < wanted.size();) {
			List<Wanted> next = slice(wanted, from);
			parts.add(part(request, 0, List.of(), next));
			from += next.size();
		}
		return parts;
	}

	private static TokenRequest part(TokenRequest request, long charged, List<Returned> returned, List<Wanted> wanted) {
		return new TokenRequest(request.supply(), request.rate(), charged, returned, request.askedAt(), wanted);
	}

	/** Whose tokens are no more together than the script counts to. */
	private static List<Wanted> slice(List<Wanted> all, int from) {
		int to = from;
		for (long total = 0; to < all.size() && to - from < MOST_AT_ONCE; to++) {
			total += Math.min(all.get(to).tokens(), RateScale.MOST);
			if (total > RateScale.MOST && to > from) {
				break;
			}
		}
		return all.subList(from, to);
	}

	/** Return what the script is told. */
	static String[] arguments(TokenRequest request, RateScale scale) {
		List<String> arguments = new ArrayList<>();
		add(arguments, scale.unitsPerToken());
		add(arguments, scale.unitsPerMicro());
		add(arguments, scale.capacity());
		if (request.charged() > RateScale.MOST / scale.unitsPerToken()) {
			throw new IllegalArgumentException("A bucket of " + request.rate().rate() + " cannot owe "
					+ request.charged() + " tokens more: that is more than it can count");
		}
		add(arguments, Math.max(request.charged(), -RateScale.MOST));
		add(arguments, request.returned().size());
		if (!request.returned().isEmpty()) {
			long askedAt = Math.floorDiv(request.askedAt(), NANOS_PER_MICRO);
			add(arguments, Math.max(-2 * RateScale.MOST, Math.min(askedAt, 2 * RateScale.MOST)));
		}
		for (Returned returned : request.returned()) {
			add(arguments, Math.min(returned.tokens(), RateScale.MOST));
			long runsOver = Math.floorDiv(returned.runsOverInNanos(), NANOS_PER_MICRO);
			add(arguments, Math.max(0, Math.min(runsOver, RateScale.MOST)));
			add(arguments, returned.serial());
		}
		addWanted(arguments, request.wanted(), scale);
		return arguments.toArray(String[]::new);
	}

	/** As one text: many arguments would take client and server longer. */
	private static void addWanted(List<String> arguments, List<Wanted> all, RateScale scale) {
		StringBuilder text = new StringBuilder();
		long total = 0;
		for (Wanted wanted : all) {
			if (canHave(wanted, scale)) {
				total += wanted.tokens();
				text.append(text.isEmpty() ? "" : " ")
					.append(wanted.tokens())
					.append(' ')
					.append(Math.max(0, Math.min(wanted.patienceNanos() / NANOS_PER_MICRO, MOST_PATIENCE)));
			}
		}
		if (total > 0) {
			add(arguments, total);
			arguments.add(text.toString());
		}
	}

	private static void add(List<String> arguments, long number) {
		arguments.add(Long.toString(number));
	}

	private static boolean canHave(Wanted wanted, RateScale scale) {
		return wanted.tokens() <= scale.capacity();
	}

	/** Return what the script has answered. */
	static TokenReply reply(TokenRequest request, RateScale scale, List<?> answer) {
		List<Long> waits = new ArrayList<>(request.wanted().size());
		// The one that there is stands for all.
		int step = (answer.size() > 4) ? 1 : 0;
		int at = 3;
		for (Wanted wanted : request.wanted()) {
			if (canHave(wanted, scale)) {
				waits.add(waitNanos(number(answer, at)));
				at += step;
			}
			else {
				waits.add(Long.MIN_VALUE);
			}
		}
		return new TokenReply(number(answer, 0), nanos(number(answer, 1)), nanos(number(answer, 2)), waits);
	}

	/** The answer to all parts of a question. */
	static TokenReply join(List<TokenReply> replies) {
		TokenReply last = replies.get(replies.size() - 1);
		if (replies.size() == 1) {
			return last;
		}
		// What was lent in several steps cannot be put back as one.
		return new TokenReply(Returned.UNKNOWN_SERIAL, last.fullInNanos(), last.answeredAt(),
				replies.stream().flatMap((reply) -> reply.waits().stream()).toList());
	}

	/**
	 * Return all that was lent, or {@code null} if nothing was.
	 * @param askedAt of the request to put it back by
	 */
	static @Nullable Returned unused(TokenRequest request, TokenReply reply, long askedAt) {
		long tokens = 0;
		for (int at = 0; at < reply.waits().size(); at++) {
			tokens += (reply.waits().get(at) >= 0) ? request.wanted().get(at).tokens() : 0;
		}
		long runsOver = reply.fullInNanos() - (askedAt - reply.answeredAt());
		return (tokens > 0) ? new Returned(tokens, runsOver, reply.serial()) : null;
	}

	private static long waitNanos(long micros) {
		return (micros >= 0) ? nanos(micros) : -1 - nanos(-1 - micros);
	}

	private static long nanos(long micros) {
		return (micros <= Long.MAX_VALUE / NANOS_PER_MICRO) ? micros * NANOS_PER_MICRO : Long.MAX_VALUE;
	}

	private static long number(List<?> answer, int at) {
		return (Long) answer.get(at);
	}

}
