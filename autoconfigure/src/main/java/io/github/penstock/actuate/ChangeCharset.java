package io.github.penstock.actuate;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.http.MediaType;

/**
 * The charset of a body, which is that of JSON: in another one it could say something
 * else to who looks at it than to who reads it.
 */
final class ChangeCharset {

	private ChangeCharset() {
	}

	static @Nullable String problem(@Nullable MediaType contentType) {
		Charset charset = (contentType != null) ? contentType.getCharset() : null;
		return (charset == null || charset.equals(StandardCharsets.UTF_8)) ? null : "The body is not in UTF-8.";
	}

}
