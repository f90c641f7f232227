package io.github.penstock.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.LimitExceededException;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import io.github.penstock.RateLimiter;
import io.github.penstock.RefusalReason;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Tests for {@link LimiterShutdown}.
 */
class LimiterShutdownTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(PenstockAutoConfiguration.class))
		.withPropertyValues("penstock.bulkheads.b.max=1", "penstock.bulkheads.b.timeout=1h",
				"penstock.rate-limits.r.limit=1", "penstock.rate-limits.r.per=1h", "penstock.rate-limits.r.timeout=2h");

	@Test
	void closeWhenCallsWaitRefusesThemAtOnceAndSaysWhy() {
		this.contextRunner.run((context) -> {
			LimiterRegistry registry = context.getBean(LimiterRegistry.class);
			ConcurrencyLimiter bulkhead = registry.concurrencyLimiter("b");
			RateLimiter rateLimit = registry.rateLimiter("r");
			Permit held = bulkhead.acquire();
			rateLimit.acquire();
			FutureTask<LimitExceededException> parked = new FutureTask<>(
					() -> catchThrowableOfType(LimitExceededException.class, bulkhead::acquire));
			new Thread(parked).start();
			CompletableFuture<Permit> permit = bulkhead.acquireAsync();
			CompletableFuture<Void> token = rateLimit.acquireAsync();
			Awaitility.await().until(() -> bulkhead.waiting() == 2 && rateLimit.waiting() == 1);
			context.getSourceApplicationContext().close();
			assertThat(parked.get(20, TimeUnit.SECONDS).reason()).isEqualTo(RefusalReason.SHUT_DOWN);
			assertThat(permit).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("Bulkhead 'b' lets nobody wait any more: the application ends");
			assertThat(token).failsWithin(Duration.ofSeconds(20))
				.withThrowableThat()
				.withMessageContaining("Rate limit 'r' lets nobody wait any more: the application ends");
			held.close();
			assertThat(bulkhead.available()).isOne();
			assertThat(bulkhead.waiting()).isZero();
		});
	}

	@Test
	void closeWhenItIsAChildThatClosesRefusesNobody() {
		this.contextRunner.run((context) -> {
			ConcurrencyLimiter bulkhead = context.getBean(LimiterRegistry.class).concurrencyLimiter("b");
			Permit held = bulkhead.acquire();
			CompletableFuture<Permit> waiting = bulkhead.acquireAsync();
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.refresh();
			}
			assertThat(waiting).isNotDone();
			held.close();
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(20));
			waiting.join().close();
		});
	}

}
