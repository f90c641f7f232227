package io.github.penstock;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets libraries take their own locks for a moment, whatever the thread: under load two
 * threads meet there, which is no business of ours. Public, to be loaded.
 */
public final class LibraryLocksIntegration implements BlockHoundIntegration {

	@Override
	public void applyTo(BlockHound.Builder builder) {
		builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
			.allowBlockingCallsInside("io.netty.buffer.AbstractReferenceCountedByteBuf", "release")
			// Who reads the body has the queue's lock: a piece that is refused is lost,
			// and the reader waits for ever.
			.allowBlockingCallsInside("org.springframework.http.client.SubscriberInputStream", "onNext");
	}

}
