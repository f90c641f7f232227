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

package io.github.penstock.proof;

import io.github.penstock.Permit;

/** A permit of a limiter that is wrong on purpose. */
final class CanaryPermit implements Permit {

	private final Runnable release;

	private boolean closed;

	CanaryPermit(Runnable release) {
		this.release = release;
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.release.run();
		}
	}

	@Override
	public Scope makeCurrent() {
		throw new UnsupportedOperationException();
	}

}
