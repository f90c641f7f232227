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

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.penstock.CallLimits;
import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.cors.CorsUtils;

/**
 * Limits the requests of a servlet application, once when they arrive and once when it is
 * known who sends them. A request that has to wait blocks its thread. What it holds is
 * back when its response is done, also if that is done by another thread or not at all.
 */
public final class ServletRequestLimitFilter implements Filter {

	private static final String ARRIVED = ServletRequestLimitFilter.class.getName() + ".ARRIVED";

	private static final String FAILED = ServletRequestLimitFilter.class.getName() + ".FAILED";

	private final RequestLimits limits;

	private final RequestLimits.Phase phase;

	private final Supplier<@Nullable String> principal;

	private final Refusals refusals;

	/**
	 * Create the filter.
	 * @param limits the rules
	 * @param phase which of them are asked here
	 * @param principal the name of the current thread's caller, where the request does
	 * not know
	 * @param refusals answers requests that are refused
	 */
	public ServletRequestLimitFilter(RequestLimits limits, RequestLimits.Phase phase,
			Supplier<@Nullable String> principal, Refusals refusals) {
		this.limits = limits;
		this.phase = phase;
		this.principal = principal;
		this.refusals = refusals;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse) {
			filter(httpRequest, httpResponse, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	private void filter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		IncomingServletRequest incoming = new IncomingServletRequest(request, response, this.principal);
		if (this.phase == RequestLimits.Phase.ARRIVED && this.limits.isAskedAgain(incoming)) {
			Failed failed = new Failed();
			request.setAttribute(FAILED, failed);
			try {
				filter(incoming, true, chain);
				failed.end(false);
			}
			finally {
				failed.end(true);
			}
		}
		else {
			filter(incoming, false, chain);
		}
	}

	private void filter(IncomingServletRequest incoming, boolean undoable, FilterChain chain)
			throws IOException, ServletException {
		HttpServletRequest request = incoming.request();
		Matches matches = this.limits.match(incoming, this.phase);
		if (matches.isEmpty() || CorsUtils.isPreFlightRequest(request)) {
			chain.doFilter(request, incoming.response());
			return;
		}
		if (undoable) {
			request.setAttribute(ARRIVED, incoming);
		}
		RequestRule only = undoable ? null : matches.only();
		CallLimits<IncomingRequest> direct = (only != null) ? only.direct() : null;
		try {
			if (only != null && direct != null) {
				filter(incoming, only, direct, chain);
			}
			else {
				filter(incoming, matches.all(), undoable, chain);
			}
		}
		catch (Refused ex) {
			refuse(incoming, matches.all(), ex.refusal);
		}
	}

	private void refuse(IncomingServletRequest incoming, List<RequestRule> rules, LimitExceededException refusal)
			throws IOException {
		if (incoming.request().getAttribute(ARRIVED) instanceof IncomingRequest before) {
			before.refuseLater();
		}
		HttpServletResponse response = incoming.response();
		RateLimitFields.write(rules, incoming, refusal, response::addHeader);
		this.refusals.answer(refusal, incoming.request(), response);
	}

	/** By one rule, which nothing has to be kept of but the thread's entry. */
	private void filter(IncomingServletRequest incoming, RequestRule rule, CallLimits<IncomingRequest> limits,
			FilterChain chain) throws IOException, ServletException {
		Object entry;
		try {
			entry = limits.enter(incoming);
		}
		catch (LimitExceededException ex) {
			throw new Refused(ex);
		}
		try {
			if (rule.hasHeaders()) {
				RateLimitFields.write(List.of(rule), incoming, null, incoming.response()::addHeader);
			}
			chain.doFilter(incoming.request(), incoming.response());
		}
		finally {
			try {
				if (rule.hasPermits() && incoming.request().isAsyncStarted()) {
					holdOn(incoming.request(), rule.limits(incoming, false).share(), null);
				}
			}
			finally {
				limits.exit(entry);
			}
		}
	}

	private void filter(IncomingServletRequest incoming, List<RequestRule> rules, boolean undoable, FilterChain chain)
			throws IOException, ServletException {
		RequestPass pass = new RequestPass(rules, incoming, undoable);
		Permit permit = await(pass, incoming);
		boolean goesOn = false;
		RequestPass left = pass;
		try {
			List<RequestRule> told = rules.stream().filter(RequestRule::hasHeaders).toList();
			RateLimitFields.write(told, incoming, null, incoming.response()::addHeader);
			Permit.Scope scope = permit.makeCurrent();
			try {
				chain.doFilter(incoming.request(), incoming.response());
			}
			catch (Throwable ex) {
				if (incoming.request().getAttribute(FAILED) instanceof Failed failed
						&& this.phase == RequestLimits.Phase.AUTHENTICATED) {
					failed.add(pass, incoming);
					left = null;
				}
				else {
					incoming.fail();
				}
				throw ex;
			}
			finally {
				scope.close();
			}
			goesOn = incoming.request().isAsyncStarted() && holdOn(incoming.request(), permit, pass);
		}
		finally {
			if (!goesOn) {
				end(permit, left);
			}
		}
	}

	private static Permit await(RequestPass pass, IncomingRequest incoming) throws IOException {
		CompletableFuture<Permit> admitted = pass.admit();
		try {
			while (true) {
				try {
					return admitted.get(1, TimeUnit.MINUTES);
				}
				catch (TimeoutException ex) {
					// Not an endless park: it ends by the timeouts of the limiters.
				}
			}
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof LimitExceededException refusal) {
				throw new Refused(refusal);
			}
			throw new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			if (!admitted.cancel(false) && !admitted.isCompletedExceptionally()) {
				incoming.refuseLater();
				end(admitted.join(), pass);
			}
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("The request was interrupted while it waited for its limits");
		}
	}

