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

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The word of a {@link TokenBucket}, which every call writes. It has padding before and
 * after it, as {@link PermitCounters} have: what a bucket is made of is read by every
 * call as well, and would go from processor to processor with the word.
 */
abstract class TokenWord extends PaddingBeforeWord {

	static final VarHandle WORD;

	static {
		try {
			WORD = MethodHandles.lookup().findVarHandle(TokenWord.class, "word", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** See {@link TokenBucket}. */
	volatile long word;

}
