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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.penstock.LimiterStore;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.DefaultClientResources;

/**
 * Keeps what all instances share in Redis. It connects when it is needed first, and
 * nothing waits for that: where there is no Redis yet, each question fails until there is
 * one.
 * <p>
 * <b>Time.</b> What a script answers is true for the moment at which Redis ran it, which
 * was between the question and the answer. So what may happen after a time counts from
 * the answer on, and what may happen before one counts from the question.
 */
public final class RedisLimiterStore implements LimiterStore, AutoCloseable {

	/**
	 * Where the scripts are on the class path.
	 */
	public static final String SCRIPTS = "io/github/penstock/redis/*.lua";

	private static final LuaScript PROBE = LuaScript.load("probe.lua");

	/** After so many unanswered questions it is time for another connection. */
	private static final int PATIENCE = 3;

	private final String instance = UUID.randomUUID().toString();

	private final AtomicLong permitQuestions = new AtomicLong();

	private final AtomicBoolean started = new AtomicBoolean();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final ScheduledExecutorService timer = Timers.create("penstock-redis");

	private final RedisStoreSettings settings;

	private final SupplyNames names;

	private final Deadlines deadlines;

	private final LazyClients clients;

	private final Link link;

	private final Breaker breaker;

	private final Questions questions;

	private final Watches watches;

	private final WakeUps wakeUps;

	private final Heartbeat heartbeat;

	/** What to do with messages, by channel. */
	private final Map<String, Consumer<String>> handlers = new ConcurrentHashMap<>();

