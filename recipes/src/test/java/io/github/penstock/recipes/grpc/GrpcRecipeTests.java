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

package io.github.penstock.recipes.grpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.test.LimiterAssertions;
import io.github.penstock.test.ResetLimiters;
import io.grpc.Context;
import io.grpc.Context.CancellableContext;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.protobuf.SimpleRequest;
import io.grpc.testing.protobuf.SimpleResponse;
import io.grpc.testing.protobuf.SimpleServiceGrpc;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.grpc.test.autoconfigure.LocalGrpcServerPort;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of gRPC services.
 */
@Tag("soak")
@SpringBootTest(webEnvironment = WebEnvironment.NONE,
		properties = { "spring.config.name=grpc", "spring.grpc.server.port=0" })
@ResetLimiters
class GrpcRecipeTests {

	private static final SimpleRequest ANN = SimpleRequest.newBuilder().setRequestMessage("Ann").build();

	private final List<Permit> taken = new ArrayList<>();

	@Autowired
	private LimiterRegistry limiters;

	@Autowired
	private Greetings greetings;

	private ManagedChannel channel;

	private SimpleServiceGrpc.SimpleServiceBlockingStub caller;

	@BeforeEach
	void open(@LocalGrpcServerPort int port) {
		this.channel = ManagedChannelBuilder.forAddress("localhost", port).usePlaintext().build();
		this.caller = SimpleServiceGrpc.newBlockingStub(this.channel).withDeadlineAfter(60, TimeUnit.SECONDS);
	}

	@AfterEach
	void close() {
		this.taken.forEach(Permit::close);
		this.channel.shutdownNow();
		this.greetings.forget();
		for (ConcurrencyLimiter limiter : this.limiters.concurrencyLimiters()) {
			await().untilAsserted(() -> LimiterAssertions.assertThat(limiter).isIdle());
		}
	}

	@Test
	void callThatIsLetInIsAnswered() {
		assertThat(this.caller.unaryRpc(ANN).getResponseMessage()).isEqualTo("Hello Ann");
		LimiterAssertions.assertThat(this.limiters.concurrencyLimiter("greetings")).hasGranted(1);
	}

	@Test
	void callThatIsRefusedSaysWhenToTryAgain() {
		takeAll("greetings");
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> this.caller.unaryRpc(ANN))
			.satisfies(GrpcRecipeTests::isRefusal);
	}

	@Test
	void callWhoseCallerDoesNotWaitIsNotWorkedOn() {
		this.limiters.concurrencyLimiter("greetings").change((spec) -> spec.withTimeout(Duration.ofSeconds(60)));
		takeAll("greetings");
		int said = this.greetings.said();
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.caller.withDeadlineAfter(200, TimeUnit.MILLISECONDS).unaryRpc(ANN))
			.satisfies((ex) -> assertThat(ex.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
		// The thread does not hear of it.
		ConcurrencyLimiter greetings = this.limiters.concurrencyLimiter("greetings");
		await().untilAsserted(() -> LimiterAssertions.assertThat(greetings).hasWaiting(1));
		this.taken.forEach(Permit::close);
		await().untilAsserted(() -> LimiterAssertions.assertThat(greetings).isIdle());
		assertThat(this.greetings.said()).isEqualTo(said);
	}

	@Test
	void streamHoldsItsPermitUntilItEnds() {
		ConcurrencyLimiter streams = this.limiters.concurrencyLimiter("streams");
		Listener listener = new Listener();
		SimpleServiceGrpc.newStub(this.channel).serverStreamingRpc(ANN, listener);
		await().until(() -> this.greetings.subscribed() == 1);
		LimiterAssertions.assertThat(streams).hasInUse(1);
		this.greetings.end();
		await().until(() -> listener.ended);
		await().untilAsserted(() -> LimiterAssertions.assertThat(streams).isIdle());
	}

	@Test
	void streamThatItsCallerLeavesGivesItsPermitBack() {
		ConcurrencyLimiter streams = this.limiters.concurrencyLimiter("streams");
		CancellableContext context = Context.current().withCancellation();
		context.run(() -> SimpleServiceGrpc.newStub(this.channel).serverStreamingRpc(ANN, new Listener()));
		await().untilAsserted(() -> LimiterAssertions.assertThat(streams).hasInUse(1));
		context.cancel(null);
		await().untilAsserted(() -> LimiterAssertions.assertThat(streams).isIdle());
	}

	@Test
	void streamBeyondTheLimitIsRefused() {
		this.limiters.concurrencyLimiter("streams").change((spec) -> spec.withTimeout(Duration.ZERO));
		takeAll("streams");
		assertThatExceptionOfType(StatusRuntimeException.class)
			.isThrownBy(() -> this.caller.serverStreamingRpc(ANN).hasNext())
			.satisfies(GrpcRecipeTests::isRefusal);
	}

	@Test
	void streamDoesNotWaitBeyondItsDeadline() {
		ConcurrencyLimiter streams = this.limiters.concurrencyLimiter("streams");
		streams.change((spec) -> spec.withTimeout(Duration.ofHours(1)));
		takeAll("streams");
		assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(
				() -> this.caller.withDeadlineAfter(200, TimeUnit.MILLISECONDS).serverStreamingRpc(ANN).hasNext());
		await().untilAsserted(() -> LimiterAssertions.assertThat(streams).hasWaiting(0).hasRefused(1));
	}

	private void takeAll(String name) {
		ConcurrencyLimiter limiter = this.limiters.concurrencyLimiter(name);
		for (int i = 0; i < limiter.max(); i++) {
			this.taken.add(Objects.requireNonNull(limiter.tryAcquire()));
		}
	}

	private static void isRefusal(StatusRuntimeException refusal) throws InvalidProtocolBufferException {
		assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
		assertThat(refusal.getStatus().getDescription()).startsWith("Limit '");
		com.google.rpc.Status status = StatusProto.fromThrowable(refusal);
		assertThat(status.getDetailsList()).hasSize(1);
		assertThat(status.getDetails(0).unpack(RetryInfo.class)).isNotNull();
	}

	private static final class Listener implements StreamObserver<SimpleResponse> {

		private volatile boolean ended;

		@Override
		public void onNext(SimpleResponse value) {
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onCompleted() {
			this.ended = true;
		}

	}

}
