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
import java.util.concurrent.CompletionException;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisReadOnlyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Outages}.
 */
class OutagesTests {

	@ParameterizedTest
	@ValueSource(strings = { "READONLY You can't write against a read only replica. script: a, on @user_script:1.",
			"OOM command not allowed when used memory > 'maxmemory'.", "LOADING Redis is loading the dataset in memory",
			"CLUSTERDOWN The cluster is down", "MASTERDOWN Link with MASTER is down", "TRYAGAIN Multiple keys request",
			"NOAUTH Authentication required.", "BUSY Redis is busy running a script.",
			"MISCONF Redis is configured to save RDB snapshots",
			"ERR Error running script (call to f_ab): @user_script:9: @user_script: 9: -OOM command not allowed",
			"ERR Error running script (call to f_ab): @user_script:9: @user_script: 9: -READONLY You can't write" })
	void redisThatCannotAnswerIsAnOutage(String message) {
		assertThat(Outages.isOutage(new RedisCommandExecutionException(message))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PENSTOCK bad scale", "ERR unknown command", "ERR wrong number of arguments",
			"WRONGTYPE Operation against a key holding the wrong kind of value script: a, on @user_script:1.",
			"ERR Error running script (call to f_ab): @user_script:9: WRONGTYPE Operation against a key",
			"ERR Error running script (call to f_ab): @user_script:9: user_script:9: attempt to compare nil", "" })
	void questionThatMakesNoSenseIsNone(String message) {
		assertThat(Outages.isOutage(new RedisCommandExecutionException(message))).isFalse();
	}

	@Test
	void whatIsNoAnswerIsAnOutage() {
		assertThat(Outages.isOutage(new RedisConnectionException("refused"))).isTrue();
		assertThat(Outages.isOutage(new RedisException("Request queue size exceeded"))).isTrue();
		assertThat(Outages.isOutage(new RedisReadOnlyException("READONLY You can't write"))).isTrue();
		assertThat(Outages.isOutage(new IOException("reset"))).isTrue();
	}

	@Test
	void failureIsDescribedWithWhatCausedIt() {
		Throwable failure = new RedisConnectionException("Unable to connect", new IOException("refused"));
		assertThat(Outages.describe(failure)).isEqualTo("Unable to connect (refused)");
		assertThat(Outages.describe(new IOException("refused"))).isEqualTo("refused");
		assertThat(Outages.unwrap(new CompletionException(new CompletionException(failure)))).isSameAs(failure);
	}

}
