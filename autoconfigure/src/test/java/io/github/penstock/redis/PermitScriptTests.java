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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.penstock.LimiterStore.PermitReply;
import io.github.penstock.LimiterStore.PermitRequest;
import io.github.penstock.LimiterStore.Supply;
import io.lettuce.core.RedisCommandExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the script of {@link PermitScript}.
 */
@ParameterizedClass
@ValueSource(booleans = { false, true })
class PermitScriptTests {

	private static final Supply SUPPLY = new Supply("export", null);

	private static final long SECOND = 1_000_000;

	private static final Duration LEASE = Duration.ofSeconds(30);

	@Parameter
	boolean old;

	private final String key = ScriptClient.newKey();

	private final String channel = "wake:" + this.key;

	private final BlockingQueue<String> woken = new LinkedBlockingQueue<>();

	private final Map<String, Long> numbers = new HashMap<>();

	private ScriptClient redis;

	private long now = 27_000_000 * SECOND;

	private int max = 4;

	@BeforeEach
	void connect() {
		this.redis = new ScriptClient(this.old ? RedisServer.sharedOld() : RedisServer.shared());
		this.redis.subscribe(this.channel, this.woken::add);
	}

	@AfterEach
	void disconnect() {
		this.redis.close();
	}

	@Test
	void instanceGetsWhatItWantsIfThereIsEnough() {
		assertThat(ask("a", 0, 3)).isEqualTo(reply(3, 3, 3));
		assertThat(ask("b", 0, 1)).isEqualTo(reply(1, 1, 4));
		assertThat(woken()).isEmpty();
	}

	@Test
	void instanceThatIsAloneGetsAll() {
		assertThat(ask("a", 0, 100)).isEqualTo(reply(4, 4, 4));
	}

	@Test
	void samePermitsAskedForTwiceAreLentOnce() {
		ask("a", 0, 3);
		assertThat(ask("a", 3, 3)).isEqualTo(reply(3, 3, 3));
		assertThat(ask("a", 3, 3)).isEqualTo(reply(3, 3, 3));
	}

	@Test
	void whatIsNotWantedAnyMoreIsFree() {
		ask("a", 0, 4);
		assertThat(ask("b", 0, 2)).isEqualTo(reply(0, 0, 4));
		ask("a", 2, 2);
		assertThat(ask("b", 0, 2)).isEqualTo(reply(2, 2, 4));
	}

	@Test
	void instanceThatNeedsNothingIsForgotten() {
		ask("a", 0, 3);
		ask("b", 0, 1);
		assertThat(ask("a", 0, 0)).isEqualTo(reply(0, 0, 1));
		assertThat(this.redis.commands().hkeys(this.key)).containsExactly("b");
		ask("b", 0, 0);
		assertThat(this.redis.commands().exists(this.key)).isZero();
	}

	@Test
	void whoHoldsMoreThanItsShareIsToldToGiveAndThenDoes() {
		ask("a", 0, 10);
		assertThat(ask("b", 0, 10)).isEqualTo(reply(0, 0, 4));
		assertThat(woken()).containsExactly("a");
		// Four are in use: two of them have to come back.
		assertThat(ask("a", 4, 10)).isEqualTo(reply(2, 4, 4));
		assertThat(ask("a", 3, 10)).isEqualTo(reply(2, 3, 3));
		assertThat(woken()).containsExactly("b");
		assertThat(ask("b", 0, 10)).isEqualTo(reply(1, 1, 4));
		assertThat(ask("a", 2, 10)).isEqualTo(reply(2, 2, 3));
		assertThat(ask("b", 1, 10)).isEqualTo(reply(2, 2, 4));
	}

	@Test
	void whoWasToldToGiveIsNotToldAgain() {
		ask("a", 0, 10);
		ask("b", 0, 10);
		assertThat(woken()).containsExactly("a");
		ask("b", 0, 10);
		assertThat(woken()).isEmpty();
		// In case that it did not hear it.
		this.now += SECOND / 10;
		ask("b", 0, 10);
		assertThat(woken()).containsExactly("a");
		ask("a", 4, 10);
		ask("b", 0, 10);
		assertThat(woken()).isEmpty();
	}

