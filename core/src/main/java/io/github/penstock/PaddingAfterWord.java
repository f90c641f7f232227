package io.github.penstock;

/**
 * Two cache lines of nothing, see {@link TokenWord}.
 */
@SuppressWarnings("unused")
abstract class PaddingAfterWord extends TokenWord {

	private long p16;

	private long p17;

	private long p18;

	private long p19;

	private long p20;

	private long p21;

	private long p22;

	private long p23;

	private long p24;

	private long p25;

	private long p26;

	private long p27;

	private long p28;

	private long p29;

	private long p30;

	private long p31;

}
