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

package io.github.penstock.properties;

import java.time.Duration;
import java.util.Map;

import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.InvalidLimitException;
import io.github.penstock.Sharing;
import io.github.penstock.actuate.LimiterOrigin;
import io.github.penstock.aop.BulkheadDeclaration;
import org.jspecify.annotations.Nullable;

/**
 * What one place says of a bulkhead.
 *
 * @param max the permits
 * @param timeout how long a call may wait
 * @param maxWaiting the bound of the line
 * @param enforce the share of the calls for which the limit holds
 * @param maxKeys how many keys may be known
 * @param plans the permits of plans
 * @param sharing how it is shared
 * @param where the place
 * @param source what kind of place that is
 */
record DeclaredBulkhead(@Nullable Integer max, @Nullable Duration timeout, @Nullable Integer maxWaiting,
		@Nullable Integer enforce, @Nullable Integer maxKeys, @Nullable Map<String, Integer> plans,
		@Nullable Sharing sharing, String where, LimiterOrigin.Source source) implements Declared {

	static DeclaredBulkhead of(BulkheadDeclaration declaration) {
		Duration timeout = Declared.duration(declaration.where(), "timeout", declaration.timeout());
		DeclaredBulkhead declared = new DeclaredBulkhead(declaration.max(), timeout, declaration.maxWaiting(), null,
				null, null, null, declaration.where(), LimiterOrigin.Source.ANNOTATION);
		try {
			declared.trial();
		}
		catch (InvalidLimitException ex) {
			throw Declared.invalid(declared.where(), ex,
					(ex.property().equals("timeout")) ? Declared.quoted(declaration.timeout()) : null);
		}
		return declared;
	}

	static DeclaredBulkhead of(ConcurrencyLimiterSpec spec, String where) {
		return new DeclaredBulkhead(spec.max(), spec.timeout(), spec.maxWaiting(), spec.enforce(), spec.maxKeys(),
				spec.plans(), spec.sharing(), where, LimiterOrigin.Source.CODE);
	}

	/** What is given, in an otherwise valid spec. */
	private ConcurrencyLimiterSpec trial() {
		return new ConcurrencyLimiterSpec((this.max != null) ? this.max : 0,
				(this.timeout != null) ? this.timeout : Duration.ZERO, (this.maxWaiting != null) ? this.maxWaiting : 0);
	}

}
