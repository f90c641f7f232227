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

package io.github.penstock.recipes.llm;

import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Service;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Asks the model, within the budget of its provider and that of each tenant.
 */
@Service
class Assistant {

	private final RestClient restClient;

	private final WebClient webClient;

	Assistant(RestClient.Builder restClient, WebClient.Builder webClient, @Value("${llm.url}") String url) {
		this.restClient = restClient.baseUrl(url).build();
		this.webClient = webClient.baseUrl(url).build();
	}

	@RateLimited("llm-requests")
	@RateLimited(name = "llm-tokens", cost = "#question.estimate", actualCost = "#result?.usage?.totalTokens ?: 0L")
	@RateLimited(name = "llm-tenant", key = "#tenant", cost = "#question.estimate",
			actualCost = "#result?.usage?.totalTokens ?: 0L")
	public Answer ask(String tenant, Question question) {
		return this.restClient.post()
			.uri("/answers")
			.contentType(MediaType.APPLICATION_JSON)
			.body(question)
			.retrieve()
			.requiredBody(Answer.class);
	}

	@Bulkhead(name = "llm-streams", key = "#tenant")
	@RateLimited("llm-requests")
	@RateLimited(name = "llm-tokens", cost = "#question.estimate", actualCost = "#result.usage.totalTokens")
	@RateLimited(name = "llm-tenant", key = "#tenant", cost = "#question.estimate",
			actualCost = "#result.usage.totalTokens")
	public Flux<Answer> stream(String tenant, Question question) {
		return this.webClient.post()
			.uri("/answers")
			.accept(MediaType.TEXT_EVENT_STREAM)
			.bodyValue(question)
			.retrieve()
			.bodyToFlux(Answer.class);
	}

}
