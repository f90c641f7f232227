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

package io.github.penstock.aop;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * All that Reactor has to do with limits. Loaded only where Reactor is there.
 */
final class ReactorLimits {

	private ReactorLimits() {
	}

	static boolean isSingle(Object publisher) {
		return publisher instanceof Mono;
	}

	/** Make Reactor's own kind of publisher of it. */
	static <T> Publisher<T> wrap(LimitedPublisher<T> publisher, boolean single) {
		return single ? Mono.fromDirect(publisher) : Flux.from(publisher);
	}

}
