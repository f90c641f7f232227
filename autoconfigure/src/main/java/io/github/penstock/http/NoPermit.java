package io.github.penstock.http;

import io.github.penstock.Permit;

/**
 * The permit of a request that needs none.
 */
enum NoPermit implements Permit, Permit.Scope {

	INSTANCE;

	@Override
	public void close() {
	}

	@Override
	public Scope makeCurrent() {
		return this;
	}

}
