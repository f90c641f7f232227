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
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the script of {@link TokenScript} is asked in tests, in its own units.
 */
final class TokenQuestions {

	private TokenQuestions() {
	}

	/**
	 * Return the arguments of a question.
	 * @param first those up to what is put back
	 * @param askedAt when this was asked, by the script's clock
	 * @param returned in turn how many tokens, in what time they run over, and the serial
	 * @param wanted in turn how many tokens, and for how long that can wait
	 */
	static Object[] arguments(List<Long> first, long askedAt, List<Long> returned, List<Long> wanted) {
		List<Object> all = new ArrayList<>(first);
		all.add(returned.size() / 3);
		if (!returned.isEmpty()) {
			all.add(askedAt);
			all.addAll(returned);
		}
		long total = 0;
		for (int at = 0; at < wanted.size(); at += 2) {
			total += wanted.get(at);
		}
		if (!wanted.isEmpty()) {
			all.add(total);
			all.add(wanted.stream().map(String::valueOf).collect(Collectors.joining(" ")));
		}
		return all.toArray();
	}

	/** Return an answer that has a wait for each that is wanted, also if all are 0. */
	static List<Long> answer(List<Long> answer, int wanted) {
		if (answer.size() != 4) {
			return answer;
		}
		List<Long> all = new ArrayList<>(answer);
		all.addAll(Collections.nCopies(wanted - 1, answer.get(3)));
		return all;
	}

}
