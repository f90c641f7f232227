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
 * The two words of a {@link SemaphoreLimiter} that every call writes.
 * <p>
 * <b>Away from what others write.</b> A JVM lays the fields of a class out behind those
 * of the class that it extends, so that the padding before and after, in classes of its
 * own, keeps other limiters and other objects off the cache lines of the counters.
 */
abstract class PermitCounters extends PaddingBeforeCounters {

	static final VarHandle ISSUED;

	static final VarHandle RETURNED;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			ISSUED = lookup.findVarHandle(PermitCounters.class, "issued", long.class);
			RETURNED = lookup.findVarHandle(PermitCounters.class, "returned", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Permits handed out, below the number of the changes of the limit. */
	volatile long issued;

	/** Permits that came back. */
	volatile long returned;

	PermitCounters(Identity identity) {
		super(identity);
	}

}
