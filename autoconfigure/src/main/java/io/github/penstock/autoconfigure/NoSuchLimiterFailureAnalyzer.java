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

package io.github.penstock.autoconfigure;

import io.github.penstock.NoSuchLimiterException;
import io.github.penstock.naming.NearestName;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Lists the limiters that there are when one is asked for that there is not.
 */
final class NoSuchLimiterFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchLimiterException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, NoSuchLimiterException cause) {
		boolean bulkhead = cause.kind().equals("bulkhead");
		String nearest = NearestName.of(cause.name(), cause.known());
		String mend = (nearest != null) ? "If '" + nearest + "' is meant, correct the name. Otherwise define"
				: "Define";
		return new FailureAnalysis(cause.getMessage() + ".",
				mend + " it in the configuration:\n\npenstock:\n  " + ((bulkhead) ? "bulkheads" : "rate-limits")
						+ ":\n    " + cause.name() + ":\n      " + ((bulkhead) ? "max: 10" : "rps: 100"),
				cause);
	}

}
