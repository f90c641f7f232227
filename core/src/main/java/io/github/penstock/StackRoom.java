package io.github.penstock;

/**
 * Makes sure of room on the stack before a call does what must not be cut off in the
 * middle by a {@code StackOverflowError}. It costs about what the room costs that is
 * asked for, so that it is for calls that have to wait, not for those that are let in.
 */
final class StackRoom {

	// The frame of compiled code takes some 32 bytes, and of interpreted code 100.
	private static final int FRAMES = 256;

	private static final int FEW_FRAMES = 64;

	private static final int MANY_FRAMES = 1_024;

	private StackRoom() {
	}

	/**
	 * Check that there is room for a call to join a line and to serve it, and to leave it
	 * again.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void check() {
		descend(FRAMES);
	}

	/**
	 * Check that there is room to leave a line, which {@link #check} has room for too.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void checkLittle() {
		descend(FEW_FRAMES);
	}

	/**
	 * Check that there is room to initialize classes of the JDK, which runs deep.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void checkMuch() {
		descend(MANY_FRAMES);
	}

	/**
	 * Check that there is room to give back what is about to be taken, to be called on
	 * the way of each call. Interpreted code has large frames, and needs more of them to
	 * give back than to take. Compiled code inlines all of this, and nothing is left of
	 * it.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void touch() {
		touch1(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
	}

	private static void touch1(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch2(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch2(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch3(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch3(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch4(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch4(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch5(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch5(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch6(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch6(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch7(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch7(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		touch8(a, b, c, d, e, f, g, h, i, j, k, l);
	}

	private static void touch8(long a, long b, long c, long d, long e, long f, long g, long h, long i, long j, long k,
			long l) {
		// That deep it goes.
	}

	private static int descend(int frames) {
		return (frames == 0) ? 0 : 1 + descend(frames - 1);
	}

}
