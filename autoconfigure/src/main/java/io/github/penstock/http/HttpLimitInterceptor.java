package io.github.penstock.http;

import java.io.IOException;

import io.github.penstock.LimitExceededException;
import io.github.penstock.Permit;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Limits the requests of a {@code RestClient} or a {@code RestTemplate}. A request that
 * is refused fails with a {@link LimitExceededException} and is not sent.
 * <p>
 * Belongs at the end of the client's interceptors: what stands before it is outside of
 * the limits, so that each attempt of a retry is a request of its own.
 */
public final class HttpLimitInterceptor implements ClientHttpRequestInterceptor, Ordered {

	private final HttpLimits limits;

	/**
	 * Create an interceptor.
	 * @param limits the limits; requests to hosts that they do not name are not limited
	 */
	public HttpLimitInterceptor(HttpLimits limits) {
		this.limits = limits;
	}

	/**
	 * Send the request when the limits let it. Blocks while it waits for them.
	 * @param request the request
	 * @param body the body of the request
	 * @param execution sends the request
	 * @return the response, which has to be closed
	 * @throws LimitExceededException if the request was refused; if that was because of
	 * an interrupt, the thread's interrupt flag is set
	 * @throws IOException if the request could not be sent
	 */
	@Override
	public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
			throws IOException {
		HttpLimit limit = this.limits.find(request.getURI());
		return (limit != null) ? intercept(limit, request, body, execution) : execution.execute(request, body);
	}

	private static ClientHttpResponse intercept(HttpLimit limit, HttpRequest request, byte[] body,
			ClientHttpRequestExecution execution) throws IOException {
		Object entry = limit.enter();
		try {
			ClientHttpResponse response = execution.execute(request, body);
			try {
				return hold(limit, response);
			}
			catch (Throwable ex) {
				response.close();
				throw ex;
			}
		}
		finally {
			limit.exit(entry);
		}
	}

	private static ClientHttpResponse hold(HttpLimit limit, ClientHttpResponse response) throws IOException {
		if (HttpLimit.mayAskForPause(response.getStatusCode().value())) {
			HttpHeaders headers = response.getHeaders();
			limit.learn(headers.getFirst(HttpHeaders.RETRY_AFTER), headers.getFirst(HttpHeaders.DATE));
		}
		if (limit.release() == Release.HEADERS || limit.bulkhead() == null) {
			return response;
		}
		Permit permit = limit.share();
		return new HeldResponse(response, new BodyHold(limit, permit));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
