package io.github.penstock.actuate;

import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Gives the answers of an endpoint their headers, in Spring WebFlux, where the endpoint
 * itself has no hold of the response.
 */
public final class EndpointHeadersFilter implements WebFilter {

	private final EndpointPath path;

	private final Map<String, String> headers;

	private EndpointHeadersFilter(Supplier<@Nullable String> path, Map<String, String> headers) {
		this.path = new EndpointPath(path);
		this.headers = headers;
	}

	/**
	 * Create the filter for the endpoint {@code limiters}.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 * @return a new filter
	 */
	public static EndpointHeadersFilter limiters(Supplier<@Nullable String> path) {
		return new EndpointHeadersFilter(path, EndpointHeaders.DATA);
	}

	/**
	 * Create the filter for the page.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 * @param page the endpoint
	 * @return a new filter
	 */
	public static EndpointHeadersFilter page(Supplier<@Nullable String> path, PenstockPageEndpoint page) {
		return new EndpointHeadersFilter(path, page.headers());
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (this.path.isEndpoint(exchange.getRequest())) {
			exchange.getResponse().beforeCommit(() -> {
				HttpHeaders headers = exchange.getResponse().getHeaders();
				this.headers.forEach(headers::set);
				return Mono.empty();
			});
		}
		return chain.filter(exchange);
	}

}
