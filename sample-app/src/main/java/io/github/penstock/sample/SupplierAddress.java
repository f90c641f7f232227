package io.github.penstock.sample;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Where the supplier is: here, for want of a real one.
 */
@Component
class SupplierAddress {

	private final Environment environment;

	SupplierAddress(Environment environment) {
		this.environment = environment;
	}

	String url() {
		// Read at each call, for the port is not known before the server runs.
		return this.environment.getRequiredProperty("shop.supplier.url");
	}

}
