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
