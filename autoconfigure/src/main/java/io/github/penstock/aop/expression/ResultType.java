package io.github.penstock.aop.expression;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/**
 * The type of what a call has in the end: what a stage completes with, what a publisher
 * emits, what a coroutine resumes with.
 */
final class ResultType {

	private ResultType() {
	}

	static ResolvableType of(Method method, Class<?> targetClass) {
		if (KotlinDetector.isSuspendingFunction(method)) {
			int last = method.getParameterCount() - 1;
			return inner(ResolvableType.forMethodParameter(method, last, targetClass).getGeneric());
		}
		return inner(ResolvableType.forMethodReturnType(method, targetClass));
	}

	private static ResolvableType inner(ResolvableType type) {
		Class<?> raw = type.resolve(Object.class);
		if (CompletionStage.class.isAssignableFrom(raw)) {
			return type.as(CompletionStage.class).getGeneric();
		}
		if (Future.class.isAssignableFrom(raw)) {
			return type.as(Future.class).getGeneric();
		}
		boolean isPublisher = raw != Object.class
				&& ReactiveAdapterRegistry.getSharedInstance().getAdapter(raw) != null;
		return isPublisher ? type.getGeneric() : type;
	}

}
