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

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A response whose permit goes back when its body is over.
 */
final class HeldResponse implements ClientHttpResponse {

	private final ClientHttpResponse response;

	private final BodyHold hold;

	private @Nullable InputStream body;

	HeldResponse(ClientHttpResponse response, BodyHold hold) {
		this.response = response;
		this.hold = hold;
	}

	@Override
	public HttpStatusCode getStatusCode() throws IOException {
		return this.response.getStatusCode();
	}

	@Override
	public String getStatusText() throws IOException {
		return this.response.getStatusText();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.response.getHeaders();
	}

	@Override
	public InputStream getBody() throws IOException {
		InputStream body = this.body;
		if (body == null) {
			body = new HeldBody(this.response.getBody(), this.hold);
			this.body = body;
		}
		return body;
	}

	@Override
	public void close() {
		try {
			this.response.close();
		}
		finally {
			this.hold.close();
		}
	}

	/** Tells what becomes of the body. */
	private static final class HeldBody extends FilterInputStream {

		private final BodyHold hold;

		private HeldBody(InputStream body, BodyHold hold) {
			super(body);
			this.hold = hold;
		}

		@Override
		public int read() throws IOException {
			try {
				return note(super.read());
			}
			catch (Throwable ex) {
				this.hold.close();
				throw ex;
			}
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			try {
				return note(super.read(bytes, offset, length));
			}
			catch (Throwable ex) {
				this.hold.close();
				throw ex;
			}
		}

		@Override
		public long skip(long bytes) throws IOException {
			this.hold.progress();
			try {
				return super.skip(bytes);
			}
			catch (Throwable ex) {
				this.hold.close();
				throw ex;
			}
		}

		private int note(int read) {
			if (read < 0) {
				this.hold.close();
			}
			else {
				this.hold.progress();
			}
			return read;
		}

		@Override
		public void close() throws IOException {
			try {
				super.close();
			}
			finally {
				this.hold.close();
			}
		}

	}

}
