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

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for who may do what with the {@link LimitersEndpoint}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LimitersEndpointAccessTests {

	private static final String INVENTORY = "/actuator/limiters/bulkhead/inventory";

	private static final String LIMIT = "penstock.bulkheads.inventory.max=20";

	private static final String EXPOSED = "management.endpoints.web.exposure.include=*";

	@Test
	void endpointIsNotExposedByDefault() {
		try (RunningServer server = RunningServer.mvc(Application.class, LIMIT)) {
			assertThat(server.get(INVENTORY).statusCode()).isEqualTo(404);
			assertThat(server.context().getBeanNamesForType(LimitersEndpoint.class)).isEmpty();
		}
	}

	@Test
	void endpointIsReadOnlyByDefaultEvenIfAllIsExposed(CapturedOutput output) {
		try (RunningServer readOnly = RunningServer.mvc(Application.class, LIMIT, EXPOSED)) {
			assertThat(readOnly.get(INVENTORY).statusCode()).isEqualTo(200);
			assertThat(readOnly.post(INVENTORY, "{\"max\": 5}", "Content-Type", "application/json").statusCode())
				.isEqualTo(405);
			assertThat(readOnly.delete(INVENTORY).statusCode()).isEqualTo(405);
			assertThat(readOnly.context().getBean(LimiterRegistry.class).concurrencyLimiter("inventory").max())
				.isEqualTo(20);
		}
		assertThat(output).doesNotContain("can change limits");
	}

	@Test
	void writableEndpointWithoutSpringSecurityIsWarnedOf(CapturedOutput output) {
		RunningServer.mvc(Application.class, LIMIT, EXPOSED, "management.endpoint.limiters.access=unrestricted")
			.close();
		assertThat(output).containsOnlyOnce("can change limits");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
