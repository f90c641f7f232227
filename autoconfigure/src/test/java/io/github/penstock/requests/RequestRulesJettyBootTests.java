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

package io.github.penstock.requests;

import io.github.penstock.web.RunningServer;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

class RequestRulesJettyBootTests extends RequestRulesContract {

	@Override
	RunningServer start(String... properties) {
		RunningServer server = RunningServer.mvc(Application.class, properties);
		assertThat(server.context().getBeansOfType(JettyServletWebServerFactory.class)).hasSize(1);
		return server;
	}

	@Override
	Gate gate() {
		return RequestRulesTomcatTests.GATE;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = TomcatServletWebServerAutoConfiguration.class)
	@Import({ JettyServletWebServerAutoConfiguration.class, RequestRulesTomcatTests.Handlers.class,
			RequestRulesTomcatTests.Keys.class })
	static class Application {

	}

}
