package io.github.penstock;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets Netty's allocator take its own locks for a moment, whatever the thread: under load
 * two event loops meet there, which is no business of ours. Public, to be loaded.
 */
public final class NettyAllocatorIntegration implements BlockHoundIntegration {

	@Override
	public void applyTo(BlockHound.Builder builder) {
		builder.allowBlockingCallsInside("io.netty.buffer.AdaptivePoolingAllocator", "allocate")
			.allowBlockingCallsInside("io.netty.buffer.AbstractReferenceCountedByteBuf", "release");
	}

}
