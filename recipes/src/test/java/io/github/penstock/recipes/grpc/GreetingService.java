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

import io.github.penstock.annotation.Bulkhead;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import io.grpc.testing.protobuf.SimpleRequest;
import io.grpc.testing.protobuf.SimpleResponse;
import io.grpc.testing.protobuf.SimpleServiceGrpc;

import org.springframework.stereotype.Service;

/**
 * Greets once, or again and again.
 */
@Service
class GreetingService extends SimpleServiceGrpc.SimpleServiceImplBase {

	private final Greetings greetings;

	GreetingService(Greetings greetings) {
		this.greetings = greetings;
	}

	@Override
	@Bulkhead("greetings")
	public void unaryRpc(SimpleRequest request, StreamObserver<SimpleResponse> response) {
		if (Context.current().isCancelled()) {
			return; // the caller went away while the call waited
		}
		response.onNext(this.greetings.greet(request));
		response.onCompleted();
	}

	@Override
	public void serverStreamingRpc(SimpleRequest request, StreamObserver<SimpleResponse> response) {
		this.greetings.subscribe(response); // returns at once, the stream goes on
	}

}
