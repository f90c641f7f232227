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

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds of the script of {@link TokenScript} whatever is asked when.
 */
class TokenScriptPropertyTests {

	private static final int SEQUENCES = 40;

	private static final int STEPS = 60;

	private final ScriptClient redis = new ScriptClient(RedisServer.shared());

	private String key;

	private long now;

	private RateScale scale;

	@BeforeEach
	void begin() {
		this.now = 27_000_000_000_000L;
	}

	@AfterEach
	void disconnect() {
		this.redis.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 8 })
	void answersAsABucketOfWholeNumbersDoes(long seed) {
		Random random = new Random(seed);
		for (int sequence = 0; sequence < SEQUENCES; sequence++) {
			this.key = ScriptClient.newKey();
			this.scale = scale(random);
			Model model = new Model();
			List<Long> serials = new ArrayList<>(List.of(-1L));
			for (int step = 0; step < STEPS; step++) {
				this.now += step(random);
				if (random.nextInt(15) == 0) {
					this.scale = scale(random);
				}
				Question question = Question.any(random, this.now, this.scale, serials);
				List<Long> expected = model.answer(this.now, this.scale, question);
				assertThat(ask(question))
					.as("seed %s, sequence %s, step %s: %s of %s", seed, sequence, step, question, this.scale)
					.isEqualTo(expected);
				if (!expected.isEmpty()) {
					serials.add(expected.get(0));
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 36, 38, 67, 170 })
	void noWindowHasMoreThanTheBurstAndTheRate(long seed) {
		checkWindows(seed);
	}

	@Test
	@Tag("soak")
	void noWindowHasMoreThanTheBurstAndTheRateInManySequences() {
		LongStream.range(1_000, 1_200).forEach(this::checkWindows);
	}

	private void checkWindows(long seed) {
		Random random = new Random(seed);
		for (int sequence = 0; sequence < SEQUENCES; sequence++) {
			this.key = ScriptClient.newKey();
			this.scale = scale(random);
			long setBack = 0;
			List<Lent> lent = new ArrayList<>();
			// What the clock of the script is ahead of that by which waits count.
			long ahead = 0;
			for (int step = 0; step < STEPS; step++) {
				// No two calls are at the same time.
				this.now += Math.max(1, step(random));
				// Waits count from now on, whatever the clock of Redis says.
				setBack += (random.nextInt(14) == 0) ? Math.abs(step(random)) * 3 : 0;
				List<long[]> returned = new ArrayList<>();
				for (Lent some : lent) {
					if (random.nextInt(4) == 0) {
						some.giveBack(random, this.now, returned);
					}
				}
				Question question = new Question(
						(random.nextInt(5) == 0) ? random.nextLong(2 * this.scale.capacity()) : 0, returned,
						this.now + ahead, Question.wanted(random, this.scale));
				List<Long> answer = TokenQuestions.answer(this.redis.runAt(this.now - setBack, TokenScript.SCRIPT,
						this.key, question.arguments(this.scale)), question.wanted.size());
				ahead = answer.get(2) - this.now;
				lent.add(new Lent(this.now, answer, question.wanted, this.scale));
			}
			List<long[]> used = new ArrayList<>();
			lent.forEach((some) -> used.addAll(some.grants));
			used.sort(Comparator.comparing((grant) -> grant[0]));
			// A wait ends with a microsecond, which is longer than it need be by less
			// than one.
			long most = this.scale.capacity() * this.scale.unitsPerToken() + this.scale.unitsPerMicro() - 1;
			long taken = 0;
			long before = 0;
			for (long[] grant : used) {
				taken = Math.max(0, taken - times(grant[0] - before, this.scale.unitsPerMicro()))
						+ grant[1] * this.scale.unitsPerToken();
				before = grant[0];
				assertThat(taken).as("seed %s, sequence %s: %s", seed, sequence, this.scale).isLessThanOrEqualTo(most);
			}
		}
	}

	private static long times(long micros, long units) {
		return (micros > RateScale.MOST / units) ? RateScale.MOST : micros * units;
	}

	private static RateScale scale(Random random) {
		return switch (random.nextInt(5)) {
			case 0 -> new RateScale(10_000, 1, 1 + random.nextInt(3));
			case 1 -> new RateScale(1 + random.nextInt(1_000), 1 + random.nextInt(100), 1 + random.nextInt(20));
			case 2 -> new RateScale(1, 1 + random.nextInt(10), 1 + random.nextInt(1_000));
			case 3 -> new RateScale((1L << 41) + 1, 1L << 30, 1 + random.nextInt(4));
			default -> new RateScale(1_000_000 + random.nextInt(7), 1 + random.nextInt(1_000), 1 + random.nextInt(8));
		};
	}

	/** Mostly about as long as a token takes; seldom a leap, to either side. */
	private long step(Random random) {
		long token = Math.max(2, this.scale.unitsPerToken() / this.scale.unitsPerMicro());
		return switch (random.nextInt(8)) {
			case 0, 1 -> 0;
			case 2 -> token * this.scale.capacity() / 2;
			case 3 -> -random.nextLong(2 * token);
			case 4 -> (random.nextInt(10) == 0) ? token * this.scale.capacity() * 3 : 1;
			default -> random.nextLong(2 * token);
		};
	}

	private List<Long> ask(Question question) {
		try {
			return TokenQuestions.answer(
					this.redis.runAt(this.now, TokenScript.SCRIPT, this.key, question.arguments(this.scale)),
					question.wanted.size());
		}
		catch (RedisCommandExecutionException ex) {
			assertThat(ex).hasMessageContaining("PENSTOCK bad charge");
			return List.of();
		}
	}

	/** The tokens of an answer that are not given back. */
	private static final class Lent {

		private final long serial;

		private final RateScale scale;

		private final List<long[]> grants = new ArrayList<>();

		/** When the bucket would have been full after the last one that is left. */
		private long fullAt;

		Lent(long now, List<Long> answer, List<long[]> wanted, RateScale scale) {
			this.serial = answer.get(0);
			this.scale = scale;
			// Less than a microsecond later than it was.
			this.fullAt = now + answer.get(1) - 1;
			for (int at = 0; at < wanted.size(); at++) {
				long wait = answer.get(3 + at);
				if (wait >= 0) {
					this.grants.add(new long[] { now + wait, wanted.get(at)[0] });
				}
			}
		}

		/** What comes first is used first: what comes back is what was lent last. */
		void giveBack(Random random, long now, List<long[]> returned) {
			long tokens = 0;
			while (!this.grants.isEmpty() && random.nextInt(3) > 0) {
				tokens += this.grants.remove(this.grants.size() - 1)[1];
			}
			if (tokens > 0) {
				returned.add(new long[] { tokens, Math.max(-1, this.fullAt - now), this.serial });
				this.fullAt -= -Math.floorDiv(-tokens * this.scale.unitsPerToken(), this.scale.unitsPerMicro());
			}
		}

	}

	/** What is asked, in the script's own units. */
	private record Question(long charged, List<long[]> returned, long askedAt, List<long[]> wanted) {

		static Question any(Random random, long now, RateScale scale, List<Long> serials) {
			List<long[]> returned = new ArrayList<>();
			for (int at = random.nextInt(6) - 3; at > 0; at--) {
				returned.add(new long[] { 1 + random.nextLong(scale.capacity() + 1), random.nextLong(100_000) - 10,
						serials.get(random.nextInt(serials.size())) });
			}
			long charged = switch (random.nextInt(6)) {
				case 0 -> random.nextLong(3 * scale.capacity());
				case 1 -> -random.nextLong(2 * scale.capacity());
				default -> 0;
			};
			long askedAt = now - (random.nextBoolean() ? 0 : random.nextLong(100_000) - 1_000);
			return new Question(charged, returned, askedAt, wanted(random, scale));
		}

		static List<long[]> wanted(Random random, RateScale scale) {
			List<long[]> wanted = new ArrayList<>();
			for (int at = random.nextInt(5); at > 0; at--) {
				long token = scale.unitsPerToken() / scale.unitsPerMicro() + 1;
				long patience = random.nextBoolean() ? 0 : random.nextLong(token * (2 + scale.capacity()));
				wanted.add(new long[] { random.nextBoolean() ? 1 : 1 + random.nextLong(scale.capacity()), patience });
			}
			return wanted;
		}

		Object[] arguments(RateScale scale) {
			List<Long> first = List.of(scale.unitsPerToken(), scale.unitsPerMicro(), scale.capacity(), this.charged);
			return TokenQuestions.arguments(first, this.askedAt, flat(this.returned), flat(this.wanted));
		}

		private static List<Long> flat(List<long[]> all) {
			return all.stream().flatMapToLong(LongStream::of).boxed().toList();
		}

		@Override
		public String toString() {
			return "charged " + this.charged + ", returned " + this.returned.stream().map(Arrays::toString).toList()
					+ " at " + this.askedAt + ", wanted " + this.wanted.stream().map(Arrays::toString).toList();
		}

	}

	/** The same bucket in longs, which none of its numbers is too large for. */
	private static final class Model {

		private RateScale scale;

		private long at;

		private long setBack;

		private long missing;

		private long promised;

		private long due;

		private long serial;

		private boolean there;

		List<Long> answer(long now, RateScale scale, Question question) {
			long d = 0;
			long v = 0;
			long w = -1;
			long back = this.there ? this.setBack + Math.max(0, this.at - now) : 0;
			long late = Math.max(0, now + back - question.askedAt);
			boolean changed = this.there && (this.at > now || !this.scale.equals(scale));
			if (this.there) {
				long came = (now > this.at) ? times(now - this.at, this.scale.unitsPerMicro()) : 0;
				d = Math.max(0, this.missing - came);
				v = Math.max(0, this.promised - came);
				w = this.due;
				if (!this.scale.equals(scale)) {
					d = rescaled(d, scale);
					v = Math.min(rescaled(v, scale), d);
				}
			}
			long serial = (this.there) ? this.serial : 0;
			long last = serial;
			long cost = scale.unitsPerToken();
			long full = scale.capacity() * cost;
			for (long[] returned : question.returned) {
				long more = Math.min(d,
						Math.min(times(Math.max(0, returned[1] - late), scale.unitsPerMicro()), returned[0] * cost));
				if (returned[2] < w && returned[2] != last) {
					more = Math.min(more, Math.max(0, d - v));
				}
				d -= more;
				v = Math.min(d, (returned[2] == last) ? Math.max(0, v - more) : v);
			}
			d = Math.max(0, d + question.charged * cost);
			if (question.charged > 0 && d > RateScale.MOST) {
				return List.of();
			}
			v = (question.charged < 0) ? Math.min(v, d) : v;
			List<Long> waits = new ArrayList<>();
			for (long[] wanted : question.wanted) {
				long after = d + wanted[0] * cost;
				long lacking = Math.max(0, after - full);
				long wait = lacking / scale.unitsPerMicro() + ((lacking % scale.unitsPerMicro() != 0) ? 1 : 0);
				boolean lent = wait <= wanted[1] && after <= RateScale.MOST;
				waits.add(lent ? wait : -1 - wait);
				if (lent) {
					d = after;
					v = Math.max(v, wait * scale.unitsPerMicro()) + wanted[0] * cost;
					serial = Math.max(last + 1, now);
					w = (wait > 0) ? Math.max(w, serial + wait) : w;
				}
			}
			if (changed || serial > last || !question.returned.isEmpty() || question.charged != 0) {
				this.there = d > 0 || back > 0;
				this.setBack = back;
				this.scale = scale;
				this.at = now;
				this.missing = d;
				this.promised = v;
				this.due = w;
				this.serial = serial;
			}
			List<Long> answer = new ArrayList<>(List.of(serial, -Math.floorDiv(-d, scale.unitsPerMicro()), now + back));
			answer.addAll(waits);
			return answer;
		}

		/** As the script rounds it, and less than two units more than it should be. */
		private long rescaled(long units, RateScale scale) {
			long before = this.scale.unitsPerToken();
			long rest = units % before;
			long part = (rest > 0) ? (long) Math.min(scale.unitsPerToken(),
					Math.ceil((double) rest * scale.unitsPerToken() / before) + 1) : 0;
			BigInteger exact = BigInteger.valueOf(rest).multiply(BigInteger.valueOf(scale.unitsPerToken()));
			BigInteger rounded = BigInteger.valueOf(part).multiply(BigInteger.valueOf(before));
			assertThat(rounded).isBetween(exact, exact.add(BigInteger.valueOf(2 * before)));
			BigInteger all = BigInteger.valueOf(scale.capacity() - this.scale.capacity() + units / before)
				.multiply(BigInteger.valueOf(scale.unitsPerToken()))
				.add(BigInteger.valueOf(part));
			return all.max(BigInteger.ZERO).min(BigInteger.valueOf(RateScale.MOST)).longValueExact();
		}

	}

}
