package io.github.penstock.sample;

import java.math.BigDecimal;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException.TooManyRequests;
import org.springframework.web.client.RestClient;

/**
 * The bank's exchange rates. Nothing here limits anything: {@code penstock.http-clients}
 * limits what is sent to the bank, and has it wait when the bank asks for that.
 */
@Component
class ExchangeRates {

	private final RestClient restClient;

	private final Environment environment;

	ExchangeRates(RestClient.Builder restClient, Environment environment) {
		this.restClient = restClient.build();
		this.environment = environment;
	}

	BigDecimal rateOf(String currency) {
		try {
			return ask(currency);
		}
		catch (TooManyRequests ex) {
			// Not sent before the time that the bank has named.
			return ask(currency);
		}
	}

	private BigDecimal ask(String currency) {
		return this.restClient.get()
			.uri(this.environment.getRequiredProperty("shop.bank.url") + "/rates/{currency}", currency)
			.retrieve()
			.requiredBody(BigDecimal.class);
	}

}
