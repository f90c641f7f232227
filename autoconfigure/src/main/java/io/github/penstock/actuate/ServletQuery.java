package io.github.penstock.actuate;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.util.ClassUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Whether the request of this thread has a query, whose values would count as those of
 * its body: any web site may send them along, without being asked whether it may.
 */
final class ServletQuery {

	private static final boolean SERVLET = isPresent("jakarta.servlet.http.HttpServletRequest")
			&& isPresent("org.springframework.web.context.request.RequestContextHolder");

	private ServletQuery() {
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ServletQuery.class.getClassLoader());
	}

	static boolean isSent() {
		return SERVLET && CurrentRequest.hasQuery();
	}

	/** Loaded with the servlet API only. */
	private static final class CurrentRequest {

		static boolean hasQuery() {
			if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
				HttpServletRequest request = attributes.getRequest();
				return request.getQueryString() != null && !request.getQueryString().isEmpty();
			}
			return false;
		}

	}

}
