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

package io.github.penstock.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;

/**
 * A body whose permit goes back when it is over: before its end is told, after it was
 * cancelled, and when anything is thrown.
 */
final class HeldFlux extends Flux<DataBuffer> {

	private final Flux<DataBuffer> body;

	private final BodyHold hold;

	/** Whether somebody reads it: only one can, and others do not end his reading. */
	private final AtomicBoolean read = new AtomicBoolean();

	HeldFlux(Flux<DataBuffer> body, BodyHold hold) {
		this.body = body;
		this.hold = hold;
	}

	@Override
	public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
		if (!this.read.compareAndSet(false, true)) {
			this.body.subscribe(actual);
			return;
		}
		boolean subscribed = false;
		try {
			this.body.subscribe(new Reader(actual, this.hold));
			subscribed = true;
		}
		finally {
			if (!subscribed) {
				this.hold.close();
			}
		}
	}

	/** Reads a body. */
	private static final class Reader implements CoreSubscriber<DataBuffer>, Subscription {

		private final CoreSubscriber<? super DataBuffer> actual;

		private final BodyHold hold;

		private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();

		private Reader(CoreSubscriber<? super DataBuffer> actual, BodyHold hold) {
			this.actual = actual;
			this.hold = hold;
		}

		@Override
		public Context currentContext() {
			return this.actual.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.upstream.get(), subscription)) {
				this.upstream.set(subscription);
				this.actual.onSubscribe(this);
			}
		}

		@Override
		public void onNext(DataBuffer buffer) {
			this.hold.progress();
			boolean taken = false;
			try {
				this.actual.onNext(buffer);
				taken = true;
			}
			finally {
				if (!taken) {
					// Rule 2.13: who throws has cancelled.
					cancel();
				}
			}
		}

		@Override
		public void onError(Throwable failure) {
			this.hold.close();
			this.actual.onError(failure);
		}

		@Override
		public void onComplete() {
			this.hold.close();
			this.actual.onComplete();
		}

		@Override
		public void request(long n) {
			Subscription subscription = this.upstream.get();
			if (subscription != null) {
				subscription.request(n);
			}
		}

		@Override
		public void cancel() {
			try {
				Subscription subscription = this.upstream.get();
				if (subscription != null) {
					subscription.cancel();
				}
			}
			finally {
				this.hold.close();
			}
		}

	}

}
