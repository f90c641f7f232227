package io.github.penstock.aop;

import java.util.function.UnaryOperator;

import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;

/**
 * The body of an entity that a controller returns. Loaded only where Spring's entities
 * are there.
 */
final class EntityBody {

	private EntityBody() {
	}

	/** The entity with another body; itself if the body stays the same. */
	static Object replace(Object entity, UnaryOperator<Object> replacement) {
		HttpEntity<?> before = (HttpEntity<?>) entity;
		Object body = before.getBody();
		Object replaced = (body != null) ? replacement.apply(body) : null;
		if (replaced == body) {
			return entity;
		}
		return (before instanceof ResponseEntity<?> response)
				? new ResponseEntity<>(replaced, response.getHeaders(), response.getStatusCode())
				: new HttpEntity<>(replaced, before.getHeaders());
	}

}
