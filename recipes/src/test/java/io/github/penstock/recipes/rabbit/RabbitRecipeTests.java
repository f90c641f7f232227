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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.test.LimiterAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.RabbitListenerEndpointRegistry;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the recipe of RabbitMQ listeners, with a broker. They are skipped where there
 * is none, unless the system property {@code rabbitmq.required} is set.
 */
@Tag("soak")
class RabbitRecipeTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private static RabbitServer broker;

	private final Postman postman = new Postman();

	private ConfigurableApplicationContext context;

	private ConcurrencyLimiter limit;

	@BeforeAll
	static void startBroker(@TempDir Path directory) throws IOException {
		Assumptions.assumeTrue(RabbitServer.isThere(), "There is no RabbitMQ");
		broker = new RabbitServer(directory);
	}

	@AfterAll
	static void stopBroker() {
		if (broker != null) {
			broker.close();
		}
	}

	@AfterEach
	void stop() {
		this.postman.done.countDown();
		this.context.getBean(RabbitListenerEndpointRegistry.class).stop();
		AmqpAdmin queues = this.context.getBean(AmqpAdmin.class);
		queues.deleteQueue("mails");
		queues.deleteQueue("mails.later");
		this.context.close();
	}

	@Test
	void consumersThatWaitKeepNoMoreThanTheyPrefetch() {
		start("--penstock.bulkheads.mail-server.max=2");
		sendMails(20);
		await().atMost(SOON).untilAsserted(() -> LimiterAssertions.assertThat(this.limit).hasInUse(2).hasWaiting(1));
		// Another instance may have those.
		await().atMost(SOON).until(() -> ready("mails") == 20 - 3 * 5);
		this.postman.done.countDown();
		await().atMost(SOON).until(() -> this.postman.sent.size() == 20);
		LimiterAssertions.assertThat(this.limit).hasRefused(0);
	}

	@Test
	void refusedMessageComesBackLater() {
		this.postman.done.countDown();
		start("--penstock.bulkheads.mail-server.max=0", "--mails.later-after=300ms");
		sendMails(5);
		// Twice, at least.
		await().atMost(SOON).until(() -> this.limit.stats().refusedTotal() > 5);
		this.limit.change((spec) -> spec.withMax(3));
		await().atMost(SOON).until(() -> this.postman.sent.size() == 5);
		await().atMost(SOON).until(() -> ready("mails") == 0 && ready("mails.later") == 0);
		assertThat(this.postman.sent).containsExactlyInAnyOrder("mail 0", "mail 1", "mail 2", "mail 3", "mail 4");
	}

	@Test
	void refusedMessageComesBackAtOnceAgainAndAgainAsSpringBootHasIt() {
		this.postman.done.countDown();
		start("--penstock.bulkheads.mail-server.max=0",
				"--spring.rabbitmq.listener.simple.default-requeue-rejected=true");
		sendMails(1);
		await().atMost(SOON).until(() -> this.limit.stats().refusedTotal() > 200);
		this.limit.change((spec) -> spec.withMax(3));
		await().atMost(SOON).until(() -> this.postman.sent.size() == 1);
	}

	private void start(String... options) {
		List<String> all = new ArrayList<>(List.of("--spring.rabbitmq.port=" + broker.port()));
		all.addAll(List.of(options));
		this.context = new SpringApplicationBuilder(RabbitApplication.class).web(WebApplicationType.NONE)
			.initializers((context) -> context.getBeanFactory().registerSingleton("mailServer", this.postman))
			.properties("spring.config.name=rabbit")
			.run(all.toArray(String[]::new));
		this.limit = this.context.getBean(LimiterRegistry.class).concurrencyLimiter("mail-server");
	}

	private void sendMails(int mails) {
		RabbitTemplate template = this.context.getBean(RabbitTemplate.class);
		for (int i = 0; i < mails; i++) {
			template.convertAndSend("mails", "mail " + i);
		}
	}

	/** How many messages nobody has fetched. */
	private long ready(String queue) {
		return Objects.requireNonNull(this.context.getBean(AmqpAdmin.class).getQueueInfo(queue)).getMessageCount();
	}

	static final class Postman implements MailServer {

		private final CountDownLatch done = new CountDownLatch(1);

		private final List<String> sent = new CopyOnWriteArrayList<>();

		@Override
		public void send(String mail) {
			try {
				assertThat(this.done.await(60, TimeUnit.SECONDS)).isTrue();
				this.sent.add(mail);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
