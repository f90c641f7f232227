package io.github.penstock.actuate;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Refuses changes whose values would come from the query, in Spring WebFlux, where the
 * endpoint itself cannot tell them from those of the body.
 */
public final class LimitersQueryFilter implements WebFilter {

	private final Supplier<@Nullable String> path;

	/**
	 * Create the filter.
	 * @param path gives the path of the endpoint, {@code null} if it has none
	 */
	public LimitersQueryFilter(Supplier<@Nullable String> path) {
		this.path = path;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		String query = request.getURI().getRawQuery();
		if (query == null || query.isEmpty() || !request.getMethod().equals(HttpMethod.POST) || !isChange(request)) {
			return chain.filter(exchange);
		}
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatus.BAD_REQUEST);
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		String body = "{\"status\":400,\"detail\":\"" + LimitersRequestAdvisor.QUERY + "\"}";
		DataBuffer buffer = response.bufferFactory().wrap(body.getBytes(StandardCharsets.UTF_8));
		return response.writeWith(Mono.just(buffer));
	}

	/** A management server may have a path of its own before that of the endpoint. */
	private boolean isChange(ServerHttpRequest request) {
		String path = this.path.get();
		return path != null && decoded(request.getPath()).contains(path + "/");
	}

	private static String decoded(PathContainer path) {
		StringBuilder decoded = new StringBuilder();
		for (PathContainer.Element element : path.elements()) {
			decoded.append(
					(element instanceof PathContainer.PathSegment segment) ? segment.valueToMatch() : element.value());
		}
		return decoded.toString();
	}

}
