package io.github.penstock.aop.elsewhere;

import io.github.penstock.annotation.Bulkhead;

/**
 * Has a limited method that no subclass of another package can override.
 */
public class ForeignBase {

	@Bulkhead(max = 1)
	void hidden() {
	}

}
