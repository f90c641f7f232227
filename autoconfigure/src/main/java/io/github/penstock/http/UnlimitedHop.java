package io.github.penstock.http;

import org.jspecify.annotations.Nullable;

/**
 * A request that nobody limits, of a client whose redirects may lead to limited hosts.
 */
enum UnlimitedHop implements Hop {

	INSTANCE;

	@Override
	public @Nullable HttpLimit limit() {
		return null;
	}

	@Override
	public boolean canEnd() {
		return true;
	}

	@Override
	public boolean hasEnded() {
		return false;
	}

	@Override
	public void end() {
	}

}
