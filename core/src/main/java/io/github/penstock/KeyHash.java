package io.github.penstock;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;

import org.jspecify.annotations.Nullable;

/**
 * By what the key of a refused call is known to those who may not know it. Worked out for
 * those who ask, as refusing is to stay cheap; where it is written, the key is not.
 */
final class KeyHash implements Serializable {

	private static final long serialVersionUID = 1L;

	private final transient @Nullable Object key;

	private @Nullable String hash;

	KeyHash(Object key) {
		this.key = key;
	}

	@Override
	public String toString() {
		String hash = this.hash;
		return (hash != null) ? hash : workOut();
	}

	private String workOut() {
		String hash = (this.key != null) ? Keys.hash(this.key) : "?";
		this.hash = hash;
		return hash;
	}

	private void writeObject(ObjectOutputStream out) throws IOException {
		this.hash = toString();
		out.defaultWriteObject();
	}

}
