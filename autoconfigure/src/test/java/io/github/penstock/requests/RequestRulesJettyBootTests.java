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
