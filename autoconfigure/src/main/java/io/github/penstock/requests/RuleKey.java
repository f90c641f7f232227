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

import java.util.List;

import io.github.penstock.CallLimits;
import org.jspecify.annotations.Nullable;

/**
 * Whose limits a request takes from: the first of the sources of a rule that it has
 * something of. Those that have nothing share one key: to leave a header out gives nobody
 * a bucket of his own, nor none.
 *
 * @param sources where the key comes from
 * @param texts the sources as they are written
 * @param plan where the name of the plan comes from
 */
record RuleKey(List<KeySource> sources, List<String> texts,
		@Nullable KeySource plan) implements CallLimits.Key<IncomingRequest> {

	private static final int LONGEST_TEXT = 128;

	boolean needsPrincipal() {
		return this.sources.stream().anyMatch(KeySource.Principal.class::isInstance)
				|| this.plan instanceof KeySource.Principal;
	}

	/** Whether nothing but the name of the caller can be the key. */
	boolean isPrincipalAlone() {
		return this.sources.stream().allMatch(KeySource.Principal.class::isInstance);
	}

	@Override
	public Object key(IncomingRequest request) {
		return request.whose(this).key();
	}

	Object read(IncomingRequest request) {
		for (int i = 0; i < this.sources.size(); i++) {
			Object key = this.sources.get(i).keyOf(request);
			if (key != null) {
				// What is first is what code would write; another source may have the
				// same text.
				return (i == 0) ? key : ofLater(this.texts.get(i), key);
			}
		}
		return NoKey.NO_KEY;
	}

	private static Object ofLater(String source, Object key) {
		return (key instanceof String text && text.length() <= LONGEST_TEXT) ? new LaterKey(source, text)
				: List.of(source, key);
	}

	@Override
	public @Nullable String plan(IncomingRequest request) {
		return request.whose(this).plan();
	}

	@Nullable String readPlan(IncomingRequest request) {
		Object plan = (this.plan != null) ? this.plan.keyOf(request) : null;
		return (plan != null) ? plan.toString() : null;
	}

	/** The key of requests that have none. */
	private enum NoKey {

		NO_KEY

	}

	/**
	 * A key of another source than the first.
	 *
	 * @param source the source
	 * @param key the key
	 */
	private record LaterKey(String source, String key) {

		@Override
		public String toString() {
			return this.source + " " + this.key;
		}

	}

}
