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

	private static int descend(int frames) {
		return (frames == 0) ? 0 : 1 + descend(frames - 1);
	}

}
