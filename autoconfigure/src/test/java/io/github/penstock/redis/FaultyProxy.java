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

package io.github.penstock.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Stands between a client and a server, and fails as networks do.
 */
final class FaultyProxy implements AutoCloseable {

	private final ServerSocket server;

	private final int target;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private volatile boolean swallowsQuestions;

	private volatile boolean refuses;

	private volatile boolean cutsAfterQuestion;

	/** What happens to the next answer, if anything does. */
	private final AtomicReference<Fault> fault = new AtomicReference<>();

	/** Answers wait for it. */
	private volatile CountDownLatch answers = new CountDownLatch(0);

	FaultyProxy(int target) {
		this.target = target;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		daemon(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/** Take what comes and pass nothing on, in connections that stay open. */
	void swallowQuestions(boolean swallows) {
		this.swallowsQuestions = swallows;
	}

	/** End new connections at once. */
	void refuse(boolean refuses) {
		this.refuses = refuses;
	}

	/** Pass the next question on, and then end the connection instead of answering. */
	void cutAfterQuestion(boolean cuts) {
		this.cutsAfterQuestion = cuts;
	}

	/**
	 * Pass a part of the next answer on, and then fail.
	 * @param pattern what the answer looks like, as many others may come before it
	 * @param bytes how much of it comes through
	 * @param how how it fails
	 */
	void breakAnswer(Pattern pattern, int bytes, Break how) {
		this.fault.set(new Fault(pattern, bytes, how));
	}

	/** Whether an answer is about to be broken yet. */
	boolean isToBreak() {
		return this.fault.get() != null;
	}

	/** Keep answers back until {@link #passAnswers}. */
	void holdAnswers() {
		this.answers = new CountDownLatch(1);
	}

	void passAnswers() {
		this.answers.countDown();
	}

	/** End all connections by a reset. */
	void reset() {
		this.sockets.forEach(FaultyProxy::reset);
		this.sockets.clear();
	}

	private static void reset(Socket socket) {
		try {
			socket.setSoLinger(true, 0);
			socket.close();
		}
		catch (IOException ex) {
			// It was closed before.
		}
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				if (this.refuses) {
					reset(client);
					continue;
				}
				Socket redis = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.addAll(List.of(client, redis));
				daemon(() -> pass(client, redis, true));
				daemon(() -> pass(redis, client, false));
			}
			catch (IOException ex) {
				// The server is closed, or Redis is not there.
			}
		}
	}

	private void pass(Socket from, Socket to, boolean questions) {
		byte[] buffer = new byte[8_192];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				if (questions && this.swallowsQuestions) {
					continue;
				}
				if (!questions) {
					if (this.cutsAfterQuestion) {
						throw new SocketException("Cut");
					}
					this.answers.await();
					Fault broken = fault(new String(buffer, 0, length, StandardCharsets.ISO_8859_1));
					if (broken != null) {
						out.write(buffer, 0, Math.min(length, broken.bytes));
						out.flush();
						end(from, to, broken.how);
						return;
					}
				}
				out.write(buffer, 0, length);
				out.flush();
			}
		}
		catch (IOException ex) {
			// One side is gone.
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		reset(from);
		reset(to);
	}

	/** The fault for this answer, which is no other's then. */
	private Fault fault(String answer) {
		Fault next = this.fault.get();
		return (next != null && next.pattern.matcher(answer).matches() && this.fault.compareAndSet(next, null)) ? next
				: null;
	}

	private void end(Socket redis, Socket client, Break how) throws IOException {
		switch (how) {
			case RESET -> reset(client);
			case CLOSE -> client.close();
			// Whatever else it is sent is left where it is, until all is closed.
			case SILENCE -> {
				return;
			}
		}
		reset(redis);
	}

	private static void daemon(Runnable task) {
		Thread thread = new Thread(task, "faulty-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		passAnswers();
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		reset();
	}

	/** How an answer ends early. */
	enum Break {

		/** The connection is reset. */
		RESET,

		/** The connection is closed. */
		CLOSE,

		/** Nothing comes any more. */
		SILENCE

	}

	private record Fault(Pattern pattern, int bytes, Break how) {
	}

}
