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
 * A value of a call. Safe for use by many threads.
 */
@FunctionalInterface
interface CallValue {

	/**
	 * Return the value.
	 * @param arguments those of the call
	 * @param result its result, if it is done
	 * @param error its failure, if it is done
	 * @param principal its caller, if the expression needs it
	 * @return the value
	 * @throws Exception whatever an accessor throws
	 */
	@Nullable Object of(@Nullable Object[] arguments, @Nullable Object result, @Nullable Throwable error,
			@Nullable String principal) throws Exception;

}
