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

package io.github.penstock.actuate;

import java.util.function.Supplier;

import io.github.penstock.InvalidLimitException;
import io.github.penstock.LimiterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

/**
 * Answers of the {@link LimitersEndpoint} over HTTP: 400 with the reason for what cannot
 * be done, 404 for a limiter that is not there, 409 for a lost update.
 */
@EndpointWebExtension(endpoint = LimitersEndpoint.class)
public final class LimitersEndpointWebExtension {

	private static final int CONFLICT = 409;

	private static final String HISTORY = "history";

	private final LimitersEndpoint endpoint;

	private final Supplier<@Nullable LimiterHistory> history;

	/**
	 * Create the extension.
	 * @param endpoint does the work
	 * @param history gives what was before, {@code null} where nobody keeps it
	 */
	public LimitersEndpointWebExtension(LimitersEndpoint endpoint, Supplier<@Nullable LimiterHistory> history) {
		this.endpoint = endpoint;
		this.history = history;
	}

	/**
	 * Return what the limiters did in the last ten minutes.
	 * @param part {@code history}
	 * @param since the number of the last interval that is known already
	 * @return the history, or 404
	 */
	@ReadOperation
	public WebEndpointResponse<Object> history(@Selector String part, @Nullable Long since) {
		LimiterHistory history = HISTORY.equals(part) ? this.history.get() : null;
		if (history != null) {
			return new WebEndpointResponse<>(history.since(since));
		}
		return problem(WebEndpointResponse.STATUS_NOT_FOUND, HISTORY.equals(part)
				? "No history is kept: expose the endpoint 'penstock' beside 'limiters' for that."
				: "There is no such thing: a limiter is at {kind}/{name}, the last ten minutes of all are at 'history'.");
	}

	/**
	 * Return one limiter.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @param unknown what is in the request and may not be
	 * @return the limiter, or 400 or 404
	 */
	@ReadOperation
	public WebEndpointResponse<Object> limiter(@Selector String limiterKind, @Selector String limiterName,
			@Nullable String unknown) {
		if (unknown != null) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, unknown);
		}
		return answer(limiterKind, limiterName, () -> this.endpoint.limiter(limiterKind, limiterName));
	}

	/**
	 * Change values of one limiter, all that are given or none.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @param max the permits of a bulkhead
	 * @param rps the rate of a rate limit in tokens per second
	 * @param limit the tokens in each period
	 * @param per the period
	 * @param burst the capacity of the bucket, or {@code default}
	 * @param timeout how long a call may wait
	 * @param maxWaiting how many calls may stand in line, or {@code unbounded}
	 * @param sliding whether the window of a rate limit is sliding, {@code true} or
	 * {@code false}
	 * @param enforce the share of the calls for which the limit holds, such as
	 * {@code 25%}
	 * @param maxKeys how many keys may be known
	 * @param duration how long the change holds; {@code for} in the request
	 * @param version the version that the values must have
	 * @param unknown what is in the request and has no meaning
	 * @param security who asks for it
	 * @return the limiter as it is now, or 400, 404 or 409
	 */
	@WriteOperation
	public WebEndpointResponse<Object> change(@Selector String limiterKind, @Selector String limiterName,
			@Nullable String max, @Nullable String rps, @Nullable String limit, @Nullable String per,
			@Nullable String burst, @Nullable String timeout, @Nullable String maxWaiting, @Nullable String sliding,
			@Nullable String enforce, @Nullable String maxKeys, @Nullable String duration, @Nullable String version,
			@Nullable String unknown, SecurityContext security) {
		if (unknown != null) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, unknown);
		}
		return answer(limiterKind, limiterName, () -> this.endpoint.change(limiterKind, limiterName, max, rps, limit,
				per, burst, timeout, maxWaiting, sliding, enforce, maxKeys, duration, version, security));
	}

	/**
	 * Give one limiter its configured values back.
	 * @param limiterKind {@code bulkhead} or {@code rate-limit}
	 * @param limiterName its name
	 * @param unknown what is in the request and may not be
	 * @param security who asks for it
	 * @return the limiter as it is now, or 400 or 404
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> reset(@Selector String limiterKind, @Selector String limiterName,
			@Nullable String unknown, SecurityContext security) {
		if (unknown != null) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, unknown);
		}
		return answer(limiterKind, limiterName, () -> this.endpoint.reset(limiterKind, limiterName, security));
	}

	private WebEndpointResponse<Object> answer(String kind, String name,
			Supplier<@Nullable LimiterDescriptor> operation) {
		try {
			LimiterDescriptor limiter = operation.get();
			if (limiter != null) {
				return new WebEndpointResponse<>(limiter);
			}
			String shown = LimiterRegistry.isValidName(name) ? "'" + name + "'" : "of that name";
			return problem(WebEndpointResponse.STATUS_NOT_FOUND,
					"There is no such limiter " + shown + ": " + this.endpoint.known(kind) + ".");
		}
		catch (InvalidChangeException | InvalidLimitException ex) {
			return problem(WebEndpointResponse.STATUS_BAD_REQUEST, ex.getMessage());
		}
		catch (LostUpdateException ex) {
			return problem(CONFLICT, ex.getMessage());
		}
	}

	private static WebEndpointResponse<Object> problem(int status, @Nullable String detail) {
		return new WebEndpointResponse<>(new ProblemDescriptor(status, detail), status);
	}

}
