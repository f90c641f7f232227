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

package io.github.penstock.requests;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Limits;
import io.github.penstock.Permit;
import io.github.penstock.reactive.LimitedSubscription;
import io.github.penstock.reactive.LimitedWork;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.Ordered;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.util.ClassUtils;
import org.springframework.web.cors.reactive.CorsUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Limits the requests of a reactive application, once when they arrive and once when it
 * is known who sends them. A request that has to wait needs no thread, and leaves the
 * line when its client goes away. What it holds is back when its response is done, or is
 * not wanted any more.
 */
public final class RequestLimitWebFilter implements WebFilter, Ordered {

	private static final boolean SECURITY_PRESENT = ClassUtils.isPresent(
			"org.springframework.security.authentication.AnonymousAuthenticationToken",
			RequestLimitWebFilter.class.getClassLoader());

	private static final String ARRIVED = RequestLimitWebFilter.class.getName() + ".ARRIVED";

	/** How long an error may take to become a response. */
	private static final Duration ERROR_GRACE = Duration.ofSeconds(10);

	private final RequestLimits limits;

	private final RequestLimits.Phase phase;

	private final Refusals refusals;

	private final int order;

	/**
	 * Create the filter.
	 * @param limits the rules
	 * @param phase which of them are asked here
	 * @param refusals answers requests that are refused
	 * @param order its place among the filters
	 */
	public RequestLimitWebFilter(RequestLimits limits, RequestLimits.Phase phase, Refusals refusals, int order) {
		this.limits = limits;
		this.phase = phase;
		this.refusals = refusals;
		this.order = order;
	}

	@Override
	public int getOrder() {
		return this.order;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		IncomingExchange incoming = new IncomingExchange(exchange, null);
		Matches matches = this.limits.match(incoming, this.phase);
		if (matches.isEmpty() || CorsUtils.isPreFlightRequest(exchange.getRequest())) {
			return chain.filter(exchange);
		}
		List<RequestRule> rules = matches.all();
		// Anew for each subscription: who is before this filter may try again.
		if (this.phase == RequestLimits.Phase.ARRIVED) {
			boolean undoable = this.limits.isAskedAgain(incoming);
			return Mono.defer(() -> limited(exchange, chain, rules, null, undoable));
		}
		return exchange.getPrincipal()
			.filter((principal) -> !SECURITY_PRESENT || !Anonymous.is(principal))
			.mapNotNull(Principal::getName)
			.defaultIfEmpty("")
			.flatMap((name) -> limited(exchange, chain, rules, name, false));
	}

	private Mono<Void> limited(ServerWebExchange exchange, WebFilterChain chain, List<RequestRule> rules,
			@Nullable String principal, boolean undoable) {
		IncomingExchange incoming = new IncomingExchange(exchange, principal);
		if (undoable) {
			exchange.getAttributes().put(ARRIVED, incoming);
		}
		return Mono.fromDirect(new Work(this, exchange, chain, rules, incoming, undoable));
	}

	/**
	 * Answers requests that are refused.
	 */
	@FunctionalInterface
	public interface Refusals {

		/**
		 * Write the response.
		 * @param refusal why the request is refused
		 * @param exchange the request and its response, which may have headers already
		 * @return done when it is written
		 */
		Mono<Void> answer(LimitExceededException refusal, ServerWebExchange exchange);

	}

	/** Nobody, whom Spring Security gives a name. Loaded only where that is there. */
	private static final class Anonymous {

		static boolean is(Principal principal) {
			return principal instanceof AnonymousAuthenticationToken;
		}

	}

	/** The handling of a request. */
	private static final class Work implements LimitedWork<Void>, Publisher<Void> {

		private final RequestLimitWebFilter filter;

		private final ServerWebExchange exchange;

		private final WebFilterChain chain;

		private final List<RequestRule> rules;

		private final IncomingExchange incoming;

		private final RequestPass pass;

		private volatile @Nullable CompletableFuture<Permit> admitted;

		private Work(RequestLimitWebFilter filter, ServerWebExchange exchange, WebFilterChain chain,
				List<RequestRule> rules, IncomingExchange incoming, boolean undoable) {
			this.filter = filter;
			this.exchange = exchange;
			this.chain = chain;
			this.rules = rules;
			this.incoming = incoming;
			this.pass = new RequestPass(rules, incoming, undoable);
		}

		@Override
		public void subscribe(Subscriber<? super Void> actual) {
			LimitedSubscription.subscribe(this, actual);
		}

		@Override
		public boolean isSingle() {
			return true;
		}

		@Override
		public Limits limits(@Nullable String principal, boolean known) {
			return Limits.NONE;
		}

		@Override
		public CompletableFuture<Permit> acquire(Limits limits) {
			CompletableFuture<Permit> admitted = this.pass.admit();
			this.admitted = admitted;
			return admitted;
		}

		@Override
		public Publisher<Void> source() {
			try {
				return handling();
			}
			catch (Throwable ex) {
				ended(SignalType.ON_ERROR);
				throw ex;
			}
		}

		private Mono<Void> handling() {
			RateLimitFields.write(this.rules.stream().filter(RequestRule::hasHeaders).toList(), this.incoming, null,
					this.exchange.getResponse().getHeaders()::add);
			if (isHandshake()) {
				this.exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(this::release));
			}
			if (!this.pass.isDecidedLater()) {
				return this.chain.filter(this.exchange);
			}
			// Errors become responses behind this filter: the status is known when it is
			// sent.
			this.exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(this.pass::end));
			return this.chain.filter(this.exchange).doFinally(this::ended);
		}

		@Override
		public void abandoned() {
			this.incoming.refuseLater();
			this.pass.end();
		}

		/** Of a WebSocket, whose session is no request any more. */
		private boolean isHandshake() {
			return "websocket".equalsIgnoreCase(this.exchange.getRequest().getHeaders().getUpgrade());
		}

		private void release() {
			CompletableFuture<Permit> admitted = this.admitted;
			if (admitted != null && admitted.isDone() && !admitted.isCompletedExceptionally()) {
				admitted.join().close();
			}
		}

		private void ended(SignalType signal) {
			if (signal == SignalType.ON_ERROR) {
				Schedulers.parallel().schedule(this.pass::end, ERROR_GRACE.toMillis(), TimeUnit.MILLISECONDS);
				return;
			}
			if (signal == SignalType.ON_COMPLETE) {
				this.incoming.complete();
			}
			this.pass.end();
		}

		@Override
		public Publisher<Void> refused(LimitExceededException refusal) {
			if (this.exchange.getAttribute(ARRIVED) instanceof IncomingRequest before) {
				before.refuseLater();
			}
			RateLimitFields.write(this.rules, this.incoming, refusal, this.exchange.getResponse().getHeaders()::add);
			return this.filter.refusals.answer(refusal, this.exchange);
		}

	}

}