	@Test
	void whoWantsLittleGetsAllOfItAndOthersShareTheRest() {
		this.max = 10;
		ask("a", 0, 1);
		ask("b", 0, 100);
		ask("c", 0, 100);
		tick();
		assertThat(ask("b", 9, 100).lent()).isEqualTo(4);
		assertThat(ask("b", 4, 100).lent()).isEqualTo(4);
		assertThat(ask("c", 0, 100).lent()).isEqualTo(5);
		assertThat(ask("a", 1, 1).lent()).isOne();
	}

	@Test
	void freedPermitWakesOnlyAsManyAsCanHaveIt() {
		this.max = 1;
		ask("a", 0, 1);
		tick();
		ask("b", 0, 1);
		tick();
		ask("c", 0, 1);
		woken();
		ask("a", 0, 0);
		assertThat(woken()).containsExactly("b");
	}

	@Test
	void onePermitGoesRoundAmongAllWhoWantIt() {
		this.max = 1;
		Map<String, Integer> turns = new HashMap<>();
		List<String> instances = List.of("a", "b", "c");
		for (int round = 0; round < 60; round++) {
			for (String instance : instances) {
				tick();
				boolean has = turns.containsKey("in " + instance);
				// The call is over by now, and the next one waits.
				PermitReply reply = ask(instance, 0, 10);
				if (has) {
					turns.remove("in " + instance);
				}
				if (reply.lent() > 0) {
					turns.put("in " + instance, 1);
					turns.merge(instance, 1, Integer::sum);
				}
			}
		}
		assertThat(instances).allSatisfy((instance) -> assertThat(turns.get(instance)).isGreaterThanOrEqualTo(10));
	}

	@Test
	void greedyInstancesDoNotStarveOneThatSeldomWantsSomething() {
		this.max = 1;
		ask("a", 0, 100);
		ask("b", 0, 100);
		tick();
		ask("c", 0, 1);
		for (String instance : List.of("a", "b", "a", "b")) {
			tick();
			ask(instance, 0, 100);
		}
		assertThat(ask("c", 0, 1).lent()).isOne();
	}

	@Test
	void leaseThatIsNotRenewedEnds() {
		ask("a", 0, 4);
		this.now += 20 * SECOND;
		ask("b", 0, 2);
		this.now += 10 * SECOND;
		assertThat(ask("b", 0, 2)).isEqualTo(reply(2, 2, 2));
		assertThat(this.redis.commands().hkeys(this.key)).containsExactly("b");
	}

	@Test
	void leaseIsRenewedByEachQuestion() {
		ask("a", 0, 4);
		this.now += 29 * SECOND;
		ask("a", 4, 4);
		this.now += 29 * SECOND;
		assertThat(ask("b", 0, 2)).isEqualTo(reply(0, 0, 4));
	}

	@Test
	void whoLostItsLeaseIsToldAndTakesNothingFromOthers() {
		ask("a", 0, 4);
		this.now += 30 * SECOND;
		assertThat(ask("b", 0, 3)).isEqualTo(reply(3, 3, 3));
		PermitReply reply = known("a", 4, 4);
		assertThat(reply).isEqualTo(new PermitReply(1, 1, true, LEASE.toNanos(), 4));
		assertThat(known("a", 1, 1).lost()).isFalse();
	}

	@Test
	void lateReleaseOfWhoLostItsLeaseFreesNothingOfOthers() {
		ask("a", 0, 4);
		this.now += 30 * SECOND;
		ask("b", 0, 4);
		assertThat(known("a", 0, 0)).isEqualTo(new PermitReply(0, 0, true, LEASE.toNanos(), 4));
		assertThat(ask("c", 0, 4).lent()).isZero();
	}

