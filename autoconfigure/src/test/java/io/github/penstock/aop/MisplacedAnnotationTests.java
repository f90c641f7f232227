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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * S1: an annotation that would do nothing, or not what it says, is an error at start-up.
 */
@ExtendWith(OutputCaptureExtension.class)
class MisplacedAnnotationTests {

	@Test
	void startWhenMethodCannotBeProxiedFails() {
		assertRefused(OnPrivate.class, "OnPrivate.run()", "private method", "public");
		assertRefused(OnStatic.class, "OnStatic.run()", "static method", "instance method");
		assertRefused(OnFinal.class, "OnFinal.run()", "final method", "non-final");
		assertRefused(OnFinalClass.class, "OnFinalClass.run()", "is final", "INTERFACES");
		assertRefused(OnInheritedPrivate.class, "OnPrivate.run()", "private method", "public");
		assertRefused(FinalMethodOfLimitedClass.class, "FinalMethodOfLimitedClass.run()", "final method", "non-final");
		assertRefused(OnEquals.class, "OnEquals.equals(Object)", "equals", "Remove");
	}

	@Test
	void startWhenInterfaceProxyHidesTheMethodFails() {
		assertRefused(Hidden.class, "Hidden.hidden()", "interfaces only", "proxy-target-class=true");
		try (LimitedContext context = LimitedContext.of(Hidden.class, LimitedContext.ClassProxies.class)) {
			context.bean(Hidden.class).hidden();
			assertThat(context.bulkhead("Hidden.hidden").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void startWhenTheEndOfTheWorkCannotBeSeenFails() {
		assertRefused(ReturnsFuture.class, "ReturnsFuture.run()", "java.util.concurrent.Future", "CompletableFuture");
		assertRefused(ReturnsStream.class, "ReturnsStream.run()", "java.util.stream.Stream", "collection");
		assertRefused(ReturnsIntStream.class, "ReturnsIntStream.run()", "java.util.stream.IntStream", "collection");
		assertRefused(ReturnsOwnFuture.class, "ReturnsOwnFuture.run()", "OwnFuture", "CompletionStage");
		assertRefused(ReturnsEntityOfMono.class, "ReturnsEntityOfMono.run()", "begins when", "Mono itself");
		assertRefused(ReturnsEntityOfFuture.class, "ReturnsEntityOfFuture.run()", "begins when", "CompletableFuture");
		assertRefused(ReturnsConnectable.class, "ReturnsConnectable.run()", "ConnectableFlux", "Flux");
	}

	@Test
	void startWhenFinalMethodIsInheritedByALimitedClassDoesNotFail() {
		try (LimitedContext context = LimitedContext.of(LimitedHeir.class)) {
			context.bean(LimitedHeir.class).own();
			assertThat(context.bulkhead("LimitedHeir").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void startWhenFinalClassIsProxiedByItsInterfaceDoesNotFail() {
		try (LimitedContext context = LimitedContext.of(FinalWithInterface.class)) {
			context.bean(Runnable.class).run();
			assertThat(context.bulkhead("FinalWithInterface.run").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void startWhenBeanWasMadeTooEarlyWarns(CapturedOutput output) {
		LimitedContext.of(LimitedPostProcessor.class).close();
		assertThat(output).containsPattern("WARN.*LimitedPostProcessor.*have no effect on bean");
	}

	@Test
	void startWhenBeansAreLimitedDoesNotWarn(CapturedOutput output) {
		LimitedContext.of(LimitedHeir.class, FinalWithInterface.class).close();
		assertThat(output).doesNotContain("have no effect");
	}

	private static void assertRefused(Class<?> component, String where, String problem, String mend) {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> LimitedContext.of(component).close())
			.havingCause()
			.isInstanceOfSatisfying(InvalidLimitDeclarationException.class, (ex) -> {
				assertThat(ex.where()).endsWith(where);
				assertThat(ex.problem()).contains(problem);
				assertThat(ex.mend()).contains(mend);
			});
	}

	static class OnPrivate {

		@Bulkhead(max = 1)
		private void run() {
		}

	}

	static class OnInheritedPrivate extends OnPrivate {

	}

	static class OnStatic {

		@RateLimited(rps = 1)
		static void run() {
		}

	}

	static class OnFinal {

		@Bulkhead(max = 1)
		public final void run() {
		}

	}

	@Bulkhead(max = 1)
	static class FinalMethodOfLimitedClass {

		public final void run() {
		}

	}

	static final class OnFinalClass {

		@Bulkhead(max = 1)
		public void run() {
		}

	}

	static class OnEquals {

		@Override
		@Bulkhead(max = 1)
		public boolean equals(Object obj) {
			return super.equals(obj);
		}

		@Override
		public int hashCode() {
			return super.hashCode();
		}

	}

	static class Hidden implements Runnable {

		@Bulkhead(max = 1)
		public void hidden() {
		}

		@Override
		public void run() {
		}

	}

	static class ReturnsFuture {

		@Bulkhead(max = 1)
		public Future<String> run() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class ReturnsStream {

		@Bulkhead(max = 1)
		public Stream<String> run() {
			return Stream.empty();
		}

	}

	static class ReturnsIntStream {

		@Bulkhead(max = 1)
		public IntStream run() {
			return IntStream.empty();
		}

	}

	static class OwnFuture extends CompletableFuture<String> {

	}

	static class ReturnsOwnFuture {

		@Bulkhead(max = 1)
		public OwnFuture run() {
			return new OwnFuture();
		}

	}

	static class ReturnsEntityOfMono {

		@Bulkhead(max = 1)
		public ResponseEntity<Mono<String>> run() {
			return ResponseEntity.ok(Mono.just(""));
		}

	}

	static class ReturnsEntityOfFuture {

		@Bulkhead(max = 1)
		public ResponseEntity<CompletableFuture<String>> run() {
			return ResponseEntity.ok(new CompletableFuture<>());
		}

	}

	static class ReturnsConnectable {

		@Bulkhead(max = 1)
		public ConnectableFlux<String> run() {
			return null;
		}

	}

	static class Framework {

		public final List<String> fixed() {
			return List.of();
		}

	}

	@Bulkhead(max = 1)
	static class LimitedHeir extends Framework {

		public void own() {
		}

	}

	static final class FinalWithInterface implements Runnable {

		@Override
		@Bulkhead(max = 1)
		public void run() {
		}

	}

	static class LimitedPostProcessor implements BeanPostProcessor, PriorityOrdered {

		@Override
		public int getOrder() {
			return 0;
		}

		@Bulkhead(max = 1)
		public void run() {
		}

	}

}
