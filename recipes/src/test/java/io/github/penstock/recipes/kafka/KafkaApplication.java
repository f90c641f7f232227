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

package io.github.penstock.recipes.kafka;

import java.time.Duration;

import io.github.penstock.LimitExceededException;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.util.backoff.FixedBackOff;

/**
 * A service that reserves in a warehouse what is ordered.
 */
@SpringBootApplication
class KafkaApplication {

	/**
	 * Start it.
	 * @param args the options
	 */
	public static void main(String[] args) {
		SpringApplication.run(KafkaApplication.class, args);
	}

	@Bean
	DefaultErrorHandler errorHandler(@Value("${warehouse.back-off}") Duration backOff) {
		DefaultErrorHandler handler = new DefaultErrorHandler();
		handler.setBackOffFunction((order, ex) -> (ex instanceof LimitExceededException)
				? new FixedBackOff(backOff.toMillis(), FixedBackOff.UNLIMITED_ATTEMPTS) : null);
		return handler;
	}

}
