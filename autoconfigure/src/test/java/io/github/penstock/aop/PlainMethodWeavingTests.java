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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.management.ThreadMXBean;
import io.github.penstock.BulkheadFullException;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.RateLimitExceededException;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ReactiveTypeDescriptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Woven methods that are not surrounded, but have something before and after them; runs
 * with the real weaver.
 */
class PlainMethodWeavingTests {

	private AnnotationConfigApplicationContext context;

	private TestDeclarations declarations;

	@BeforeEach
	void start() {
		this.context = startContext();
		this.declarations = this.context.getBean(TestDeclarations.class);
	}

	@AfterEach
	void stop() {
		this.declarations.registry.concurrencyLimiters()
			.forEach((limiter) -> assertThat(limiter.inUse()).as(limiter.name()).isZero());
		this.context.close();
	}

	private static AnnotationConfigApplicationContext startContext() {
		return new AnnotationConfigApplicationContext(LimitAspectWeavingTests.WeavingConfiguration.class);
	}

	@Test
	void callWhenItEndsGivesThePermitBackOnce() {
		Mill mill = new Mill();
		mill.run(() -> assertThat(permits("run").inUse()).isEqualTo(1));
		assertThat(permits("run").inUse()).isZero();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> mill.run(() -> {
			throw new IllegalStateException();
		}));
		assertThat(permits("run").stats().granted()).isEqualTo(2);
	}

	@Test
	void refusalLeavesTheCallAroundItAlone() {
		Mill mill = new Mill();
		mill.run(() -> {
			assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(mill::closed);
			assertThat(permits("run").inUse()).isEqualTo(1);
		});
	}

	@Test
	void refusedTokenGivesThePermitBack() {
		Mill mill = new Mill();
		assertThat(mill.once()).isEqualTo(1);
		mill.run(() -> {
			assertThatExceptionOfType(RateLimitExceededException.class).isThrownBy(mill::once);
			assertThat(permits("once").inUse()).isZero();
			assertThat(permits("run").inUse()).isEqualTo(1);
		});
		assertThat(permits("once").stats().granted()).isEqualTo(2);
	}

	@Test
	void refusedPermitTakesNoToken() {
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> new Mill().closed());
		assertThat(this.declarations.registry.rateLimiter("closed").stats().granted()).isZero();
	}

	@Test
	void recursionSharesOnePermit() {
		assertThat(new Mill().descend(1_000)).isEqualTo(1_000);
		assertThat(permits("descend").stats().granted()).isEqualTo(1);
	}

	@Test
	void overflownStackLeavesTheThreadUsable() {
		Mill mill = new Mill();
		CompletableFuture<Integer> depth = new CompletableFuture<>();
		Thread thread = new Thread(null, () -> {
			try {
				mill.descendForEver();
			}
			catch (StackOverflowError ex) {
				depth.complete(mill.descend(100));
			}
		}, "overflow", 512 * 1024);
		thread.start();
		assertThat(depth).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(100);
	}

	@Test
	void limitersInEachOtherAreLeftInReverse() {
		Mill mill = new Mill();
		AtomicReference<Integer> used = new AtomicReference<>();
		mill.run(() -> mill.tight(() -> mill.run(() -> mill
			.tight(() -> mill.run(() -> used.set(permits("run").inUse() + 10 * permits("tight").inUse()))))));
		assertThat(used).hasValue(11);
	}

	@Test
	void contextThatEndsOrBeginsInACallMixesNothingUp() {
		Mill mill = new Mill();
		mill.run(this.context::close);
		assertThat(permits("run").inUse()).isZero();
		AtomicReference<TestDeclarations> later = new AtomicReference<>();
		mill.run(() -> {
			this.context = startContext();
			later.set(this.context.getBean(TestDeclarations.class));
			mill.tight(() -> assertThat(inUse(later.get(), "tight")).isEqualTo(1));
		});
		assertThat(inUse(later.get(), "tight")).isZero();
	}

	@Test
	void genericAndStageMethodsAreSurrounded() {
		Mill mill = new Mill();
		CompletableFuture<String> own = new CompletableFuture<>();
		CompletionStage<String> stage = mill.stage(own);
		assertThat(permits("stage").inUse()).isEqualTo(1);
		assertThat(mill.<Object>any(stage)).isSameAs(stage);
		own.complete("done");
	}

	@Test
	void fallbackOfTheClassAnswers() {
		assertThat(new Shut().answer()).isEqualTo("instead");
		assertThatExceptionOfType(BulkheadFullException.class).isThrownBy(() -> new ShutPlainly().answer());
	}

	@Test
	void typeThatTheWeaverTakesForPlainIsRefused() {
		ReactiveAdapterRegistry.getSharedInstance()
			.registerReactiveType(ReactiveTypeDescriptor.singleOptionalValue(Promise.class, Promise::new),
					(promise) -> ((Promise) promise).publisher, (publisher) -> new Promise());
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> new AnnotationConfigApplicationContext(LimitAspectWeavingTests.WeavingConfiguration.class,
					Promising.class)
				.close())
			.withMessageContaining("the work behind a " + Promise.class.getName());
	}

	@Test
	void callAllocatesNothing() {
		Mill mill = new Mill();
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		int sum = 0;
		for (int i = 0; i < 100; i++) {
			sum += mill.grind(i);
		}
		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < 10_000; i++) {
			sum += mill.grind(i);
		}
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(40_000);
		assertThat(sum).isPositive();
	}

	private ConcurrencyLimiter permits(String name) {
		return this.declarations.registry.concurrencyLimiter(name);
	}

	private static int inUse(TestDeclarations declarations, String name) {
		return declarations.registry.concurrencyLimiter(name).inUse();
	}

	static class Mill {

		@Bulkhead(name = "run", max = 2)
		void run(Runnable body) {
			body.run();
		}

		@Bulkhead(name = "tight", max = 1, timeout = "0")
		void tight(Runnable body) {
			body.run();
		}

		@Bulkhead(name = "grind", max = 1)
		int grind(int amount) {
			return amount;
		}

		@Bulkhead(name = "once", max = 1)
		@RateLimited(name = "once", limit = 1, per = "1d", timeout = "0")
		int once() {
			return 1;
		}

		@Bulkhead(name = "closed", max = 0, timeout = "0")
		@RateLimited(name = "closed", rps = 1)
		void closed() {
		}

		@Bulkhead(name = "descend", max = 1)
		int descend(int depth) {
			return (depth > 0) ? descend(depth - 1) + 1 : 0;
		}

		@Bulkhead(name = "for-ever", max = 1)
		int descendForEver() {
			return descendForEver() + 1;
		}

		@Bulkhead(name = "stage", max = 1)
		CompletionStage<String> stage(CompletionStage<String> own) {
			return own;
		}

		@Bulkhead(name = "any", max = 1)
		<T> T any(T thing) {
			return thing;
		}

	}

	@Bulkhead(max = 0, timeout = "0", fallback = "instead")
	static class Shut {

		String answer() {
			return "mine";
		}

		private String instead() {
			return "instead";
		}

	}

	@Bulkhead(max = 0, timeout = "0")
	static class ShutPlainly {

		String answer() {
			return "mine";
		}

	}

	static class Promise {

		private final Publisher<String> publisher = Mono.just("kept");

	}

	static class Promising {

		@Bulkhead(name = "promise", max = 1)
		Promise promise() {
			return new Promise();
		}

	}

}
