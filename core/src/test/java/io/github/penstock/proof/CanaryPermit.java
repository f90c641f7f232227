package io.github.penstock.proof;

import io.github.penstock.Permit;

/** A permit of a limiter that is wrong on purpose. */
final class CanaryPermit implements Permit {

	private final Runnable release;

	private boolean closed;

	CanaryPermit(Runnable release) {
		this.release = release;
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.release.run();
		}
	}

	@Override
	public Scope makeCurrent() {
		throw new UnsupportedOperationException();
	}

}
