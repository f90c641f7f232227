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

package io.github.penstock.http.library;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Has the body of a redirect closed at once when it is not read to its end: Apache
 * HttpComponents would read the rest, which may never come.
 */
enum AbortedBodies implements ExecChainHandler {

	INSTANCE;

	@Override
	public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
			throws IOException, HttpException {
		ClassicHttpResponse response = chain.proceed(request, scope);
		HttpEntity entity = response.getEntity();
		if (entity != null && response.getCode() >= 300 && response.getCode() < 400) {
			response.setEntity(new AbortedEntity(entity, scope.execRuntime));
		}
		return response;
	}

	/** The body of a redirect. */
	private static final class AbortedEntity extends HttpEntityWrapper {

		private final ExecRuntime runtime;

		private @Nullable InputStream content;

		private AbortedEntity(HttpEntity entity, ExecRuntime runtime) {
			super(entity);
			this.runtime = runtime;
		}

		@Override
		public InputStream getContent() throws IOException {
			InputStream content = this.content;
			if (content == null) {
				content = new AbortedContent(super.getContent(), getContentLength(), this.runtime);
				this.content = content;
			}
			return content;
		}

	}

	/** What is left of it, -1 if that is not known. */
	private static final class AbortedContent extends FilterInputStream {

		private final ExecRuntime runtime;

		private long left;

		private AbortedContent(InputStream content, long length, ExecRuntime runtime) {
			super(content);
			this.left = length;
			this.runtime = runtime;
		}

		@Override
		public int read() throws IOException {
			int read = super.read();
			note((read < 0) ? read : 1);
			return read;
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			int read = super.read(bytes, offset, length);
			note(read);
			return read;
		}

		private void note(int read) {
			if (read < 0) {
				this.left = 0;
			}
			else if (this.left > 0) {
				this.left -= read;
			}
		}

		@Override
		public void close() throws IOException {
			if (this.left == 0) {
				super.close();
			}
			else {
				this.runtime.discardEndpoint();
			}
		}

	}

}
