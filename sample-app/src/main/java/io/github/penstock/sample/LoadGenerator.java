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

package io.github.penstock.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Customers who come in waves, over HTTP as any other, and take what they get.
 */
@Component
class LoadGenerator implements DisposableBean {

	private static final Duration BETWEEN_WAVES = Duration.ofMillis(100);

	private static final List<String> WANTED = List.of("/items/bolt-m8/stock", "/items/nut-m8/stock",
			"/items/pump-40/stock", "/items/bolt-m8/price", "/items/bolt-m8/quote", "/items/pump-40/quote",
			"/items/bolt-m8/delivery", "/items/nut-m8/delivery", "/stock.csv");

	private final HttpClient client = HttpClient.newHttpClient();

	private final AtomicBoolean running = new AtomicBoolean();

	private final Environment environment;

	LoadGenerator(Environment environment) {
		this.environment = environment;
	}

	/** Begin to send customers; false if some are coming already. */
	boolean start(Duration length) {
		if (!this.running.compareAndSet(false, true)) {
			return false;
		}
		Thread thread = new Thread(() -> run(length), "customers");
		thread.setDaemon(true);
		thread.start();
		return true;
	}

	private void run(Duration length) {
		try {
			long start = System.nanoTime();
			for (int wave = 0; this.running.get() && System.nanoTime() - start < length.toNanos(); wave++) {
				// From one customer to six, and back, within eight seconds.
				int customers = 1 + Math.abs(wave % 80 - 40) / 8;
				for (int customer = 0; customer < customers; customer++) {
					send(WANTED.get(ThreadLocalRandom.current().nextInt(WANTED.size())));
				}
				Thread.sleep(BETWEEN_WAVES.toMillis());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.running.set(false);
		}
	}

	private void send(String path) {
		URI uri = URI.create("http://localhost:" + this.environment.getRequiredProperty("local.server.port") + path);
		this.client.sendAsync(HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(1)).build(),
				BodyHandlers.discarding());
	}

	@Override
	public void destroy() {
		this.running.set(false);
	}

}
