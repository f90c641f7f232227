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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * C3: waiting never blocks a non-blocking thread.
 */
class BlockHoundTests {

	@BeforeAll
	static void install() {
		BlockHound.install();
	}

	@Test
	void blockHoundWhenAThreadBlocksComplains() {
		try (LimitedContext context = LimitedContext.of(Gates.class)) {
			Gates gates = context.bean(Gates.class);
			gates.parking();
			Mono<String> blocking = Mono.fromCallable(gates::parking).subscribeOn(Schedulers.parallel());
			assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> blocking.block(Duration.ofSeconds(20)))
				.withRootCauseInstanceOf(BlockingOperationError.class);
		}
	}

	@Test
	void waitingWhenOnANonBlockingThreadDoesNotBlockIt() {
		try (LimitedContext context = LimitedContext.of(Gates.class)) {
			Gates gates = context.bean(Gates.class);
			List<Integer> numbers = Flux.range(0, 200)
				.flatMap((n) -> Mono.defer(() -> gates.mono(n)).subscribeOn(Schedulers.parallel()), 200)
				.collectList()
				.block(Duration.ofSeconds(30));
			assertThat(numbers).hasSize(200);
			List<Integer> stages = Flux.range(0, 200)
				.flatMap((n) -> Mono.fromCompletionStage(() -> gates.stage(n)).subscribeOn(Schedulers.parallel()), 200)
				.collectList()
				.block(Duration.ofSeconds(30));
			assertThat(new ArrayList<>(stages)).hasSize(200);
			assertThat(context.bulkhead("both").stats().granted()).isEqualTo(400);
		}
	}

	static class Gates {

		@Bulkhead(name = "both", max = 2)
		@RateLimited(name = "both", rps = 1000, burst = 1)
		public Mono<Integer> mono(int n) {
			return Mono.just(n);
		}

		@Bulkhead(name = "both", max = 2)
		@RateLimited(name = "both", rps = 1000, burst = 1)
		public CompletableFuture<Integer> stage(int n) {
			return CompletableFuture.completedFuture(n);
		}

		@RateLimited(name = "slow", limit = 1, per = "10s", burst = 1)
		public String parking() {
			return "parked";
		}

	}

}