	@Test
	void olderQuestionChangesNothing() {
		ask("a", 0, 2);
		ask("a", 1, 1);
		this.numbers.put("a", 0L);
		assertThat(ask("a", 0, 4)).isEqualTo(reply(1, 1, 1));
		this.numbers.put("a", 1L);
		assertThat(ask("a", 0, 0)).isEqualTo(reply(1, 1, 1));
		assertThat(ask("a", 1, 2)).isEqualTo(reply(2, 2, 2));
	}

	@Test
	void maxOfZeroLendsNothing() {
		ask("a", 0, 2);
		this.max = 0;
		assertThat(ask("a", 2, 3)).isEqualTo(reply(0, 2, 2));
		assertThat(ask("b", 0, 3)).isEqualTo(reply(0, 0, 2));
		assertThat(ask("a", 0, 3)).isEqualTo(reply(0, 0, 0));
		this.max = 1;
		ask("a", 0, 0);
		assertThat(ask("b", 0, 3)).isEqualTo(reply(1, 1, 1));
	}

	@Test
	void shrinkLendsNothingUntilEnoughHasComeBack() {
		ask("a", 0, 2);
		ask("b", 0, 2);
		this.max = 1;
		assertThat(ask("a", 2, 5)).isEqualTo(reply(0, 2, 4));
		assertThat(ask("a", 0, 5)).isEqualTo(reply(0, 0, 2));
		assertThat(ask("b", 1, 1)).isEqualTo(reply(0, 1, 1));
		assertThat(ask("b", 0, 0)).isEqualTo(reply(0, 0, 0));
		assertThat(ask("a", 0, 5)).isEqualTo(reply(1, 1, 1));
	}

	@Test
	void shrinkTellsNobodyWhosePermitNobodyWaitsFor() {
		ask("a", 0, 2);
		ask("b", 0, 2);
		this.max = 1;
		assertThat(ask("a", 2, 2).lent()).isLessThan(2);
		assertThat(woken()).isEmpty();
	}

	@Test
	void instanceThatDiedWaitingIsNotWaitedFor() {
		ask("a", 0, 4);
		ask("b", 0, 4);
		assertThat(ask("a", 2, 4).lent()).isEqualTo(2);
		this.now += 3 * SECOND;
		assertThat(ask("a", 2, 4).lent()).isEqualTo(4);
	}

	@Test
	void clockThatIsSetBackMakesNoLeaseLonger() {
		ask("a", 0, 3);
		this.now -= 3_600 * SECOND;
		assertThat(ask("b", 0, 4)).isEqualTo(reply(1, 1, 4));
		this.now += 20 * SECOND;
		assertThat(ask("b", 1, 4)).isEqualTo(reply(1, 1, 4));
		this.now += 10 * SECOND;
		assertThat(ask("b", 1, 4)).isEqualTo(reply(4, 4, 4));
	}

	@Test
	void clockThatIsSetBackForgetsNobodyWhoGoes() {
		ask("a", 0, 3);
		ask("b", 0, 1);
		this.now -= 3_600 * SECOND;
		ask("b", 0, 0);
		assertThat(this.redis.commands().hkeys(this.key)).containsExactly("a");
	}

	@Test
	void keyOutlivesTheLongestLeaseAndNotMuchMore() {
		this.redis.run(PermitScript.SCRIPT, this.key, "a", 1, 4, 30 * SECOND, 0, 1, 0, this.channel, "export");
		this.redis.run(PermitScript.SCRIPT, this.key, "b", 1, 4, SECOND, 0, 1, 0, this.channel, "export");
		assertThat(this.redis.commands().pttl(this.key)).isBetween(20_000L, 31_000L);
	}

