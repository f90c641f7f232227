package io.github.penstock.requests;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

import io.github.penstock.LimiterRegistry;
import io.github.penstock.web.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rules whose key is the caller, beside Spring Security (R1).
 */
class RequestPrincipalOrderTests {

	private static final String[] RULES = { "penstock.requests.user.paths=/api/**",
			"penstock.requests.user.key=principal,ip", "penstock.requests.user.limit=2",
			"penstock.requests.user.per=1h", "penstock.requests.all.paths=/api/**", "penstock.requests.all.limit=6",
			"penstock.requests.all.per=1h", "penstock.requests.guess.paths=/api/**", "penstock.requests.guess.key=ip",
			"penstock.requests.guess.limit=3", "penstock.requests.guess.per=1h",
			"penstock.requests.guess.charge-statuses=401", "penstock.requests.denied.paths=/denied/**",
			"penstock.requests.denied.key=principal", "penstock.requests.denied.limit=2",
			"penstock.requests.denied.per=1h", "penstock.requests.denied.max=3",
			"penstock.requests.denied.charge-statuses=403" };

	private static String[] user(String name, String password) {
		return new String[] { "Authorization", "Basic "
				+ Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8)) };
	}

	private static RunningServer start(boolean reactive) {
		return reactive ? RunningServer.webFlux(ReactiveApplication.class, RULES)
				: RunningServer.mvc(ServletApplication.class, RULES);
	}

	@ParameterizedTest // R1, R3
	@ValueSource(booleans = { false, true })
	void callersHaveTokensOfTheirOwnAndThoseThatAreDeniedTakeNoneOfThem(boolean reactive) {
		try (RunningServer server = start(reactive)) {
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			assertThat(server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
			assertThat(server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
			await().untilAsserted(() -> assertThat(registry.rateLimiter("all").available()).isEqualTo(4));
			assertThat(server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(429);
			// What the first rules gave is back.
			await().untilAsserted(() -> assertThat(registry.rateLimiter("all").available()).isEqualTo(4));
			assertThat(server.get("/api/a", user("bob", "secret")).body()).isEqualTo("bob");
			await().untilAsserted(() -> assertThat(registry.rateLimiter("user").keys(5).known()).isEqualTo(2));
			await().untilAsserted(() -> assertThat(registry.rateLimiter("all").available()).isEqualTo(3));
			for (int i = 0; i < 3; i++) {
				assertThat(server.get("/api/a", user("bob", "wrong")).statusCode()).isEqualTo(401);
			}
			await().untilAsserted(() -> assertThat(registry.rateLimiter("user").forKey("bob").available()).isOne());
			await().untilAsserted(() -> assertThat(registry.rateLimiter("all").available()).isZero());
			registry.rateLimiter("all").refund(6);
			assertThat(server.get("/api/a", user("bob", "secret")).statusCode()).isEqualTo(429);
		}
	}

	@ParameterizedTest // L08
	@ValueSource(booleans = { false, true })
	void statusThatSecurityMakesOfAnExceptionCosts(boolean reactive) {
		try (RunningServer server = start(reactive)) {
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			for (String path : new String[] { "/denied/now", "/denied/later" }) {
				assertThat(server.get(path, user("ann", "secret")).statusCode()).isEqualTo(403);
			}
			await().untilAsserted(() -> assertThat(registry.rateLimiter("denied").forKey("ann").available()).isZero());
			assertThat(server.get("/denied/now", user("ann", "secret")).statusCode()).isEqualTo(429);
			assertThat(server.get("/denied/now", user("bob", "secret")).statusCode()).isEqualTo(403);
			await().untilAsserted(() -> assertThat(registry.concurrencyLimiter("denied").inUse()).isZero());
		}
	}

	@Test
	void keyThatIsThePrincipalIsFineWhereSomebodyAuthenticates() {
		try (RunningServer server = RunningServer.mvc(ServletApplication.class, "penstock.requests.user.paths=/api/**",
				"penstock.requests.user.key=principal", "penstock.requests.user.max=2",
				"spring.security.filter.order=5")) {
			assertThat(server.get("/api/a", user("ann", "secret")).statusCode()).isEqualTo(200);
			LimiterRegistry registry = server.context().getBean(LimiterRegistry.class);
			await().untilAsserted(() -> assertThat(registry.concurrencyLimiter("user").stats().granted()).isOne());
			await().untilAsserted(() -> assertThat(registry.concurrencyLimiter("user").forKey("ann").inUse()).isZero());
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void nobodyHasNoNameWhateverSpringSecurityCallsHim(boolean reactive) {
		String[] rules = { "penstock.requests.user.paths=/open", "penstock.requests.user.key=principal,header:X-Id",
				"penstock.requests.user.limit=1", "penstock.requests.user.per=1h" };
		try (RunningServer server = reactive ? RunningServer.webFlux(ReactiveApplication.class, rules)
				: RunningServer.mvc(ServletApplication.class, rules)) {
			assertThat(server.get("/open", "X-Id", "a").statusCode()).isEqualTo(200);
			assertThat(server.get("/open", "X-Id", "b").statusCode()).isEqualTo(200);
			assertThat(server.get("/open", "X-Id", "a").statusCode()).isEqualTo(429);
		}
	}

	private static UserDetails details(String name) {
		return User.withUsername(name).password("{noop}secret").roles("USER").build();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(ServletHandlers.class)
	static class ServletApplication {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/open").permitAll().anyRequest().authenticated())
				.anonymous(Customizer.withDefaults())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		InMemoryUserDetailsManager users() {
			return new InMemoryUserDetailsManager(details("ann"), details("bob"));
		}

	}

	@RestController
	static class ServletHandlers {

		@GetMapping("/open")
		String open() {
			return "open";
		}

		@GetMapping("/api/a")
		String name(java.security.Principal principal) {
			return principal.getName();
		}

		@GetMapping("/denied/now")
		String now() {
			throw new AccessDeniedException("on purpose");
		}

		@GetMapping("/denied/later")
		CompletableFuture<String> later() {
			return CompletableFuture.failedFuture(new AccessDeniedException("on purpose"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(exclude = WebMvcAutoConfiguration.class)
	@Import(ReactiveHandlers.class)
	static class ReactiveApplication {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http
				.authorizeExchange(
						(exchanges) -> exchanges.pathMatchers("/open").permitAll().anyExchange().authenticated())
				.anonymous(Customizer.withDefaults())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(details("ann"), details("bob"));
		}

	}

	@RestController
	static class ReactiveHandlers {

		@GetMapping("/open")
		String open() {
			return "open";
		}

		@GetMapping("/api/a")
		Mono<String> name(Mono<java.security.Principal> principal) {
			return principal.map(java.security.Principal::getName);
		}

		@GetMapping({ "/denied/now", "/denied/later" })
		Mono<String> denied() {
			return Mono.error(new AccessDeniedException("on purpose"));
		}

	}

}
