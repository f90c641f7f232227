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

package io.github.penstock.recipes.rabbit;

import java.time.Duration;

import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * A service that sends mails.
 */
@SpringBootApplication
class RabbitApplication {

	/**
	 * Start it.
	 * @param args the options
	 */
	public static void main(String[] args) {
		SpringApplication.run(RabbitApplication.class, args);
	}

	@Bean
	Queue mails() {
		return QueueBuilder.durable("mails").deadLetterExchange("").deadLetterRoutingKey("mails.later").build();
	}

	@Bean
	Queue later(@Value("${mails.later-after}") Duration after) {
		return QueueBuilder.durable("mails.later")
			.ttl((int) after.toMillis())
			.deadLetterExchange("")
			.deadLetterRoutingKey("mails")
			.build();
	}

}
