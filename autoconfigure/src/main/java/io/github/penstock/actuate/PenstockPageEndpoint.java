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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * A page that shows the endpoint {@code limiters} to people, and lets them write where
 * that endpoint may write. It loads nothing but that endpoint's answers.
 */
@WebEndpoint(id = "penstock", defaultAccess = Access.READ_ONLY)
public final class PenstockPageEndpoint {

	private static final EndpointId LIMITERS = EndpointId.of("limiters");

	private final SecureRandom random = new SecureRandom();

	private final EndpointAccessResolver access;

	private final String template;

	private final Map<String, String> headers;

	/**
	 * Create the endpoint.
	 * @param access tells whether the endpoint {@code limiters} may write
	 * @param limitersPath where the endpoint {@code limiters} is, as seen from this one
	 */
	public PenstockPageEndpoint(EndpointAccessResolver access, String limitersPath) {
		this.access = access;
		String style = read("page.css");
		String script = read("page.js");
		this.headers = EndpointHeaders.with("default-src 'none'; connect-src 'self'; img-src data:; style-src "
				+ hash("\n" + style + "\n") + "; script-src " + hash("\n" + script + "\n")
				+ "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
		this.template = read("page.html").replace("{{style}}", style)
			.replace("{{script}}", script)
			.replace("{{limiters}}", limitersPath);
	}

	private static String read(String name) {
		try (InputStream file = PenstockPageEndpoint.class.getResourceAsStream(name)) {
			if (file == null) {
				throw new IllegalStateException("There is no '" + name + "' beside " + PenstockPageEndpoint.class);
			}
			return new String(file.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What the header allows to be in the page: it is the same in each. */
	private static String hash(String element) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(element.getBytes(StandardCharsets.UTF_8));
			return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Return the page.
	 * @return the page as HTML, with its style and its script
	 */
	@ReadOperation(produces = "text/html;charset=UTF-8")
	public String page() {
		ServletCall.setHeaders(this.headers);
		boolean writable = this.access.accessFor(LIMITERS, Access.READ_ONLY) == Access.UNRESTRICTED;
		byte[] nonce = new byte[16];
		this.random.nextBytes(nonce);
		return this.template.replace("{{writable}}", String.valueOf(writable))
			.replace("{{nonce}}", Base64.getEncoder().encodeToString(nonce));
	}

}
