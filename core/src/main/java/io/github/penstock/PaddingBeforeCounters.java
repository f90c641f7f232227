package io.github.penstock;

/**
 * Two cache lines of nothing, see {@link PermitCounters}.
 */
@SuppressWarnings("unused")
abstract class PaddingBeforeCounters extends LineLimiter {

	private long p00;

	private long p01;

	private long p02;

	private long p03;

	private long p04;

	private long p05;

	private long p06;

	private long p07;

	private long p08;

	private long p09;

	private long p10;

	private long p11;

	private long p12;

	private long p13;

	private long p14;

	private long p15;

	PaddingBeforeCounters(Identity identity) {
		super(identity);
	}

}
