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
