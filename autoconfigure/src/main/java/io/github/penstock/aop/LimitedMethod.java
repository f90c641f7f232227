package io.github.penstock.aop;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.MergedAnnotation;

/**
 * A method and the annotations that hold for it, as they were found.
 *
 * @param method the most specific method
 * @param targetClass the class of the object that it is called on
 * @param bulkhead the annotation, {@code null} if there is none
 * @param rateLimited the annotations, each of which holds by itself
 */
record LimitedMethod(Method method, Class<?> targetClass, @Nullable MergedAnnotation<Bulkhead> bulkhead,
		List<MergedAnnotation<RateLimited>> rateLimited) {

	/** Whether the annotation of one of the two kinds stands on a method. */
	boolean isNamedItself() {
		return annotations().anyMatch((annotation) -> annotation.getSource() instanceof Method);
	}

	/**
	 * Whether one of the annotations is meant for this very method: not so, if it stands
	 * on a class that only inherits it.
	 */
	boolean isAnnotatedWithin() {
		Class<?> home = this.method.getDeclaringClass();
		return places().anyMatch(
				(place) -> !(place instanceof Class<?> type) || type.isInterface() || type.isAssignableFrom(home));
	}

	/** Where the annotations stand. */
	Stream<AnnotatedElement> places() {
		return annotations().map((annotation) -> (AnnotatedElement) Objects.requireNonNull(annotation.getSource()));
	}

	Stream<MergedAnnotation<?>> annotations() {
		Stream.Builder<MergedAnnotation<?>> present = Stream.builder();
		if (this.bulkhead != null) {
			present.add(this.bulkhead);
		}
		this.rateLimited.forEach(present::add);
		return present.build();
	}

	/** Whether what limits a call depends on the call, or is known after it. */
	boolean isOfItsCalls() {
		return annotations().anyMatch((annotation) -> !annotation.getString("key").isEmpty())
				|| this.rateLimited.stream()
					.anyMatch((rate) -> !rate.getString("cost").isEmpty() || !rate.getString("actualCost").isEmpty());
	}

	boolean hasSignatureOf(Method other) {
		return this.method.getName().equals(other.getName())
				&& Arrays.equals(this.method.getParameterTypes(), other.getParameterTypes());
	}

	/** The place of this method, such as {@code com.acme.Orders.place(String)}. */
	String where() {
		return where(this.method);
	}

	static String where(AnnotatedElement element) {
		if (element instanceof Class<?> type) {
			return type.getName();
		}
		Method method = (Method) element;
		return method.getDeclaringClass().getName() + "." + method.getName()
				+ Arrays.stream(method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

}
