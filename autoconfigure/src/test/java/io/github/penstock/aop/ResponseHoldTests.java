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

package io.github.penstock.aop;

import java.time.Duration;

import io.github.penstock.ConcurrencyLimiter;
import io.github.penstock.ConcurrencyLimiterSpec;
import io.github.penstock.LimiterRegistry;
import io.github.penstock.Permit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.StandardServletAsyncWebRequest;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * F10: containers that lose an event.
 */
class ResponseHoldTests {

	private final ConcurrencyLimiter limiter = new LimiterRegistry().register("hold", ConcurrencyLimiterSpec.of(1));

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final ServletRequestAttributes attributes = new ServletRequestAttributes(this.request);

	@BeforeEach
	void bind() {
		this.request.setAsyncSupported(true);
		RequestContextHolder.setRequestAttributes(this.attributes);
	}

	@AfterEach
	void unbind() {
		RequestContextHolder.resetRequestAttributes();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void permitWhenAsynchronousProcessingNeverStartsIsBack() {
		assertThat(ResponseHold.hold(new DeferredResult<>(), permit(), Duration.ofMinutes(1))).isTrue();
		assertThat(this.limiter.inUse()).isEqualTo(1);
		this.attributes.requestCompleted();
		assertThat(this.limiter.inUse()).isZero();
	}

	@Test
	void permitWhenTheLastEventIsLostIsBackAfterTheGrace() throws Exception {
		DeferredResult<String> result = new DeferredResult<>();
		assertThat(ResponseHold.hold(result, permit(), Duration.ofMillis(20))).isTrue();
		WebAsyncManager manager = WebAsyncUtils.getAsyncManager(this.request);
		manager.setAsyncWebRequest(new StandardServletAsyncWebRequest(this.request, this.response));
		manager.startDeferredResultProcessing(result);
		this.attributes.requestCompleted();
		assertThat(this.limiter.inUse()).isEqualTo(1);
		result.setResult("done");
		Awaitility.await().until(() -> this.limiter.inUse() == 0);
	}

	@Test
	void permitWhenTheContainerSaysDoneIsBackOnce() throws Exception {
		DeferredResult<String> result = new DeferredResult<>();
		assertThat(ResponseHold.hold(result, permit(), Duration.ofMinutes(1))).isTrue();
		WebAsyncManager manager = WebAsyncUtils.getAsyncManager(this.request);
		manager.setAsyncWebRequest(new StandardServletAsyncWebRequest(this.request, this.response));
		manager.startDeferredResultProcessing(result);
		this.attributes.requestCompleted();
		this.request.getAsyncContext().complete();
		assertThat(this.limiter.inUse()).isZero();
		result.setResult("too late");
	}

	@Test
	void resultWhenItIsAPlainValueHoldsNothing() {
		Permit permit = permit();
		assertThat(ResponseHold.hold("done", permit, Duration.ofMinutes(1))).isFalse();
		permit.close();
	}

	@Test
	void deferredResultWhenThereIsNoRequestHoldsUntilItIsSet() {
		RequestContextHolder.resetRequestAttributes();
		DeferredResult<String> result = new DeferredResult<>();
		assertThat(ResponseHold.hold(result, permit(), Duration.ofMinutes(1))).isTrue();
		assertThat(this.limiter.inUse()).isEqualTo(1);
		result.setResult("done");
		assertThat(this.limiter.inUse()).isZero();
	}

	private Permit permit() {
		Permit permit = this.limiter.tryAcquire();
		assertThat(permit).isNotNull();
		return permit;
	}

}
