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

import io.github.penstock.InvalidLimitException;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says which value of a limiter that is made in code is out of range. Those of the
 * configuration and of annotations fail with their place.
 */
final class InvalidLimitFailureAnalyzer extends AbstractFailureAnalyzer<InvalidLimitException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidLimitException cause) {
		BeanCreationException bean = findCause(rootFailure, BeanCreationException.class);
		String where = (bean != null && bean.getBeanName() != null) ? "\n\n    Where: the bean '" + bean.getBeanName()
				+ "'" + ((bean.getResourceDescription() != null) ? ", " + bean.getResourceDescription() : "") : "";
		return new FailureAnalysis(
				"A limiter that code makes or changes has a value that is out of range: " + cause.getMessage() + where,
				"Correct '" + cause.property() + "' in that code.", cause);
	}

}
