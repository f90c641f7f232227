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

package io.github.penstock.actuate;

import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimiterHealth} among the probes.
 */
class LimiterHealthProbesTests {

	@Test
	void fullBulkheadTakesTheApplicationOutOfServiceAndDoesNotHaveItKilled() {
		try (RunningServer server = RunningServer.mvc(Application.class, "penstock.bulkheads.closed.max=0",
				"penstock.bulkheads.closed.unhealthy-after=0s", "management.endpoint.health.probes.enabled=true",
				"management.endpoint.health.group.readiness.include=readinessState,penstock")) {
			assertThat(server.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
			assertThat(server.get("/actuator/health").statusCode()).isEqualTo(503);
			assertThat(server.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
