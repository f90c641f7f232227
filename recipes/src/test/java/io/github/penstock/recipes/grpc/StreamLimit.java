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
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.stereotype.Component;

/**
 * Has each streaming call hold a permit until it ends, and none wait for one beyond its
 * deadline.
 */
@Component
@GlobalServerInterceptor
class StreamLimit implements ServerInterceptor {

	private final ConcurrencyLimiter streams;

	StreamLimit(LimiterRegistry limiters) {
		this.streams = limiters.concurrencyLimiter("streams");
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		if (call.getMethodDescriptor().getType().serverSendsOneMessage()) {
			return next.startCall(call, headers);
		}
		Permit permit = acquire();
		try {
			return new HeldPermit<>(next.startCall(call, headers), permit);
		}
		catch (RuntimeException | Error ex) {
			permit.close();
			throw ex;
		}
	}

	private Permit acquire() {
		Duration patience = this.streams.spec().timeout();
		Deadline deadline = Context.current().getDeadline();
		if (deadline != null) {
			Duration left = Duration.ofNanos(Math.max(0, deadline.timeRemaining(TimeUnit.NANOSECONDS)));
			patience = (left.compareTo(patience) < 0) ? left : patience;
		}
		try {
			return this.streams.acquire(patience);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw Status.CANCELLED.withCause(ex).asRuntimeException();
		}
	}

	/** gRPC tells one of the two, and only once. */
	private static final class HeldPermit<Q> extends SimpleForwardingServerCallListener<Q> {

		private final Permit permit;

		HeldPermit(ServerCall.Listener<Q> listener, Permit permit) {
			super(listener);
			this.permit = permit;
		}

		@Override
		public void onComplete() {
			this.permit.close();
			super.onComplete();
		}

		@Override
		public void onCancel() {
			this.permit.close();
			super.onCancel();
		}

	}

}