	@Test
	void permitsLentAreNeverMoreThanThereAre() {
		Random random = new Random(7);
		Map<String, PermitReply> last = new HashMap<>();
		this.max = 7;
		for (int step = 0; step < 1_500; step++) {
			this.now += random.nextInt(50_000);
			String instance = String.valueOf((char) ('a' + random.nextInt(5)));
			PermitReply before = last.get(instance);
			// Never more in use than were lent, or are still out from before.
			int inUse = (before != null) ? random.nextInt(Math.max(before.lent(), before.booked()) + 1) : 0;
			PermitReply reply = ask(instance, inUse, inUse + random.nextInt(8));
			last.put(instance, reply);
			assertThat(reply.booked()).isEqualTo(Math.max(inUse, reply.lent()));
			int booked = last.values().stream().mapToInt(PermitReply::booked).sum();
			assertThat(booked).isLessThanOrEqualTo(this.max).isEqualTo(reply.inUse());
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "a", "a 1 4 30000000 0 1 0 c", "a 1 4 30000000 0 1 0 c s x", "a nan 4 30000000 0 1 0 c s",
					"a 1 nan 30000000 0 1 0 c s", "a 1 4 nan 0 1 0 c s", "a 1 4 30000000 nan 1 0 c s",
					"a 1 4 30000000 0 nan 0 c s", "a 1 4 30000000 0 1 nan c s", "a -1 4 30000000 0 1 0 c s",
					"a 1 -1 30000000 0 1 0 c s", "a 1 4 999 0 1 0 c s", "a 1 4 30000000 -1 1 0 c s",
					"a 1 4 30000000 2 1 0 c s", "a 1 4 30000000 0 1 2 c s", "a 1 4 30000000 0 1.5 0 c s",
					"a 1 2147483648 30000000 0 1 0 c s", "a 1 4 inf 0 1 0 c s", "a x 4 30000000 0 1 0 c s" })
	void argumentsThatMakeNoSenseAreAnErrorOfOurs(String arguments) {
		Object[] all = arguments.isEmpty() ? new Object[0] : arguments.split(" ");
		assertThatExceptionOfType(RedisCommandExecutionException.class)
			.isThrownBy(() -> this.redis.run(PermitScript.SCRIPT, this.key, all))
			.withMessageContaining("PENSTOCK bad ");
		assertThat(this.redis.commands().exists(this.key)).isZero();
	}

	@Test
	void entryOfSomebodyElseIsAnError() {
		this.redis.commands().hset(this.key, "x", "y");
		assertThatExceptionOfType(RedisCommandExecutionException.class).isThrownBy(() -> ask("a", 0, 1))
			.withMessageContaining("PENSTOCK bad entry");
	}

	private void tick() {
		this.now += 10_000;
	}

	/** An instance that has something in use had to be lent it. */
	private PermitReply ask(String instance, int keep, int want) {
		return ask(instance, keep, want, keep > 0);
	}

	private PermitReply known(String instance, int keep, int want) {
		return ask(instance, keep, want, true);
	}

	private PermitReply ask(String instance, int keep, int want, boolean known) {
		String[] arguments = PermitScript.arguments(new PermitRequest(SUPPLY, this.max, keep, want, known), instance,
				this.numbers.merge(instance, 1L, Long::sum), LEASE, this.channel, "export");
		return PermitScript.reply(this.redis.runAt(this.now, PermitScript.SCRIPT, this.key, (Object[]) arguments),
				LEASE);
	}

	private static PermitReply reply(int lent, int booked, int inUse) {
		return new PermitReply(lent, booked, false, LEASE.toNanos(), inUse);
	}

	/**
	 * The instances of the messages that were sent, which come before what is sent last.
	 */
	private List<String> woken() {
		this.redis.commands().publish(this.channel, "end");
		List<String> all = new ArrayList<>();
		try {
			String message = this.woken.poll(10, TimeUnit.SECONDS);
			while (!"end".equals(message)) {
				assertThat(message).startsWith("export ");
				all.addAll(Arrays.asList(message.substring("export ".length()).split(" ")));
				message = this.woken.poll(10, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return all;
	}

}
