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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.RateLimiter;
import io.github.penstock.RateLimiterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RequestLimitWebFilter} with what no client can bring about.
 */
@Timeout(60)
class RequestLimitWebFilterTests {

	private final RateLimiter tokens = new LimiterRegistry().register("login",
			RateLimiterSpec.of(2, Duration.ofHours(1)));

	private final RequestRule rule = RequestRule.named("login")
		.path("/login", PathPatternParser.defaultInstance)
		.tokens(this.tokens)
		.chargeStatus("401")
		.build();

	private final RequestLimitWebFilter filter = new RequestLimitWebFilter(RequestLimits.lazy(() -> List.of(this.rule)),
			RequestLimits.Phase.ARRIVED, (refusal, same) -> Mono.error(refusal), 0);

	private final MockServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/login"));

	@AfterEach
	void nothingIsUndecided() { // P2
		assertThat(this.rule.outcomes().keys()).isZero();
	}

	@Test
	void requestThatIsCancelledWhenItIsLetInIsDecided() {
		this.filter.filter(this.exchange, (same) -> Mono.never()).subscribe(new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				cancel();
			}

		});
		assertThat(this.tokens.available()).isEqualTo(2);
	}

	@Test
	void requestThatIsTriedAgainIsDecidedEachTime() {
		AtomicInteger attempts = new AtomicInteger();
		WebFilterChain chain = (same) -> Mono.defer(() -> {
			if (attempts.incrementAndGet() == 1) {
				return Mono.error(new IllegalStateException("on purpose"));
			}
			same.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
			return same.getResponse().setComplete();
		});
		this.filter.filter(this.exchange, chain).retry(1).block();
		assertThat(attempts).hasValue(2);
	}

	@Test
	void requestWhoseHandlersThrowIsDecidedByItsResponse() {
		WebFilterChain chain = (same) -> {
			throw new IllegalStateException("on purpose");
		};
		assertThatIllegalStateException().isThrownBy(() -> this.filter.filter(this.exchange, chain).block());
		this.exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
		this.exchange.getResponse().setComplete().block();
		assertThat(this.tokens.available()).isOne();
	}

}