	/**
	 * Create a store that is not connected yet.
	 * @param target where Redis is
	 * @param settings what was chosen
	 * @param resources has the last word about what the client runs with, but for its
	 * reconnections
	 * @param options sets the options of the client that this store does not depend on
	 */
	public RedisLimiterStore(RedisTarget target, RedisStoreSettings settings,
			Consumer<DefaultClientResources.Builder> resources, Consumer<ClientOptions.Builder> options) {
		this.settings = settings;
		this.names = new SupplyNames(settings.namespace());
		this.deadlines = new Deadlines(settings.budget(), "penstock-redis-deadlines");
		this.clients = new LazyClients(() -> new RedisClients(target, resources, options));
		this.link = new Link(this.clients, (task) -> daemon(task).start());
		this.breaker = new Breaker(this.timer, this::probe);
		this.questions = new Questions(settings.budget(), this.deadlines, this.link, this.breaker);
		this.watches = new Watches(this.timer, settings.lease(), this.breaker::isUp);
		this.wakeUps = new WakeUps(() -> this.clients.get().connectToMessages(), this.timer, this::received,
				this.watches::wakeAll);
		this.handlers.put(this.names.wakeUps(), this::wake);
		this.heartbeat = new Heartbeat(this.instance);
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task, "penstock-redis-connect");
		thread.setDaemon(true);
		return thread;
	}

	/** Connect, and let others know that this instance is there. */
	@Override
	public void start() {
		if (!this.closed.get() && this.started.compareAndSet(false, true)) {
			this.link.open().whenComplete((connected, failure) -> {
				if (failure != null) {
					this.questions.failed(this.names.instances(), failure);
				}
				beat();
			});
		}
	}

	private void beat() {
		this.heartbeat
			.beat((arguments) -> ask(this.names.instances(), Heartbeat.SCRIPT, Function.identity(), arguments));
		Timers.schedule(this.timer, this::beat, Heartbeat.PERIOD_MILLIS);
	}

	@Override
	public Duration budget() {
		return this.settings.budget();
	}

	@Override
	public int instances() {
		return this.heartbeat.instances();
	}

	/**
	 * Return how this store fares.
	 * @return as of now
	 */
	public RedisStoreState state() {
		Answers answers = this.questions.answers();
		return new RedisStoreState(this.breaker.isUp(), this.breaker.since(), this.breaker.cause(), instances(),
				answers.questions(), answers.failures(), answers.refusals(), answers.total(),
				Duration.ofNanos(answers.recentNanos()));
	}

	@Override
	public CompletionStage<TokenReply> tokens(TokenRequest request) {
		start();
		StoreUnavailableException refusal = this.questions.refusal();
		if (refusal != null) {
			return this.questions.refused(refusal);
		}
		TokenQuestion question;
		try {
			question = new TokenQuestion(this.questions, this.names.tokens(request.supply()), request);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return question.ask();
	}

	@Override
	public CompletionStage<PermitReply> permits(PermitRequest request) {
		start();
		String name = this.names.permits(request.supply());
		String[] arguments = PermitScript.arguments(request, this.instance, this.permitQuestions.incrementAndGet(),
				this.settings.lease(), this.names.wakeUps(), name);
		return ask(name, PermitScript.SCRIPT, (answer) -> {
			PermitReply reply = PermitScript.reply(answer, this.settings.lease());
			this.watches.waits(name, reply.lent() < request.want());
			return reply;
		}, arguments);
	}

	/** One question that is one call. */
	<T> CompletionStage<T> ask(String name, LuaScript script, Function<List<Object>, T> reply, String... arguments) {
		return this.questions.ask(name, script, reply, arguments);
	}

	/**
	 * Another connection is tried if this one was cut, is mute, or leads to a replica.
	 */
	private CompletionStage<?> probe(String name, int attempt) {
		if (attempt % PATIENCE == 0) {
			this.link.forget();
			this.wakeUps.listenAnew();
		}
		else {
			this.link.forgetIfFailed();
		}
		Question<List<Object>> question = new Question<>(budget(), (failure) -> {
		});
		this.link.open().whenComplete((connected, failure) -> {
			if (failure != null) {
				question.fail(failure);
				return;
			}
			this.deadlines.add(question);
			connected.run(PROBE, SupplyNames.probe(name)).whenComplete((answer, refusal) -> {
				if (refusal != null) {
					question.fail(refusal);
				}
				else {
					question.complete(answer);
				}
			});
		});
		return question;
	}

	/** Instances tell each other whom to wake. */
	private void wake(String message) {
		String[] parts = message.split(" ");
		for (int at = 1; at < parts.length; at++) {
			if (parts[at].equals(this.instance)) {
				this.watches.wake(parts[0]);
			}
		}
	}

	private void received(String channel, String message) {
		Consumer<String> handler = this.handlers.get(channel);
		if (handler != null) {
			handler.accept(message);
		}
	}

	/** Whether Redis answers, as far as is known. */
	boolean isUp() {
		return this.breaker.isUp();
	}

	/** What others know this instance by. */
	String instance() {
		return this.instance;
	}

	SupplyNames names() {
		return this.names;
	}

	/** Do something with each message of a channel; those that are missed are lost. */
	void listen(String channel, Consumer<String> handler) {
		start();
		this.handlers.put(channel, handler);
		this.wakeUps.listen(channel);
	}

	/** Do something again and again while Redis answers. */
	void every(Runnable task, long millis) {
		Timers.every(this.timer, () -> {
			if (this.breaker.isUp()) {
				task.run();
			}
		}, millis);
	}

	@Override
	public Runnable watch(Supply supply, Runnable wake) {
		start();
		this.wakeUps.listen(this.names.wakeUps());
		return this.watches.add(this.names.permits(supply), wake);
	}

	@Override
	public void whenAvailable(Runnable action) {
		this.breaker.whenUp(action);
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.questions.close();
		if (this.started.get() && this.breaker.isUp()) {
			this.heartbeat.end((arguments) -> this.link.run(Heartbeat.SCRIPT, this.names.instances(), arguments));
		}
		this.timer.shutdown();
		this.wakeUps.close();
		this.link.close();
		this.deadlines.close();
		this.clients.close();
	}

}
