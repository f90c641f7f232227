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

package io.github.penstock.place;

import java.util.List;
import java.util.concurrent.Callable;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.Holder;
import io.github.penstock.LimiterFactory;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.TimeSource;
import io.github.penstock.work.BoundedWorkQueue;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for the names of those who call, which are not in a package that only passes
 * calls on.
 */
class CallerNameTests {

	private final LimiterRegistry registry = new LimiterRegistry(
			LimiterFactory.tracking(LimiterFactory.local(TimeSource.system()), TimeSource.system()));

	private final ConcurrencyLimiter limiter = this.registry.register("orders", ConcurrencyLimiterSpec.of(1));

	@Test
	void callerIsTheMethodThatCalls() throws Exception {
		assertThat(names()).containsExactly(CallerNameTests.class.getName() + ".names");
	}

	@Test
	void callerThatAProxyMakesIsTheClassOfThePlace() throws Exception {
		assertThat(new Orders$$Proxy().place(this.limiter))
			.containsExactly(CallerNameTests.class.getName() + "$Orders.place");
	}

	@Test
	void callerIsNoneOfThoseThatPassCallsOn() throws Exception {
		BoundedWorkQueue queue = BoundedWorkQueue.builder(this.registry).bulkhead("orders").build();
		List<List<String>> names = queue.processAll(List.of(1), (item) -> heldNames(this.limiter));
		assertThat(names).singleElement()
			.satisfies((held) -> assertThat(held).singleElement()
				.satisfies((name) -> assertThat(name).doesNotStartWith("io.github.penstock.work.")
					.doesNotStartWith("java.")));
	}

	@Test
	void callerMayBelongToSomebodyElse() {
		assertThatNoException().isThrownBy(this.limiter::acquire);
		assertThat(heldNames(this.limiter)).singleElement()
			.satisfies((name) -> assertThat(name).startsWith("org.assertj."));
	}

	private List<String> names() throws Exception {
		Object entry = this.limiter.enter();
		try {
			return heldNames(this.limiter);
		}
		finally {
			this.limiter.exit(entry);
		}
	}

	private static List<String> heldNames(ConcurrencyLimiter limiter) {
		return limiter.holders(10).stream().map(Holder::what).toList();
	}

	/** As a proxy is named. */
	private static final class Orders$$Proxy {

		private List<String> place(ConcurrencyLimiter limiter) throws Exception {
			Object entry = limiter.enter();
			try {
				return ((Callable<List<String>>) () -> heldNames(limiter)).call();
			}
			finally {
				limiter.exit(entry);
			}
		}

	}

}
