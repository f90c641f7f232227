package io.github.penstock.http;

import org.jspecify.annotations.Nullable;

/**
 * The request that a client sends first, as it is seen where redirects are followed. A
 * redirect ends it: what follows is a request of its own.
 */
interface Hop {

	/** Where it is found below the client's interceptors and filters. */
	String ATTRIBUTE = Hop.class.getName();

	/** The limits that let it through, {@code null} if nobody limits it. */
	@Nullable HttpLimit limit();

	/** Whether the current thread may end it. */
	boolean canEnd();

	/** Whether it has ended. */
	boolean hasEnded();

	/** Give its permit back. */
	void end();

}
