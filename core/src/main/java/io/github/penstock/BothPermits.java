package io.github.penstock;

/**
 * The permits of two limiters that one call holds.
 *
 * @param first what was taken first, and is given back last
 * @param second what was taken while the first was held
 */
record BothPermits(Permit first, Permit second) implements Permit {

	@Override
	public void close() {
		try {
			this.second.close();
		}
		finally {
			this.first.close();
		}
	}

	@Override
	public Scope makeCurrent() {
		Scope outer = this.first.makeCurrent();
		try {
			Scope inner = this.second.makeCurrent();
			return () -> close(outer, inner);
		}
		catch (Throwable ex) {
			outer.close();
			throw ex;
		}
	}

	private static void close(Scope outer, Scope inner) {
		try {
			inner.close();
		}
		finally {
			outer.close();
		}
	}

}
