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

package io.github.penstock.aop.expression;

import org.jspecify.annotations.Nullable;

/**
 * Knows who calls.
 */
@FunctionalInterface
public interface PrincipalSource {

	/**
	 * Return the name of the caller. Does not block.
	 * @return the name, {@code null} if nobody is authenticated
	 */
	@Nullable String principal();

	/**
	 * Return a source that asks Spring Security for the authentication of the current
	 * thread, then the current servlet request for its user, as far as either is on the
	 * class path.
	 * @return the source
	 */
	static PrincipalSource ofCurrentThread() {
		return CurrentPrincipal.of(PrincipalSource.class.getClassLoader());
	}

}
