package io.github.penstock.actuate;

import org.jspecify.annotations.Nullable;

/**
 * Shares of a hundred as people write them: {@code 25%}, or {@code 25}.
 */
public final class PercentText {

	private PercentText() {
	}

	/**
	 * Read a share.
	 * @param text the text
	 * @return the share, be it in range or not; {@code null} if the text is no whole
	 * number of percent
	 */
	public static @Nullable Integer read(String text) {
		return NumberText.integer((text.endsWith("%")) ? text.substring(0, text.length() - 1) : text);
	}

	/**
	 * Write a share.
	 * @param percent the share
	 * @return the text, such as {@code 25%}
	 */
	public static String of(int percent) {
		return percent + "%";
	}

}
