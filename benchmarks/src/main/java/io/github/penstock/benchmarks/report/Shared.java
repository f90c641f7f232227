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

package io.github.penstock.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.penstock.benchmarks.shared.EmptyBucket;
import io.github.penstock.benchmarks.shared.HotKey;
import io.github.penstock.benchmarks.shared.RedisServer;
import io.github.penstock.benchmarks.shared.SharedPermitContender;
import io.github.penstock.benchmarks.shared.SharedTokenContender;
import io.github.penstock.benchmarks.shared.SteadyCalls;
import io.github.penstock.benchmarks.shared.Uncontended;

/**
 * Limits that several instances share, in one Redis.
 */
final class Shared {

	private static final String ROUND_TRIP = "a GET, which is one round trip";

	private static final String THREADS = "50";

	/** Nobody waits for a permit. */
	private static final int MANY = 50;

	/**
	 * With less, the compiler still has a good part of the processors while it is
	 * measured.
	 */
	private static final int WARM_UP_MILLIS = 10_000;

	/** Divides all times, for a look at whether it runs. */
	private static final int HASTE = Integer.getInteger("benchmarks.haste", 1);

	String tokens(Report report) throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			int port = redis.port();
			List<Contender> all = new ArrayList<>();
			for (SharedTokenContender contender : SharedTokenContender.values()) {
				all.add(new Contender("tokens:" + contender.name(), contender.toString()));
			}
			Contender get = new Contender("GET", ROUND_TRIP);
			Contender handOver = new Contender("HAND_OVER", "no Redis: another thread says yes");
			List<Contender> more = with(handOver, with(get, all));
			return uncontended(port, "one thread, again and again", 0, with(get, all)) + "\n"
					+ hotKey(port, THREADS + " threads on one key", THREADS, MANY, more) + "\n"
					+ hotKey(port, THREADS + " virtual threads on one key", THREADS + "v", MANY, more) + "\n"
					+ jvms(port, all.get(SharedTokenContender.PENSTOCK.ordinal())) + "\n" + refused(port) + "\n"
					+ steady(port, with(get, all.subList(0, SharedTokenContender.REDISSON.ordinal())));
		}
	}

	String permits(Report report) throws Exception {
		try (RedisServer redis = RedisServer.start()) {
			int port = redis.port();
			List<Contender> all = new ArrayList<>();
			for (SharedPermitContender contender : SharedPermitContender.values()) {
				all.add(new Contender("permits:" + contender.name(), contender.toString()));
			}
			return uncontended(port, "one thread, a millisecond between calls", 1_000, all) + "\n"
					+ uncontended(port, "one thread, again and again", 0, all) + "\n"
					+ hotKey(port, THREADS + " threads, " + MANY + " permits", THREADS, MANY, all) + "\n"
					+ hotKey(port, THREADS + " threads, 10 permits", THREADS, 10, all.subList(1, all.size()));
		}
	}

	private static List<Contender> with(Contender first, List<Contender> others) {
		List<Contender> all = new ArrayList<>(List.of(first));
		all.addAll(others);
		return all;
	}

	private static int millis(int millis) {
		return millis / HASTE;
	}

	private static String uncontended(int port, String title, int pauseMicros, List<Contender> contenders)
			throws Exception {
		List<Object> arguments = new ArrayList<>(List.of(port, millis(4_000), millis(400), 10, pauseMicros));
		contenders.forEach((contender) -> arguments.add(contender.id()));
		Map<String, Object> result = Programs.run(Uncontended.class, arguments.toArray());
		Table table = new Table(title, "median, µs", "of the floor", "mean, µs", "p99, µs");
		double floor = number(of(result, contenders.get(0).isFloor() ? 0 : 1, contenders), "p50");
		for (int at = 0; at < contenders.size(); at++) {
			Map<?, ?> found = of(result, at, contenders);
			table.row(contenders.get(at).title(), Numbers.text(number(found, "p50")),
					Numbers.ratio(number(found, "p50"), floor), Numbers.text(number(found, "mean")),
					Numbers.text(number(found, "p99")));
		}
		return table.toString();
	}

	private static Map<?, ?> of(Map<String, Object> result, int at, List<Contender> contenders) {
		return (Map<?, ?>) result.get(contenders.get(at).id());
	}

	private static double number(Map<?, ?> result, String name) {
		return ((Number) result.get(name)).doubleValue();
	}

	private static String hotKey(int port, String title, String threads, int max, List<Contender> contenders)
			throws Exception {
		Contender floor = contenders.stream().filter(Contender::isFloor).findFirst().orElse(contenders.get(1));
		Table table = new Table(title, "grants a second", floor.isFloor() ? "of the floor" : "of " + floor.title(),
				"commands a grant", "CPU of the client, µs", "of Redis, µs", "median, µs", "p99, µs");
		List<Map<String, Object>> results = new ArrayList<>();
		for (Contender contender : contenders) {
			results.add(hotKey(port, contender, threads, max, "hot-" + threads + "-" + max + "-" + contender.id(), 1));
		}
		double perSecond = number(results.get(contenders.indexOf(floor)), "perSecond");
		for (int at = 0; at < contenders.size(); at++) {
			Map<String, Object> result = results.get(at);
			double grants = number(result, "grants");
			table.row(contenders.get(at).title(), Numbers.text(number(result, "perSecond")),
					Numbers.ratio(number(result, "perSecond"), perSecond),
					Numbers.text(number(result, "commands") / grants),
					Numbers.text(number(result, "clientNanos") / 1e3 / grants),
					Numbers.text(number(result, "redisNanos") / 1e3 / grants), Numbers.text(number(result, "p50")),
					Numbers.text(number(result, "p99")));
		}
		return table.toString();
	}

	private static Map<String, Object> hotKey(int port, Contender contender, String threads, int max, String key,
			int jvms) throws Exception {
		// Each JVM compiles what is hot, and all have the same processors for that.
		return Programs.run(HotKey.class, port, contender.id(), threads, millis(WARM_UP_MILLIS * jvms), millis(3_000),
				max, key.replace(':', '-'), jvms);
	}

	private static String jvms(int port, Contender contender) throws Exception {
		Table table = new Table(contender + ", JVMs on one key", "threads in each", "grants a second, all together",
				"commands a grant", "slowest p99, µs");
		for (int jvms : new int[] { 1, 3 }) {
			ExecutorService executor = Executors.newFixedThreadPool(jvms);
			List<Future<Map<String, Object>>> running = new ArrayList<>();
			Callable<Map<String, Object>> task = () -> hotKey(port, contender, THREADS, 0, "jvms-" + jvms, jvms);
			for (int at = 0; at < jvms; at++) {
				running.add(executor.submit(task));
			}
			double perSecond = 0;
			double grants = 0;
			double commands = 0;
			double p99 = 0;
			for (Future<Map<String, Object>> one : running) {
				Map<String, Object> result = one.get();
				perSecond += number(result, "perSecond");
				grants += number(result, "grants");
				commands = Math.max(commands, number(result, "commands"));
				p99 = Math.max(p99, number(result, "p99"));
			}
			executor.shutdown();
			table.row(jvms, THREADS, Numbers.text(perSecond), Numbers.text(commands / grants), Numbers.text(p99));
		}
		return table.toString();
	}

	private static String refused(int port) throws Exception {
		Table table = new Table("an empty bucket, one thread", "µs for a refusal", "commands for a refusal",
				"commands a second");
		int millis = millis(3_000);
		for (SharedTokenContender contender : SharedTokenContender.values()) {
			Map<String, Object> result = Programs.run(EmptyBucket.class, port, contender.name(), millis, millis);
			double commands = number(result, "commands");
			table.row(contender, Numbers.text(number(result, "nanos") / 1e3),
					String.format("%.6f", commands / number(result, "refused")),
					Numbers.text(Math.rint(commands * 1000 / millis)));
		}
		return table.toString();
	}

	private static String steady(int port, List<Contender> contenders) throws Exception {
		Table table = new Table("5\u00a0000 calls a second of " + THREADS + " threads", "median, µs", "p99, µs",
				"of the median GET", "p99.9, µs");
		double roundTrip = 0;
		for (Contender contender : contenders) {
			Map<String, Object> result = Programs.run(SteadyCalls.class, port, contender.id(), THREADS, millis(4_000),
					millis(6_000), 5_000);
			roundTrip = (roundTrip != 0) ? roundTrip : number(result, "p50");
			table.row(contender.title(), Numbers.text(number(result, "p50")), Numbers.text(number(result, "p99")),
					Numbers.ratio(number(result, "p99"), roundTrip), Numbers.text(number(result, "p999")));
		}
		return table.toString();
	}

	/**
	 * What is measured.
	 *
	 * @param id as the programs know it
	 * @param title as the tables do
	 */
	private record Contender(String id, String title) {

		boolean isFloor() {
			return this.title.contains("(floor)");
		}

		@Override
		public String toString() {
			return this.title;
		}

	}

}
