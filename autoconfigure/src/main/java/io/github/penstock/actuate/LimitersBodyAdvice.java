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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Looks at the body of a request to change a limiter, in Spring MVC, while it is still
 * what was sent. It replaces one that is wrong by an empty one and leaves word, so that
 * the endpoint answers.
 */
@ControllerAdvice
public final class LimitersBodyAdvice extends RequestBodyAdviceAdapter {

	private static final String ENDPOINTS = "org.springframework.boot.";

	@Override
	public boolean supports(MethodParameter parameter, Type type,
			Class<? extends HttpMessageConverter<?>> converterType) {
		if (!parameter.getDeclaringClass().getName().startsWith(ENDPOINTS)) {
			return false;
		}
		Map<?, ?> path = ServletCall.path();
		return path != null && path.keySet().containsAll(ChangeBody.PATH) && ServletCall.isPost();
	}

	@Override
	public HttpInputMessage beforeBodyRead(HttpInputMessage message, MethodParameter parameter, Type type,
			Class<? extends HttpMessageConverter<?>> converterType) throws IOException {
		byte[] body = message.getBody().readNBytes(ChangeBody.LONGEST + 1);
		String problem = ChangeCharset.problem(message.getHeaders().getContentType());
		if (problem == null) {
			problem = ChangeBody.problem(body);
		}
		if (problem == null) {
			return new Body(message.getHeaders(), body);
		}
		ServletCall.problem(problem);
		HttpHeaders headers = new HttpHeaders();
		headers.setContentType(MediaType.APPLICATION_JSON);
		return new Body(headers, "{}".getBytes(StandardCharsets.UTF_8));
	}

	/** A body that is read already. */
	private record Body(HttpHeaders headers, byte[] bytes) implements HttpInputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public InputStream getBody() {
			return new ByteArrayInputStream(this.bytes);
		}

	}

}
