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

package io.github.penstock.benchmarks.spring;

import java.util.concurrent.CompletableFuture;

import reactor.core.publisher.Mono;

/**
 * A bean that does nothing. Its heirs limit what they override.
 */
public abstract class Service {

	/**
	 * Return at once.
	 * @param argument what to return
	 * @return the argument
	 */
	public String call(String argument) {
		return argument;
	}

	/**
	 * Return a stage that is complete.
	 * @param argument what to complete it with
	 * @return the stage
	 */
	public CompletableFuture<String> stage(String argument) {
		return CompletableFuture.completedFuture(argument);
	}

	/**
	 * Return a publisher that emits at once.
	 * @param argument what to emit
	 * @return the publisher
	 */
	public Mono<String> mono(String argument) {
		return Mono.just(argument);
	}

}
