package io.github.penstock.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/**
 * A web shop's service for stock, prices and deliveries, that limits what it does to its
 * database and to its supplier.
 */
@SpringBootApplication
@EnableConfigurationProperties(SleepingPace.class)
public class SampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