	private static void end(Permit permit, @Nullable RequestPass pass) {
		try {
			if (pass != null) {
				pass.end();
			}
		}
		finally {
			permit.close();
		}
	}

	/** Keep the permit until the response is done, which others do. */
	private static boolean holdOn(HttpServletRequest request, Permit permit, @Nullable RequestPass pass) {
		boolean holds = false;
		try {
			request.getAsyncContext().addListener(new ResponseDone(permit, pass));
			holds = true;
		}
		catch (IllegalStateException ex) {
			// It is done already.
		}
		finally {
			if (!holds && pass == null) {
				permit.close();
			}
		}
		return holds;
	}

	/**
	 * Answers requests that are refused.
	 */
	@FunctionalInterface
	public interface Refusals {

		/**
		 * Write the response.
		 * @param refusal why the request is refused
		 * @param request the request
		 * @param response the response, which may have headers already
		 * @throws IOException if it cannot be written
		 */
		void answer(LimitExceededException refusal, HttpServletRequest request, HttpServletResponse response)
				throws IOException;

	}

	/** A refusal of ours, which is not one that comes out of a handler. */
	private static final class Refused extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final LimitExceededException refusal;

		Refused(LimitExceededException refusal) {
			super(refusal.getMessage(), refusal, false, false);
			this.refusal = refusal;
		}

	}

	/**
	 * What an exception has left that Spring Security may make a response of, which is
	 * between the two filters.
	 */
	private static final class Failed {

		private @Nullable RequestPass pass;

		private @Nullable IncomingServletRequest incoming;

		void add(RequestPass pass, IncomingServletRequest incoming) {
			this.pass = pass;
			this.incoming = incoming;
		}

		void end(boolean unanswered) {
			RequestPass pass = this.pass;
			if (pass != null && this.incoming != null) {
				this.pass = null;
				if (unanswered) {
					this.incoming.fail();
				}
				pass.end();
			}
		}

	}

	/**
	 * Hears when the response is done: a server says so once, whatever has ended it.
	 *
	 * @param permit what is given back then
	 * @param pass what is settled then, {@code null} for nothing
	 */
	private record ResponseDone(Permit permit, @Nullable RequestPass pass) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			end(this.permit, this.pass);
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onError(AsyncEvent event) {
		}

		/** Listeners are forgotten when a request becomes asynchronous again. */
		@Override
		public void onStartAsync(AsyncEvent event) {
			event.getAsyncContext().addListener(this);
		}

	}

}
