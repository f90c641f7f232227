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
