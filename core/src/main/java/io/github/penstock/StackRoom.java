/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.penstock;

/**
 * Makes sure of room on the stack before a call does what must not be cut off in the
 * middle by a {@code StackOverflowError}.
 * <p>
 * <b>Room that is not written to.</b> A JVM makes a frame as large as the largest way
 * through its method needs, and looks for the end of the stack when it makes it. So a
 * call goes down a few large frames by a way that needs next to nothing, for what costs
 * is to write to the stack. One call in {@value #USED_EACH} takes the large way, or a
 * compiler that had never seen it taken would leave it out, and its room with it.
 */
final class StackRoom {

	// A frame takes half a kilobyte compiled, and one or more interpreted.
	private static final int FRAMES = 28;

	private static final int FEW_FRAMES = 7;

	private static final int MANY_FRAMES = 100;

	private static final int USED_EACH = 256;

	private static final long[] USED = new long[64];

	/** A count that is lost does no harm. */
	private static int calls;

	private StackRoom() {
	}

	/**
	 * Check that there is room for a call to join a line and to serve it, and to leave it
	 * again.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void check() {
		descend(FRAMES, calls++ % USED_EACH == 0);
	}

	/**
	 * Check that there is room to leave a line, which {@link #check} has room for too.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void checkLittle() {
		descend(FEW_FRAMES, calls++ % USED_EACH == 0);
	}

	/**
	 * Check that there is room to initialize classes of the JDK, which runs deep.
	 * @throws StackOverflowError if there is not; nothing has happened then
	 */
	static void checkMuch() {
		descend(MANY_FRAMES, calls++ % USED_EACH == 0);
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

	/**
	 * What is read before the deeper call and added after it is on the stack meanwhile.
	 */
	private static long descend(int frames, boolean used) {
		if (frames == 0) {
			return 0;
		}
		if (!used) {
			return descend(frames - 1, false);
		}
		long[] v = USED;
		long a0 = v[0];
		long a1 = v[1];
		long a2 = v[2];
		long a3 = v[3];
		long a4 = v[4];
		long a5 = v[5];
		long a6 = v[6];
		long a7 = v[7];
		long b0 = v[8];
		long b1 = v[9];
		long b2 = v[10];
		long b3 = v[11];
		long b4 = v[12];
		long b5 = v[13];
		long b6 = v[14];
		long b7 = v[15];
		long c0 = v[16];
		long c1 = v[17];
		long c2 = v[18];
		long c3 = v[19];
		long c4 = v[20];
		long c5 = v[21];
		long c6 = v[22];
		long c7 = v[23];
		long d0 = v[24];
		long d1 = v[25];
		long d2 = v[26];
		long d3 = v[27];
		long d4 = v[28];
		long d5 = v[29];
		long d6 = v[30];
		long d7 = v[31];
		long e0 = v[32];
		long e1 = v[33];
		long e2 = v[34];
		long e3 = v[35];
		long e4 = v[36];
		long e5 = v[37];
		long e6 = v[38];
		long e7 = v[39];
		long f0 = v[40];
		long f1 = v[41];
		long f2 = v[42];
		long f3 = v[43];
		long f4 = v[44];
		long f5 = v[45];
		long f6 = v[46];
		long f7 = v[47];
		long g0 = v[48];
		long g1 = v[49];
		long g2 = v[50];
		long g3 = v[51];
		long g4 = v[52];
		long g5 = v[53];
		long g6 = v[54];
		long g7 = v[55];
		long h0 = v[56];
		long h1 = v[57];
		long h2 = v[58];
		long h3 = v[59];
		long h4 = v[60];
		long h5 = v[61];
		long h6 = v[62];
		long h7 = v[63];
		long deeper = descend(frames - 1, true);
		return deeper + a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7 + c0 + c1 + c2
				+ c3 + c4 + c5 + c6 + c7 + d0 + d1 + d2 + d3 + d4 + d5 + d6 + d7 + e0 + e1 + e2 + e3 + e4 + e5 + e6 + e7
				+ f0 + f1 + f2 + f3 + f4 + f5 + f6 + f7 + g0 + g1 + g2 + g3 + g4 + g5 + g6 + g7 + h0 + h1 + h2 + h3 + h4
				+ h5 + h6 + h7;
	}

}
