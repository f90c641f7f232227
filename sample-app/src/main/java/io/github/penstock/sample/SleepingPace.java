package io.github.penstock.sample;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Sleeps for as long as the configuration says.
 *
 * @param pace the time that each kind of work takes
 */
@ConfigurationProperties("shop")
record SleepingPace(Map<String, Duration> pace) implements Pace {

	@Override
	public void take(String work) {
		try {
			TimeUnit.NANOSECONDS.sleep(this.pace.getOrDefault(work, Duration.ZERO).toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
