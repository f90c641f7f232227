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

package io.github.penstock.recipes.sse.mvc;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Those who hear of prices.
 */
@Component
@EnableScheduling
class PriceFeed {

	private final Set<SseEmitter> emitters = ConcurrentHashMap.newKeySet();

	private final Duration longest;

	PriceFeed(@Value("${prices.longest:30m}") Duration longest) {
		this.longest = longest;
	}

	SseEmitter open() throws IOException {
		SseEmitter emitter = new SseEmitter(this.longest.toMillis());
		emitter.onCompletion(() -> this.emitters.remove(emitter));
		emitter.send(SseEmitter.event().comment("welcome")); // begins the response
		this.emitters.add(emitter);
		return emitter;
	}

	/** A servlet container learns that a client is gone when it writes to it. */
	@Scheduled(fixedDelayString = "${prices.heartbeat:15s}")
	void sendHeartbeat() {
		for (SseEmitter emitter : this.emitters) {
			try {
				emitter.send(SseEmitter.event().comment("still here"));
			}
			catch (IOException | IllegalStateException ex) {
				this.emitters.remove(emitter); // Spring ends the stream
			}
		}
	}

	void end() {
		this.emitters.forEach(SseEmitter::complete);
	}

}
