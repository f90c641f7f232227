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

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

/**
 * What a redirected request becomes.
 *
 * @param method its method
 * @param uri where it goes
 * @param keepsBody whether it has the body that it had
 * @param keepsSecrets whether it still goes to those whom its credentials are for
 * @param sameOrigin whether it goes to the one who has redirected it
 */
record Redirect(HttpMethod method, URI uri, boolean keepsBody, boolean keepsSecrets, boolean sameOrigin) {

	/** How often a request may be redirected, as browsers have it. */
	static final int MOST = 20;

	private static final List<String> SECRETS = List.of(HttpHeaders.AUTHORIZATION, HttpHeaders.PROXY_AUTHORIZATION,
			HttpHeaders.COOKIE, HttpHeaders.HOST);

	private static final List<String> OF_THE_BODY = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.CONTENT_LENGTH,
			HttpHeaders.CONTENT_ENCODING, HttpHeaders.CONTENT_LANGUAGE, HttpHeaders.CONTENT_LOCATION,
			HttpHeaders.TRANSFER_ENCODING, HttpHeaders.EXPECT);

	/** A request that nobody has redirected yet. */
	static Redirect none(HttpMethod method, URI uri) {
		return new Redirect(method, uri, true, true, true);
	}

	/**
	 * Read a response to this request.
	 * @param status its status
	 * @param location its {@code Location}
	 * @return the request to send next, {@code null} if the response is the answer
	 */
	@Nullable Redirect next(int status, @Nullable String location) {
		boolean redirected = status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
		URI target = (redirected && location != null) ? target(location) : null;
		if (target == null) {
			return null;
		}
		boolean toGet = (status == 303 && this.method != HttpMethod.HEAD)
				|| (status <= 302 && this.method == HttpMethod.POST);
		boolean same = target.getScheme().equalsIgnoreCase(this.uri.getScheme()) && hasAuthorityOf(target);
		return new Redirect((toGet) ? HttpMethod.GET : this.method, target, this.keepsBody && !toGet,
				this.keepsSecrets && same, same);
	}

	private boolean hasAuthorityOf(URI target) {
		Authority authority = Authority.of(target);
		return authority != null && authority.equals(Authority.of(this.uri));
	}

	/** Never from {@code https} to {@code http}, nor to anything else. */
	private @Nullable URI target(String location) {
		try {
			URI target = Reference.parse(location).against(this.uri);
			String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
			boolean allowed = scheme.equals("https")
					|| (scheme.equals("http") && !"https".equalsIgnoreCase(this.uri.getScheme()));
			return (allowed && target.getRawAuthority() != null) ? target : null;
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	/** Remove what must not be sent any more. */
	void clean(HttpHeaders headers) {
		if (!this.keepsBody) {
			OF_THE_BODY.forEach(headers::remove);
		}
		if (!this.keepsSecrets) {
			SECRETS.forEach(headers::remove);
		}
	}

}
