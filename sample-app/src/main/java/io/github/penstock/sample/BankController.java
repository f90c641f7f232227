package io.github.penstock.sample;

import java.math.BigDecimal;
import java.util.Map;

import io.github.penstock.annotation.RateLimited;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Plays the bank, who answers 429 with {@code Retry-After} to those who ask too often.
 */
@RestController
@RequestMapping("/bank")
class BankController {

	private static final Map<String, BigDecimal> RATES = Map.of("chf", new BigDecimal("0.93"), "usd",
			new BigDecimal("1.16"));

	@GetMapping("/rates/{currency}")
	@RateLimited("bank-visitors")
	BigDecimal rate(@PathVariable String currency) {
		BigDecimal rate = RATES.get(currency);
		if (rate == null) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No rate of " + currency);
		}
		return rate;
	}

}
