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

package io.github.penstock.aop;

import java.lang.reflect.Method;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;

/**
 * The methods of a controller that Spring calls around a request: a limit on the class is
 * meant for its requests. Their annotations are known by name, for they need not be
 * there.
 */
final class ControllerMethods {

	private static final String PACKAGE = "org.springframework.web.bind.annotation.";

	private static final String GRAPHQL = "org.springframework.graphql.data.method.annotation.";

	private ControllerMethods() {
	}

	/** Whether the method only helps to handle requests. */
	static boolean isHelper(Method method) {
		MergedAnnotations annotations = MergedAnnotations.from(method, SearchStrategy.TYPE_HIERARCHY);
		return !annotations.isPresent(PACKAGE + "RequestMapping")
				&& (annotations.isPresent(PACKAGE + "ExceptionHandler")
						|| annotations.isPresent(PACKAGE + "ModelAttribute")
						|| annotations.isPresent(PACKAGE + "InitBinder")
						|| annotations.isPresent(GRAPHQL + "GraphQlExceptionHandler"));
	}

}
