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

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.github.penstock.VisibleText;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.MediaType;

/**
 * Writes a {@link Refusal} to a servlet response.
 */
public final class ServletRefusalWriter {

	private static final Log logger = LogFactory.getLog(ServletRefusalWriter.class);

	private ServletRefusalWriter() {
	}

	/**
	 * Write the response to a refusal.
	 * @param failure what the handling of the request ended with
	 * @param request the request
	 * @param response the response, which is left alone if it is committed already
	 * @return whether the failure was a refusal and has its response now
	 */
	static boolean write(Throwable failure, HttpServletRequest request, HttpServletResponse response) {
		if (response.isCommitted()) {
			return false;
		}
		Refusal refusal = Refusal.find(failure);
		if (refusal == null) {
			return false;
		}
		if (logger.isDebugEnabled()) {
			logger.debug("Answering " + refusal.getStatusCode() + " to " + VisibleText.of(failure));
		}
		write(refusal, request, response);
		return true;
	}

	/**
	 * Write a response.
	 * @param refusal what to write
	 * @param request the request
	 * @param response the response, which is not committed
	 */
	public static void write(Refusal refusal, HttpServletRequest request, HttpServletResponse response) {
		byte[] body = refusal.toJson(request.getRequestURI());
		// Not reset(): the headers have what filters put there, such as those of CORS.
		response.resetBuffer();
		response.setStatus(refusal.getStatusCode().value());
		refusal.getHeaders().forEach((name, values) -> response.setHeader(name, values.get(0)));
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(body.length);
		try {
			writeBody(response, body);
		}
		catch (IOException ex) {
			logger.debug("The client went away before its refusal was written", ex);
		}
	}

	private static void writeBody(HttpServletResponse response, byte[] body) throws IOException {
		try {
			response.getOutputStream().write(body);
		}
		catch (IllegalStateException ex) {
			// The handler had asked for the writer before it failed.
			response.getWriter().write(new String(body, StandardCharsets.US_ASCII));
		}
	}

}
