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

package io.github.penstock.http;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HttpLimits} and {@link HttpLimit}.
 */
class HttpLimitsTests {

	private final ConcurrencyLimiter bulkhead = new LimiterRegistry().register("b", ConcurrencyLimiterSpec.of(1));

	@ParameterizedTest
	@CsvSource({ "http://api.example.com:81/, port", "http://api.example.com/, exact", "http://x.api.example.com/, sub",
			"http://www.example.com/, wild", "http://www.example.com:81/, wild-port", "http://other.test/, all",
			"http://x.api.example.com:81/, sub" })
	void findWhenSeveralMatchTakesTheMostSpecific(URI uri, String expected) {
		HttpLimits limits = HttpLimits.of(limit("all", "*"), limit("wild", "*.example.com"),
				limit("wild-port", "*.example.com:81"), limit("sub", "*.api.example.com"),
				limit("exact", "api.example.com"), limit("port", "api.example.com:81"));
		assertThat(limits.find(uri)).isSameAs(limits.all().get(expected));
	}

	@Test
	void findWhenNoneMatchesIsNull() {
		HttpLimits limits = HttpLimits.of(limit("one", "a.test", "b.test"));
		assertThat(limits.find(URI.create("http://c.test/"))).isNull();
		assertThat(limits.find(URI.create("http://b.test/"))).isNotNull();
		assertThat(HttpLimits.of().find(URI.create("http://c.test/"))).isNull();
	}

	@Test
	void ofWhenTwoHaveTheSameHostFails() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> HttpLimits.of(limit("one", "a.test:80"), limit("two", "A.test.:80")))
			.withMessage("The HTTP clients 'one' and 'two' both have the host 'a.test:80'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> HttpLimits.of(limit("one", "a.test"), limit("one", "b.test")))
			.withMessage("There are two HTTP clients 'one'");
	}

	@Test
	void lazyMakesThemOnce() {
		AtomicInteger made = new AtomicInteger();
		HttpLimits limits = HttpLimits.lazy(() -> {
			made.incrementAndGet();
			return List.of(limit("one", "a.test"));
		});
		assertThat(made).hasValue(0);
		assertThat(limits.all()).containsOnlyKeys("one");
		assertThat(limits.find(URI.create("http://a.test"))).isNotNull();
		assertThat(made).hasValue(1);
	}

	@Test
	void buildWhenSomethingIsMissingOrWrongFails() {
		assertThatIllegalArgumentException().isThrownBy(() -> HttpLimit.named("a b"));
		assertThatIllegalArgumentException().isThrownBy(() -> HttpLimit.named("x").bulkhead(this.bulkhead).build())
			.withMessageContaining("no hosts");
		assertThatIllegalArgumentException().isThrownBy(() -> HttpLimit.named("x").hosts("a.test").build())
			.withMessageContaining("neither a bulkhead nor a rate limit");
		for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
			assertThatIllegalArgumentException().isThrownBy(() -> HttpLimit.named("x").bodyTimeout(wrong));
			assertThatIllegalArgumentException().isThrownBy(() -> HttpLimit.named("x").maxPause(wrong));
		}
	}

	private HttpLimit limit(String name, String... hosts) {
		return HttpLimit.named(name).hosts(hosts).bulkhead(this.bulkhead).build();
	}

}
