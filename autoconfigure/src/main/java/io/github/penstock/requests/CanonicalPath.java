package io.github.penstock.requests;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.Element;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.web.util.UriUtils;

/**
 * The path of a request in the one form that all spellings have which a server or a
 * handler may take for the same: decoded, without parameters, dots, empty segments and a
 * slash at the end. A rule that is got around by another spelling is none.
 */
final class CanonicalPath {

	private static final String ROOT = "/";

	/** Stands for a slash that is none: one that was encoded. */
	private static final char NO_SEPARATOR = '\uFFFF';

	private final String text;

	/** As a URI has it. */
	private final String encoded;

	private @Nullable PathContainer container;

	private CanonicalPath(String text, String encoded) {
		this.text = text;
		this.encoded = encoded;
	}

	static CanonicalPath of(String raw) {
		return isPlain(raw) ? new CanonicalPath(raw, raw) : rewritten(raw);
	}

	/** Whether it is canonical as it is, as nearly all are. */
	private static boolean isPlain(String raw) {
		int length = raw.length();
		if (length == 0 || raw.charAt(0) != '/') {
			return false;
		}
		boolean begins = false;
		for (int i = 0; i < length; i++) {
			char c = raw.charAt(i);
			if (c == '%' || c == ';' || (begins && (c == '/' || c == '.'))) {
				return false;
			}
			begins = c == '/';
		}
		return !begins || length == 1;
	}

	private static CanonicalPath rewritten(String raw) {
		PathContainer parsed;
		try {
			parsed = PathContainer.parsePath(raw);
		}
		catch (IllegalArgumentException ex) {
			// An encoding that is none: no handler can be meant.
			return new CanonicalPath(raw, ROOT);
		}
		Deque<String> segments = new ArrayDeque<>();
		for (Element element : parsed.elements()) {
			if (element instanceof PathSegment segment) {
				add(segment.valueToMatch(), segments);
			}
		}
		if (segments.isEmpty()) {
			return new CanonicalPath(ROOT, ROOT);
		}
		StringBuilder text = new StringBuilder();
		StringBuilder encoded = new StringBuilder();
		for (String segment : segments) {
			text.append('/').append(segment.replace('/', NO_SEPARATOR));
			encoded.append('/').append(UriUtils.encode(segment, StandardCharsets.UTF_8));
		}
		return new CanonicalPath(text.toString(), encoded.toString());
	}

	private static void add(String segment, Deque<String> segments) {
		switch (segment) {
			case "", "." -> {
			}
			case ".." -> segments.pollLast();
			default -> segments.addLast(segment);
		}
	}

	/** Decoded, for comparisons. */
	String text() {
		return this.text;
	}

	/** For patterns; parsed once. */
	PathContainer container() {
		PathContainer container = this.container;
		if (container == null) {
			container = PathContainer.parsePath(this.encoded);
			this.container = container;
		}
		return container;
	}

}
