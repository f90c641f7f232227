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

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.penstock.LimiterStore.Returned;
import io.github.penstock.LimiterStore.Supply;
import io.github.penstock.LimiterStore.TokenReply;
import io.github.penstock.LimiterStore.TokenRequest;
import io.github.penstock.LimiterStore.Wanted;
import io.github.penstock.RateLimiterSpec;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the script of {@link TokenScript}.
 */
@ParameterizedClass
@ValueSource(booleans = { false, true })
class TokenScriptTests {

	private static final Supply SUPPLY = new Supply("api", null);

	private static final long SECOND = 1_000_000;

	private static final long START = 27_000_000 * SECOND;

	private static final long NONE = Returned.UNKNOWN_SERIAL;

	@Parameter
	boolean old;

	private ScriptClient redis;

	private final String key = ScriptClient.newKey();

	private long now = START;

	@BeforeEach
	void connect() {
		this.redis = new ScriptClient(this.old ? RedisServer.sharedOld() : RedisServer.shared());
	}

	@AfterEach
	void disconnect() {
		this.redis.close();
	}

	@Test
	void fullBucketLendsItsBurstAtOnceAndThenOneAfterTheOther() {
		// u = 10 000 units a token, p = 1 a microsecond: 100 per second, burst 3
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(3, 0))).containsExactly(0L, 0L, 0L);
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-10_001L);
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(2, 20_000))).containsExactly(10_000L, 20_000L);
		this.now += 10_000;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-20_001L);
	}

	@Test
	void aCallGetsAllThatItWantsOrNothing() {
		assertThat(ask(10_000, 1, 10, 0, List.of(), List.of(7L, 0L, 7L, 0L, 3L, 0L))).containsExactly(0L, -40_001L, 0L);
	}

	@Test
	void bucketThatIsFullAgainIsGone() {
		ask(10_000, 1, 3, 0, List.of(), wants(1, 0));
		assertThat(this.redis.commands().exists(this.key)).isOne();
		this.now += 5_000;
		assertThat(ask(10_000, 1, 3, -1, List.of(), List.of())).isEmpty();
		assertThat(this.redis.commands().exists(this.key)).isZero();
	}

	@Test
	void refusalWritesNothing() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		String before = this.redis.commands().get(this.key);
		this.now += 5_000;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-5_001L);
		assertThat(this.redis.commands().get(this.key)).isEqualTo(before);
	}

	@Test
	void keyOutlivesTheTimeInWhichItsBucketFills() {
		this.redis.run(TokenScript.SCRIPT, this.key, 86_400_000_000L, 1, 3, 3, 0);
		long ttl = this.redis.commands().pttl(this.key);
		assertThat(ttl).isBetween(Duration.ofDays(3).toMillis() - 60_000, Duration.ofDays(3).toMillis() + 1_000);
	}

	@Test
	void bucketInDebtIsFullAfterItsDebtIsPaid() {
		List<Long> answer = answer(10_000, 1, 3, 100, List.of(), List.of());
		assertThat(answer).containsExactly(0L, 1_000_000L, this.now);
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-980_001L);
		this.now += 980_000;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(0L);
	}

	@Test
	void moreChargedThanCanBeCountedIsAnErrorThatChangesNothing() {
		ask(10_000, 1, 3, 0, List.of(), wants(1, 0));
		long most = RateScale.MOST / 10_000;
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> ask(10_000, 1, 3, most, List.of(), List.of()))
			.withMessageContaining("PENSTOCK bad charge");
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(3, 0))).containsExactly(0L, 0L, -10_001L);
	}

	@Test
	void refundGoesBackAsFarAsThereIsRoom() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		ask(10_000, 1, 3, -2, List.of(), List.of());
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(3, 0))).containsExactly(0L, 0L, -10_001L);
		ask(10_000, 1, 3, -100, List.of(), List.of());
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(4, 0))).containsExactly(0L, 0L, 0L, -10_001L);
	}

	@Test
	void returnedTokensComeBackAsFarAsTheyHaveNotRunOver() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now += 20_000;
		// Full in 10 ms: two tokens came since, so two of three are there and one comes
		// back.
		assertThat(ask(10_000, 1, 3, 0, List.of(3L, 10_000L, NONE), wants(4, 0))).containsExactly(0L, 0L, 0L, -10_001L);
		assertThat(ask(10_000, 1, 3, 0, List.of(3L, -1L, NONE), wants(1, 0))).containsExactly(-10_001L);
	}

	@Test // T1
	void whatComesBackLateIsWorthSoMuchLess() {
		List<Long> first = answer(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now += 20_000;
		// Asked at once, when all of it would have been worth something.
		assertThat(askedAt(START, List.of(3L, first.get(1), NONE), wants(4, 0))).endsWith(0L, 0L, 0L, -10_001L);
		assertThat(askedAt(START, List.of(3L, 20_000L, NONE), wants(1, 0))).endsWith(-10_001L);
	}

	@Test // T1
	void clockThatIsSetBackDoesNotMakeWhatComesBackWorthMore() {
		List<Long> first = answer(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now -= 3_600 * SECOND;
		assertThat(answer(10_000, 1, 3, 0, List.of(), wants(1, 0)).get(2)).isEqualTo(START);
		this.now += 20_000;
		assertThat(askedAt(START, List.of(3L, first.get(1), NONE), wants(4, 0))).endsWith(0L, 0L, 0L, -10_001L);
	}

	@Test // T1
	void clockThatWasSetBackIsKnownWhenTheBucketIsFull() {
		List<Long> first = answer(10_000, 1, 3, 0, List.of(), wants(1, 0));
		this.now -= 3_600 * SECOND;
		ask(10_000, 1, 3, 0, List.of(), wants(1, 0));
		this.now += 30_000;
		assertThat(answer(10_000, 1, 3, -1, List.of(), List.of())).endsWith(0L, START + 30_000);
		assertThat(this.redis.commands().exists(this.key)).isOne();
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		assertThat(askedAt(START, List.of(1L, first.get(1), NONE), wants(1, 0))).endsWith(-10_001L);
	}

	@Test // T1
	void clockThatIsSetForwardMakesWhatComesBackWorthless() {
		List<Long> first = answer(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now += 7_200 * SECOND;
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		assertThat(askedAt(START, List.of(3L, first.get(1), NONE), wants(1, 0))).endsWith(-10_001L);
	}

	@Test
	void returnDoesNotBringForwardWhatOthersWerePromised() {
		long first = answer(10_000, 1, 1, 0, List.of(), wants(1, 0)).get(0);
		assertThat(ask(10_000, 1, 1, 0, List.of(), wants(3, SECOND))).containsExactly(10_000L, 20_000L, 30_000L);
		assertThat(ask(10_000, 1, 1, 0, List.of(1L, 10_000L, first), wants(1, SECOND))).containsExactly(40_000L);
	}

	@Test
	void lastOneWhoTookCanPutItBackWholly() {
		ask(10_000, 1, 1, 0, List.of(), wants(1, 0));
		List<Long> last = answer(10_000, 1, 1, 0, List.of(), wants(3, SECOND));
		assertThat(ask(10_000, 1, 1, 0, List.of(2L, last.get(1), last.get(0)), wants(1, SECOND)))
			.containsExactly(20_000L);
	}

	@Test
	void serialIsNeverUsedTwice() {
		long first = answer(10_000, 1, 1, 0, List.of(), wants(1, 0)).get(0);
		assertThat(answer(10_000, 1, 1, 0, List.of(), wants(1, 0)).get(0)).isEqualTo(first);
		ask(10_000, 1, 1, -1, List.of(), List.of());
		assertThat(this.redis.commands().exists(this.key)).isZero();
		this.now += 1;
		assertThat(answer(10_000, 1, 1, 0, List.of(), wants(1, 0)).get(0)).isGreaterThan(first);
	}

	@Test
	void clockThatIsSetBackMakesNothingAndStallsNobody() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now -= 3_600 * SECOND;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-10_001L);
		this.now += 10_000;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(2, 0))).containsExactly(0L, -10_001L);
	}

	@Test
	void clockThatIsSetForwardMakesOneBurst() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		this.now += 7_200 * SECOND;
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(4, 0))).containsExactly(0L, 0L, 0L, -10_001L);
	}

	@Test
	void timeOfTheBucketInTheFutureMakesNothing() {
		ask(10_000, 1, 3, 0, List.of(), wants(3, 0));
		String entry = this.redis.commands().get(this.key);
		this.redis.commands()
			.set(this.key, entry.replaceFirst(String.valueOf(START), String.valueOf(START + 7_200 * SECOND)));
		assertThat(ask(10_000, 1, 3, 0, List.of(), wants(1, 0))).containsExactly(-10_001L);
		assertThat(this.redis.commands().get(this.key))
			.isEqualTo(entry.replaceFirst(START + " 0", START + " " + 7_200 * SECOND));
	}

	@Test
	void anotherRateKeepsTheTokens() {
		ask(10_000, 1, 10, 0, List.of(), wants(4, 0));
		// Half of the rate, twice the burst: six tokens, as before.
		assertThat(ask(20_000, 1, 20, 0, List.of(), wants(7, 0))).endsWith(0L, -20_001L);
	}

	@Test
	void smallerBurstTakesWhatHasNoRoom() {
		ask(10_000, 1, 10, 0, List.of(), wants(1, 0));
		assertThat(ask(10_000, 1, 2, 0, List.of(), wants(3, 0))).containsExactly(0L, 0L, -10_001L);
	}

	@Test
	void anotherRateKeepsTheDebt() {
		ask(10_000, 1, 10, 20, List.of(), List.of());
		assertThat(ask(1_000, 1, 5, 0, List.of(), wants(1, 0))).containsExactly(-11_001L);
	}

	@Test
	void timeBeforeTheChangeCountsByTheRateOfBefore() {
		ask(10_000, 1, 10, 0, List.of(), wants(10, 0));
		this.now += 30_000;
		assertThat(ask(1_000_000, 1, 10, 0, List.of(), wants(4, 0))).containsExactly(0L, 0L, 0L, -1_000_001L);
	}

	@Test
	void numbersNearTheEndOfWhatIsExactAreExact() {
		// One unit short of a token of 2^50 units, of which one comes in a microsecond.
		long cost = 1L << 50;
		ask(cost, 1, 2, 0, List.of(), wants(2, 0));
		this.now += cost - 1;
		assertThat(ask(cost, 1, 2, 0, List.of(), wants(1, 0))).containsExactly(-2L);
		assertThat(ask(cost, 1, 2, 0, List.of(), wants(1, 1))).containsExactly(1L);
		this.now += 1;
		assertThat(answer(cost, 1, 2, 0, List.of(), List.of())).endsWith(2 * cost, this.now);
	}

	@Test
	void waitThatWouldBeMoreThanCanBeCountedIsRefused() {
		long cost = 1L << 50;
		assertThat(ask(cost, 1, 2, 0, List.of(), wants(6, 2 * RateScale.MOST))).containsExactly(0L, 0L, cost, 2 * cost,
				-1 - 3 * cost, -1 - 3 * cost);
	}

	@Test
	void stateIsWrittenInFull() {
		ask(1L << 50, 1, 2, 0, List.of(), wants(2, 0));
		assertThat(this.redis.commands().get(this.key))
			.isEqualTo(START + " 0 2251799813685248 2251799813685248 -1 " + START + " 1125899906842624 1 2");
	}

	@Test
	void entryOfSomebodyElseIsAnError() {
		this.redis.commands().set(this.key, "1 2 3");
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> ask(10_000, 1, 3, 0, List.of(), wants(1, 0)))
			.withMessageContaining("PENSTOCK bad entry");
		assertThat(this.redis.commands().get(this.key)).isEqualTo("1 2 3");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "1 1 1", "1 1 1 0", "1 1 1 0 1", "1 1 1 0 0 1", "nan 1 1 0 0", "1 nan 1 0 0",
			"1 1 nan 0 0", "1 1 1 nan 0", "1 1 1 0 nan", "1 1 1 0 0 nan 1_0", "1 1 1 0 0 1 nan_0", "1 1 1 0 0 1 1_nan",
			"inf 1 1 0 0", "1 inf 1 0 0", "1 1 1 inf 0", "1 1 1 -inf 0", "1 1 1 0 0 inf 1_0", "1 1 1 0 0 1 1_inf",
			"0 1 1 0 0", "1 0 1 0 0", "1 1 0 0 0", "-1 1 1 0 0", "1.5 1 1 0 0", "1 1 1 0.5 0", "1 1 1 0 -1",
			"1 1 1 0 0.5", "1 1 1 0 0 2 2_0", "1 1 1 0 0 0 0_0", "1 1 1 0 0 -1 -1_0", "1 1 1 0 0 1 1_-1",
			"1 1 1 0 0 1 1_0.5", "1 1 1 0 0 1.5 1_0", "1 1 1 0 0 1 1", "1 1 1 0 0 1 1_", "1 1 1 0 0 1 _1_0",
			"1 1 1 0 0 2 1_0", "1 1 1 0 0 3 1_0_1_0", "1 1 1 0 0 2 1_0_1", "1 1 1 0 0 2 0_0_2_0",
			"1 1 1 0 0 2 1_0_1_9007199254740994", "1 1 1 0 0 1 1_0 1", "1 1 1 0 1 0 0 0 0", "1 1 1 0 1 0 1 nan 0",
			"1 1 1 0 1 0 1 0 nan", "1 1 1 0 1 0 1 0 -2", "1 1 1 0 1 nan 1 0 0", "1 1 1 0 1 0.5 1 0 0",
			"1 1 1 0 1 1 0 0", "1 1 1 0 0 0", "1 1 1 0 2 0 1 0 0", "4503599627370496 1 1 0 0",
			"1 1 4503599627370496 0 0", "2251799813685248 1 2 0 0", "1 1 1 9007199254740992 0", "x 1 1 0 0",
			"1 1 1 0 0 1 1_x" })
	void argumentsThatMakeNoSenseAreAnErrorOfOurs(String arguments) {
		Object[] all = arguments.isEmpty() ? new Object[0]
				: Stream.of(arguments.split(" ")).map((argument) -> argument.replace('_', ' ')).toArray();
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> this.redis.run(TokenScript.SCRIPT, this.key, all))
			.withMessageContaining("PENSTOCK bad ");
		assertThat(this.redis.commands().exists(this.key)).isZero();
	}

	@Test
	void keyOfAnotherTypeIsAnError() {
		this.redis.commands().lpush(this.key, "of somebody else");
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> ask(1, 1, 1, 0, List.of(), List.of()))
			.withMessageContaining("WRONGTYPE");
	}

	@ParameterizedTest
	@CsvSource({ "0.5, PT1S, 1, 0", "1, P1D, 1, 0", "1, P365D, 1, 0", "10000000, PT1S, 100, 0", "5000, PT1H, 5000, 0",
			"90000, PT1M, 90000, 0", "3.1415926535, PT1S, 3, 1e-11", "7777777, PT1S, 7777777, 0",
			"0.333333333333, PT1S, 1, 1e-11", "123456.789, PT7M, 10, 0", "1, PT0.000000007S, 1000, 0" })
	void greedyCallerGetsWhatTheRateSays(BigDecimal limit, Duration per, long burst, double lost) {
		RateLimiterSpec rate = new RateLimiterSpec(limit, per, burst, Duration.ZERO, 0);
		RateScale scale = RateScale.of(rate);
		take(rate, scale, burst, 0);
		long start = this.now;
		long taken = 0;
		for (int round = 0; round < 50; round++) {
			// A little of the bucket, so that a microsecond brings no more than that.
			long tokens = 1 + (burst - 1) / 7;
			this.now += take(rate, scale, tokens, Long.MAX_VALUE) / 1_000;
			taken += tokens;
		}
		BigDecimal nanos = BigDecimal.valueOf((this.now - start) * 1_000);
		BigDecimal due = limit.multiply(nanos).divide(BigDecimal.valueOf(per.toNanos()), MathContext.DECIMAL128);
		BigDecimal inAMicro = limit.multiply(BigDecimal.valueOf(1_000))
			.divide(BigDecimal.valueOf(per.toNanos()), MathContext.DECIMAL128);
		assertThat(taken).isLessThanOrEqualTo(due.setScale(0, RoundingMode.DOWN).longValueExact());
		assertThat(BigDecimal.valueOf(taken))
			.isGreaterThan(due.multiply(BigDecimal.valueOf(1 - lost)).subtract(inAMicro));
	}

	private long take(RateLimiterSpec rate, RateScale scale, long tokens, long patience) {
		TokenRequest request = new TokenRequest(SUPPLY, rate, 0, List.of(), 0, List.of(new Wanted(tokens, patience)));
		List<Long> answer = this.redis.runAt(this.now, TokenScript.SCRIPT, this.key,
				(Object[]) TokenScript.arguments(request, scale));
		return TokenScript.reply(request, scale, answer).waits().get(0);
	}

	@Test
	void questionAndReplyAreInNanosecondsRoundedToTheSafeSide() {
		RateLimiterSpec rate = RateLimiterSpec.of(3).withBurst(1);
		RateScale scale = RateScale.of(rate);
		TokenRequest request = new TokenRequest(SUPPLY, rate, -5,
				List.of(new Returned(2, 1_999, 7), new Returned(1, -1, -1)), -1,
				List.of(new Wanted(1, 1_999), new Wanted(2, 5), new Wanted(1, Long.MAX_VALUE)));
		assertThat(TokenScript.arguments(request, scale)).containsExactly("1000000", "3", "1", "-5", "2", "-1", "2",
				"1", "7", "1", "0", "-1", "2", "1 1 1 9007199254740992");
		TokenReply reply = TokenScript.reply(request, scale, List.of(9L, 12L, 8L, 3L, -4L));
		assertThat(reply).isEqualTo(new TokenReply(9, 12_000, 8_000, List.of(3_000L, Long.MIN_VALUE, -3_001L)));
	}

	@Test
	void answerThatNobodyWaitsIsOneForAll() {
		RateLimiterSpec rate = RateLimiterSpec.of(3).withBurst(2);
		RateScale scale = RateScale.of(rate);
		TokenRequest request = new TokenRequest(SUPPLY, rate, 0, List.of(), 0,
				List.of(new Wanted(3, 9), new Wanted(1, 0), new Wanted(1, 5)));
		List<Long> answer = this.redis.runAt(this.now, TokenScript.SCRIPT, this.key,
				(Object[]) TokenScript.arguments(request, scale));
		assertThat(answer).containsExactly(this.now, 666_667L, this.now, 0L);
		assertThat(TokenScript.reply(request, scale, answer).waits()).containsExactly(Long.MIN_VALUE, 0L, 0L);
		List<Long> next = this.redis.runAt(this.now, TokenScript.SCRIPT, this.key,
				(Object[]) TokenScript.arguments(request, scale));
		assertThat(next).containsExactly(this.now, 666_667L, this.now, -333_335L, -333_335L);
	}

	@Test
	void moreChargedThanCanBeCountedIsRefusedBeforeItIsAsked() {
		RateLimiterSpec rate = RateLimiterSpec.of(3);
		TokenRequest request = new TokenRequest(SUPPLY, rate, Long.MAX_VALUE, List.of(), 0, List.of());
		assertThatIllegalArgumentException().isThrownBy(() -> TokenScript.arguments(request, RateScale.of(rate)))
			.withMessageContaining("3 per 1s");
	}

	@Test
	void longQuestionIsAskedInParts() {
		RateLimiterSpec rate = RateLimiterSpec.of(3);
		List<Returned> returned = IntStream.range(0, 1_500).mapToObj((at) -> new Returned(1, 0, at)).toList();
		List<Wanted> wanted = IntStream.range(0, 2_500).mapToObj((at) -> new Wanted(1, at)).toList();
		List<TokenRequest> parts = TokenScript.parts(new TokenRequest(SUPPLY, rate, 4, returned, 9, wanted));
		assertThat(parts)
			.extracting((part) -> part.returned().size() + " " + part.charged() + " " + part.wanted().size())
			.containsExactly("1000 0 0", "500 0 0", "0 4 1000", "0 0 1000", "0 0 500");
		assertThat(parts).extracting(TokenRequest::askedAt).containsOnly(9L);
		assertThat(parts.stream().flatMap((part) -> part.wanted().stream())).containsExactlyElementsOf(wanted);
		assertThat(parts.stream().flatMap((part) -> part.returned().stream())).containsExactlyElementsOf(returned);
	}

	@Test
	void moreWantedTogetherThanTheScriptCountsIsAskedInParts() {
		RateLimiterSpec rate = RateLimiterSpec.of(1_000_000_000).withBurst(1L << 50);
		RateScale scale = RateScale.of(rate);
		List<Wanted> wanted = new ArrayList<>(Collections.nCopies(9, new Wanted(scale.capacity(), 0)));
		wanted.add(4, new Wanted(Long.MAX_VALUE, 0));
		List<TokenRequest> parts = TokenScript.parts(new TokenRequest(SUPPLY, rate, 0, List.of(), 0, wanted));
		assertThat(parts.stream().flatMap((part) -> part.wanted().stream())).containsExactlyElementsOf(wanted);
		List<Long> waits = new ArrayList<>();
		for (TokenRequest part : parts) {
			List<Long> raw = this.redis.runAt(this.now, TokenScript.SCRIPT, this.key,
					(Object[]) TokenScript.arguments(part, scale));
			waits.addAll(TokenScript.reply(part, scale, raw).waits());
		}
		assertThat(waits).hasSize(10).startsWith(0L).element(4).isEqualTo(Long.MIN_VALUE);
		assertThat(waits.subList(1, 10)).allMatch((wait) -> wait < 0);
	}

	private List<Long> ask(long u, long p, long c, long charged, List<Long> returned, List<Long> wanted) {
		List<Long> answer = answer(u, p, c, charged, returned, wanted);
		return answer.subList(3, answer.size());
	}

	private List<Long> answer(long u, long p, long c, long charged, List<Long> returned, List<Long> wanted) {
		return answer(List.of(u, p, c, charged), this.now, returned, wanted);
	}

	/** As of 10 ms a token, and three of them. */
	private List<Long> askedAt(long askedAt, List<Long> returned, List<Long> wanted) {
		return answer(List.of(10_000L, 1L, 3L, 0L), askedAt, returned, wanted);
	}

	private List<Long> answer(List<Long> first, long askedAt, List<Long> returned, List<Long> wanted) {
		return TokenQuestions.answer(this.redis.runAt(this.now, TokenScript.SCRIPT, this.key,
				TokenQuestions.arguments(first, askedAt, returned, wanted)), wanted.size() / 2);
	}

	private static List<Long> wants(int calls, long patience) {
		return IntStream.range(0, calls).boxed().flatMap((call) -> Stream.of(1L, patience)).toList();
	}

}
