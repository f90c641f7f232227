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

package io.github.penstock.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.github.penstock.LimitExceededException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ResponseStatus;

/**
 * The HTTP response to a call that a limiter refused: 429 for a rate limit, 503 for a
 * bulkhead, with {@code Retry-After} (unless no other try is worth it) and a Problem
 * Details body. An {@code @ExceptionHandler} may return one, in Spring MVC and in
 * WebFlux, after changing its {@linkplain #getBody() body}.
 */
public final class Refusal implements ErrorResponse {

	/** Where the draft has its problem types registered. */
	private static final String PROBLEM_TYPES = "https://iana.org/assignments/http-problem-types#";

	private static final String VIOLATED_POLICIES = "violated-policies";

	private final HttpStatus status;

	private final RefusalTerms terms;

	private final HttpHeaders headers = new HttpHeaders();

	private final ProblemDetail body;

	private final boolean ofRequest;

	private Refusal(LimitExceededException exception, boolean ofRequest) {
		this.ofRequest = ofRequest;
		this.terms = RefusalTerms.of(exception);
		this.status = (this.terms.tooMany()) ? HttpStatus.TOO_MANY_REQUESTS : HttpStatus.SERVICE_UNAVAILABLE;
		if (this.terms.hasRetryAfter()) {
			this.headers.set(HttpHeaders.RETRY_AFTER, Long.toString(this.terms.retryAfterSeconds()));
		}
		this.headers.setCacheControl(CacheControl.noStore());
		this.body = ProblemDetail.forStatusAndDetail(this.status, this.terms.detail());
		if (ofRequest) {
			this.body.setType(URI.create(problemType()));
			this.body.setProperty(VIOLATED_POLICIES, List.of(this.terms.limiter()));
		}
		this.terms.properties().forEach(this.body::setProperty);
	}

	/**
	 * Create the response to a refusal.
	 * @param exception what the limiter threw
	 * @return a new response
	 */
	public static Refusal of(LimitExceededException exception) {
		return new Refusal(exception, false);
	}

	/**
	 * Create the response to a request that was refused before any handler, whose
	 * response tells its limits as policies: with the problem types and the member
	 * {@code violated-policies} of draft-ietf-httpapi-ratelimit-headers-11.
	 * @param exception what the limiter threw
	 * @return a new response
	 */
	public static Refusal ofRequest(LimitExceededException exception) {
		return new Refusal(exception, true);
	}

	/**
	 * Create the response to a failure that is a refusal or was caused by one. Whoever
	 * wrapped a refusal in an exception that names a status of its own has answered it
	 * already.
	 * @param failure what a handler ended with
	 * @return a new response, or {@code null} if the failure is no refusal
	 */
	static @Nullable Refusal find(Throwable failure) {
		Throwable candidate = failure;
		for (int i = 0; i < RefusalTerms.MAX_CAUSES && candidate != null; i++) {
			if (candidate instanceof LimitExceededException exception) {
				return of(exception);
			}
			if (candidate instanceof ErrorResponse
					|| AnnotatedElementUtils.hasAnnotation(candidate.getClass(), ResponseStatus.class)) {
				return null;
			}
			candidate = candidate.getCause();
		}
		return null;
	}

	private String problemType() {
		if (!this.ofRequest) {
			return "about:blank";
		}
		return PROBLEM_TYPES + (this.terms.tooMany() ? "quota-exceeded" : "temporary-reduced-capacity");
	}

	@Override
	public HttpStatus getStatusCode() {
		return this.status;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public ProblemDetail getBody() {
		return this.body;
	}

	/**
	 * The body as {@code application/problem+json}, all ASCII. Written by hand: it has to
	 * work without a JSON library, and to be cheap where calls are refused by the
	 * thousand.
	 * @param path the path of the request, percent-encoded
	 * @return the bytes of the body
	 */
	byte[] toJson(String path) {
		StringBuilder json = new StringBuilder(256);
		json.append("{\"type\":\"").append(problemType());
		json.append("\",\"title\":\"").append(this.status.getReasonPhrase());
		json.append("\",\"status\":").append(this.status.value());
		json.append(",\"detail\":\"").append(this.body.getDetail()).append("\",\"instance\":\"");
		appendEscaped(json, path);
		json.append("\",\"limiter\":\"");
		appendEscaped(json, this.terms.limiter());
		json.append('"');
		if (this.terms.hasRetryAfter()) {
			json.append(",\"retryAfter\":").append(this.terms.retryAfterSeconds());
		}
		if (this.terms.key() != null) {
			json.append(",\"key\":\"");
			appendEscaped(json, this.terms.key());
			json.append('"');
		}
		if (this.terms.cost() != 1) {
			json.append(",\"cost\":").append(this.terms.cost());
		}
		if (this.ofRequest) {
			json.append(",\"").append(VIOLATED_POLICIES).append("\":[\"");
			appendEscaped(json, this.terms.limiter());
			json.append("\"]");
		}
		json.append('}');
		return json.toString().getBytes(StandardCharsets.US_ASCII);
	}

	private static void appendEscaped(StringBuilder json, String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&') {
				json.append(String.format("\\u%04x", (int) c));
			}
			else {
				json.append(c);
			}
		}
	}

}
