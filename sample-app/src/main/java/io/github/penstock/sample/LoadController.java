package io.github.penstock.sample;

import java.time.Duration;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends customers to the shop, so that there is something to see.
 */
@RestController
class LoadController {

	private static final int MOST_SECONDS = 600;

	private final LoadGenerator load;

	LoadController(LoadGenerator load) {
		this.load = load;
	}

	@PostMapping("/load")
	@ResponseStatus(HttpStatus.ACCEPTED)
	String send(@RequestParam(defaultValue = "60") int seconds) {
		Duration length = Duration.ofSeconds(Math.max(1, Math.min(seconds, MOST_SECONDS)));
		return this.load.start(length) ? "Customers come for " + length.toSeconds() + " seconds."
				: "Customers are coming already.";
	}

}
