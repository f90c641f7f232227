package io.github.penstock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The word of a {@link TokenBucket}, which every call writes. It has padding before and
 * after it, as {@link PermitCounters} have: what a bucket is made of is read by every
 * call as well, and would go from processor to processor with the word.
 */
abstract class TokenWord extends PaddingBeforeWord {

	static final VarHandle WORD;

	static {
		try {
			WORD = MethodHandles.lookup().findVarHandle(TokenWord.class, "word", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** See {@link TokenBucket}. */
	volatile long word;

}
