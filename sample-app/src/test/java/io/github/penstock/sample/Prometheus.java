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

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A Prometheus of its own process, as installed by the system's package manager, that
 * scrapes an application twice a second, under two names as if it had two instances.
 */
final class Prometheus implements AutoCloseable {

	private static final Path SERVER = Path.of("/usr/bin/prometheus");

	private static final Path TOOL = Path.of("/usr/bin/promtool");

	private final HttpClient client = HttpClient.newHttpClient();

	private final String url;

	private final Process process;

	/**
	 * Start it and wait until it answers.
	 * @param directory where it keeps its configuration, its data and its log
	 * @param port its own port
	 * @param rules a file of rules
	 * @param scraped the port of the application
	 */
	Prometheus(Path directory, int port, Path rules, int scraped) throws IOException {
		Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
				global:
				  scrape_interval: 500ms
				  scrape_timeout: 500ms
				  evaluation_interval: 500ms
				rule_files: ['%2$s']
				scrape_configs:
				  - job_name: shop
				    metrics_path: /actuator/prometheus
				    static_configs:
				      - targets: ['localhost:%1$d', '127.0.0.1:%1$d']
				""".formatted(scraped, rules.toRealPath()));
		this.url = "http://127.0.0.1:" + port;
		Path log = directory.resolve("prometheus.log");
		this.process = new ProcessBuilder(SERVER.toString(), "--config.file=" + configuration,
				"--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + port,
				"--log.level=warn")
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this.process::destroy));
		await().atMost(Duration.ofSeconds(60)).ignoreExceptionsInstanceOf(IOException.class).until(() -> {
			assertThat(this.process.isAlive()).as(() -> textOf(log)).isTrue();
			return send("/-/ready").statusCode() == 200;
		});
	}

	/** Whether there is one, or has to be. */
	static boolean isThere() {
		return Boolean.getBoolean("prometheus.required") || (Files.isExecutable(SERVER) && Files.isExecutable(TOOL));
	}

	/** Have promtool check something: what it says, and on the last line its status. */
	static String check(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(TOOL.toString()));
		command.addAll(List.of(arguments));
		Process tool = new ProcessBuilder(command).redirectErrorStream(true).start();
		String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return said + "\nstatus " + tool.waitFor();
	}

	/** The series that an expression has now. */
	List<JsonNode> query(String expression) throws IOException, InterruptedException {
		return list(get("/api/v1/query?query=" + encoded(expression)).path("result"));
	}

	/** What a label says in the series that match. */
	List<String> labels(String label, String series) throws IOException, InterruptedException {
		JsonNode values = get("/api/v1/label/" + label + "/values?match[]=" + encoded(series));
		return list(values).stream().map(JsonNode::asString).toList();
	}

	/** The rules that it has read, and how they fared. */
	List<JsonNode> rules() throws IOException, InterruptedException {
		return list(get("/api/v1/rules").path("groups")).stream()
			.flatMap((group) -> list(group.path("rules")).stream())
			.toList();
	}

	private JsonNode get(String path) throws IOException, InterruptedException {
		HttpResponse<String> response = send(path);
		assertThat(response.statusCode()).as(() -> path + ": " + response.body()).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body()).path("data");
	}

	private HttpResponse<String> send(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.url + path.replace("[]", "%5B%5D")))
			.timeout(Duration.ofSeconds(30))
			.build();
		return this.client.send(request, BodyHandlers.ofString());
	}

	private static List<JsonNode> list(JsonNode array) {
		return new ArrayList<>(array.values());
	}

	private static String encoded(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private static String textOf(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroy();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			this.process.destroyForcibly().waitFor();
		}
	}

}
