/**
 * Refusals as HTTP responses: 503 and 429 with {@code Retry-After}, for Spring MVC and
 * for WebFlux.
 */
@NullMarked
package io.github.penstock.web;

import org.jspecify.annotations.NullMarked;
