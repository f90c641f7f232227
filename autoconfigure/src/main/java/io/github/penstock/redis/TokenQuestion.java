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

package io.github.penstock.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;

/**
 * A question for tokens, of one call or of several, one after the other. What comes too
 * late for who has asked is put back.
 */
final class TokenQuestion {

	private final Questions questions;

	private final String name;

	private final RateScale scale;

	private final List<TokenRequest> parts;

	private final List<TokenReply> replies = new ArrayList<>(1);

	private final Question<TokenReply> answer;

	/**
	 * Create a question.
	 * @param questions by which it is asked
	 * @param name what the bucket is called in Redis
	 * @param request what is asked
	 */
	TokenQuestion(Questions questions, String name, TokenRequest request) {
		this.questions = questions;
		this.name = name;
		this.scale = RateScale.of(request.rate());
		this.parts = TokenScript.parts(request);
		this.answer = questions.begin(this.name);
	}

	/** Ask, and have all that follows asked. */
	CompletionStage<TokenReply> ask() {
		askNext();
		return this.answer;
	}

	private void askNext() {
		TokenRequest part = this.parts.get(this.replies.size());
		String[] arguments;
		try {
			arguments = TokenScript.arguments(part, this.scale);
		}
		catch (RuntimeException ex) {
			this.answer.completeExceptionally(ex);
			return;
		}
		this.questions.run(this.answer, TokenScript.SCRIPT, this.name, arguments).whenComplete((raw, failure) -> {
			if (failure != null) {
				this.answer.fail(failure);
				putBack();
			}
			else {
				answered(TokenScript.reply(part, this.scale, raw));
			}
		});
	}

	private void answered(TokenReply reply) {
		this.replies.add(reply);
		if (this.answer.isDone()) {
			putBack();
		}
		else if (this.replies.size() < this.parts.size()) {
			askNext();
		}
		else if (!this.answer.complete(TokenScript.join(this.replies))) {
			putBack();
		}
	}

	private void putBack() {
		if (this.replies.isEmpty()) {
			return;
		}
		long askedAt = this.replies.get(this.replies.size() - 1).answeredAt();
		List<Returned> unused = new ArrayList<>();
		for (int at = 0; at < this.replies.size(); at++) {
			Returned returned = TokenScript.unused(this.parts.get(at), this.replies.get(at), askedAt);
			if (returned != null) {
				unused.add(returned);
			}
		}
		if (!unused.isEmpty()) {
			TokenRequest first = this.parts.get(0);
			TokenRequest back = new TokenRequest(first.supply(), first.rate(), 0, unused, askedAt, List.of());
			this.questions.tell(TokenScript.SCRIPT, this.name, TokenScript.arguments(back, this.scale));
		}
	}

}
