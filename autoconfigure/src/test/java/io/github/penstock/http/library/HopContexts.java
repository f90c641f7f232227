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

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.autoconfigure.PenstockAutoConfiguration;
import io.github.penstock.autoconfigure.PenstockHttpClientAutoConfiguration;
import org.awaitility.Awaitility;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Applications whose HTTP client {@code remote} has one permit and does not wait for it.
 */
final class HopContexts {

	private HopContexts() {
	}

	static ApplicationContextRunner with(LimitedClient client, HopServer server) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class,
					PenstockHttpClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("spring.http.clients." + client.property(),
					"penstock.http-clients.remote.hosts=localhost:" + server.port(),
					"penstock.http-clients.remote.max=1", "penstock.http-clients.remote.timeout=0");
	}

	static ConcurrencyLimiter bulkhead(ApplicationContext context) {
		return context.getBean(LimiterRegistry.class).concurrencyLimiter("remote");
	}

	/** So many permits have been taken, and they are back. */
	static void assertGranted(ApplicationContext context, int permits) {
		ConcurrencyLimiter bulkhead = bulkhead(context);
		assertThat(bulkhead.stats().granted()).isEqualTo(permits);
		assertIsBack(context);
	}

	static void assertIsBack(ApplicationContext context) {
		ConcurrencyLimiter bulkhead = bulkhead(context);
		Awaitility.await().until(() -> bulkhead.inUse() == 0 && bulkhead.waiting() == 0);
		assertThat(bulkhead.available()).isEqualTo(1);
	}

}
