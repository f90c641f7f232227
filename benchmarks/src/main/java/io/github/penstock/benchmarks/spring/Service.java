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
