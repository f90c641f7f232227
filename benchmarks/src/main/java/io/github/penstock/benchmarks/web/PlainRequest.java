package io.github.penstock.benchmarks.web;

import jakarta.servlet.http.HttpServletRequestWrapper;

import org.springframework.mock.web.MockHttpServletRequest;

/**
 * A request that costs as little as can be.
 */
final class PlainRequest extends HttpServletRequestWrapper {

	private final String path;

	PlainRequest(String path) {
		super(new MockHttpServletRequest("GET", path));
		this.path = path;
	}

	@Override
	public String getMethod() {
		return "GET";
	}

	@Override
	public String getRequestURI() {
		return this.path;
	}

	@Override
	public String getContextPath() {
		return "";
	}

	@Override
	public String getHeader(String name) {
		return name.equals("X-Api-Key") ? "customer-17" : null;
	}

	@Override
	public boolean isAsyncStarted() {
		return false;
	}

}
