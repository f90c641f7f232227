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

package io.github.penstock.reactive;

import java.util.concurrent.CompletableFuture;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/**
 * Work that begins with a subscription, and waits until its limits let it.
 *
 * @param <T> the type of the elements
 */
public interface LimitedWork<T> {

	/**
	 * Return what to subscribe to when the limits let it.
	 * @return the work
	 */
	Publisher<T> source();

	/**
	 * Return whether the work emits one element at most, with which it is done.
	 * @return whether it does
	 */
	boolean isSingle();

	/**
	 * Return whether it takes the subscriber's name to know by what the work is limited.
	 * @return whether it does
	 */
	default boolean needsPrincipal() {
		return false;
	}

	/**
	 * Return what one subscription is limited by.
	 * @param principal the name of the subscriber, {@code null} if nobody is
	 * authenticated
	 * @param known whether it is known who subscribes; if not, it is the current thread's
	 * user
	 * @return the limits
	 */
	Limits limits(@Nullable String principal, boolean known);

	/**
	 * Ask for the permit under which the work goes on until it has ended.
	 * @param limits what {@link #limits} has returned
	 * @return a future; to complete it from outside leaves the line
	 */
	default CompletableFuture<Permit> acquire(Limits limits) {
		return limits.acquireAsync(null);
	}

	/**
	 * The limits have let it in, and nobody wants it any more, so that it does not begin.
	 */
	default void abandoned() {
	}

	/**
	 * Return what to subscribe to when the limits refuse.
	 * @param refusal why they do
	 * @return the publisher, {@code null} to pass the refusal on
	 * @throws Throwable to pass that on instead
	 */
	@Nullable Publisher<T> refused(LimitExceededException refusal) throws Throwable;

}
