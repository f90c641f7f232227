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

package io.github.penstock;

/**
 * The permits of two limiters that one call holds.
 *
 * @param first what was taken first, and is given back last
 * @param second what was taken while the first was held
 */
record BothPermits(Permit first, Permit second) implements Permit {

	@Override
	public void close() {
		try {
			this.second.close();
		}
		finally {
			this.first.close();
		}
	}

	@Override
	public boolean isValid() {
		return this.first.isValid() && this.second.isValid();
	}

	@Override
	public Scope makeCurrent() {
		Scope outer = this.first.makeCurrent();
		try {
			Scope inner = this.second.makeCurrent();
			return () -> close(outer, inner);
		}
		catch (Throwable ex) {
			outer.close();
			throw ex;
		}
	}

	private static void close(Scope outer, Scope inner) {
		try {
			inner.close();
		}
		finally {
			outer.close();
		}
	}

}
