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

package io.github.penstock.http.library;

import java.lang.reflect.Field;
import java.net.URI;

import io.github.penstock.http.HttpLimits;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.protocol.RedirectStrategy;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.util.ReflectionUtils;

/**
 * Takes redirects over from Apache HttpComponents, and the retries of requests that a
 * server has asked to come back later.
 * <p>
 * Its builders have no getters, and what they build does not tell either. If their fields
 * cannot be read, everything is left as the application has it.
 */
final class HttpComponentsRedirects {

	private static final String NAME = "Apache HttpComponents";

	private HttpComponentsRedirects() {
	}

	static ClientHttpRequestFactoryBuilder<?> takeOver(HttpComponentsClientHttpRequestFactoryBuilder builder,
			TakenRedirects redirects, HttpLimits limits) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects, limits));
	}

	static ClientHttpConnectorBuilder<?> takeOver(HttpComponentsClientHttpConnectorBuilder builder,
			TakenRedirects redirects, HttpLimits limits) {
		return builder.withHttpClientCustomizer((client) -> takeOver(client, redirects, limits));
	}

	private static void takeOver(HttpClientBuilder client, TakenRedirects redirects, HttpLimits limits) {
		Told told = Told.read(client);
		if (mayTakeOver(told, redirects)) {
			client.setRedirectStrategy(Never.INSTANCE);
			client.addExecInterceptorFirst(AbortedBodies.class.getName(), AbortedBodies.INSTANCE);
			redirects.take();
		}
		if (told != null && !told.retriesOfItsOwn) {
			client.setRetryStrategy(new HttpComponentsRetries(limits));
		}
	}

	private static void takeOver(HttpAsyncClientBuilder client, TakenRedirects redirects, HttpLimits limits) {
		Told told = Told.read(client);
		if (mayTakeOver(told, redirects)) {
			client.setRedirectStrategy(Never.INSTANCE);
			redirects.take();
		}
		if (told != null && !told.retriesOfItsOwn) {
			client.setRetryStrategy(new HttpComponentsRetries(limits));
		}
	}

	private static boolean mayTakeOver(@Nullable Told told, TakenRedirects redirects) {
		if (told != null && told.neverFollows()) {
			return false;
		}
		if (told == null || !told.followsAsUsual()) {
			redirects.leave(NAME);
			return false;
		}
		return true;
	}

	/**
	 * What a builder has been told.
	 *
	 * @param redirectsDisabled whether nothing at all looks at redirects
	 * @param strategy what looks at them, {@code null} for the usual
	 * @param config what all requests have in common
	 * @param retriesOfItsOwn whether the application says what is retried
	 */
	private record Told(boolean redirectsDisabled, @Nullable RedirectStrategy strategy, @Nullable RequestConfig config,
			boolean retriesOfItsOwn) {

		/** {@code null} if it does not tell. */
		static @Nullable Told read(Object builder) {
			try {
				return new Told(Boolean.TRUE.equals(read(builder, "redirectHandlingDisabled")),
						(RedirectStrategy) read(builder, "redirectStrategy"),
						(RequestConfig) read(builder, "defaultRequestConfig"),
						Boolean.TRUE.equals(read(builder, "automaticRetriesDisabled"))
								|| read(builder, "retryStrategy") != null);
			}
			catch (NoSuchFieldException ex) {
				return null;
			}
		}

		private static @Nullable Object read(Object builder, String name) throws NoSuchFieldException {
			Field field = ReflectionUtils.findField(builder.getClass(), name);
			if (field == null) {
				throw new NoSuchFieldException(name);
			}
			ReflectionUtils.makeAccessible(field);
			return ReflectionUtils.getField(field, builder);
		}

		boolean neverFollows() {
			return this.redirectsDisabled || (this.config != null && !this.config.isRedirectsEnabled())
					|| (this.strategy != null && isOfSpringBoot(this.strategy.getClass()));
		}

		/** Its own is the one that does not follow. */
		private static boolean isOfSpringBoot(Class<?> type) {
			return type.getPackage() == HttpComponentsClientHttpRequestFactoryBuilder.class.getPackage();
		}

		boolean followsAsUsual() {
			return this.strategy == null || this.strategy.getClass() == DefaultRedirectStrategy.class;
		}

	}

	/** No response is a redirect. */
	private enum Never implements RedirectStrategy {

		INSTANCE;

		@Override
		public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context) {
			return false;
		}

		@Override
		public @Nullable URI getLocationURI(HttpRequest request, HttpResponse response, HttpContext context) {
			return null;
		}

	}

}
