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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.grpc.stub.StreamObserver;
import io.grpc.testing.protobuf.SimpleRequest;
import io.grpc.testing.protobuf.SimpleResponse;

import org.springframework.stereotype.Component;

/**
 * Greetings, and who hears of them.
 */
@Component
class Greetings {

	private final AtomicInteger said = new AtomicInteger();

	private final List<StreamObserver<SimpleResponse>> listeners = new CopyOnWriteArrayList<>();

	SimpleResponse greet(SimpleRequest request) {
		this.said.incrementAndGet();
		return SimpleResponse.newBuilder().setResponseMessage("Hello " + request.getRequestMessage()).build();
	}

	int said() {
		return this.said.get();
	}

	void subscribe(StreamObserver<SimpleResponse> listener) {
		this.listeners.add(listener);
	}

	int subscribed() {
		return this.listeners.size();
	}

	void end() {
		this.listeners.forEach(StreamObserver::onCompleted);
		this.listeners.clear();
	}

	void forget() {
		this.listeners.clear();
	}

}
