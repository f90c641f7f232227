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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.penstock.Permit;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpEntity;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;

/**
 * Holds a permit until the response to the current request is done. A container that
 * loses its last event does not keep the permit for ever: once the work has ended, or
 * failed, the response has {@link #GRACE} to be done.
 */
final class ResponseHold extends CompletableFuture<Void>
		implements CallableProcessingInterceptor, DeferredResultProcessingInterceptor {

	static final Duration GRACE = Duration.ofSeconds(30);

	private final WebAsyncManager manager;

	private final Duration grace;

	private volatile boolean started;

	private ResponseHold(WebAsyncManager manager, Permit permit, Duration grace) {
		this.manager = manager;
		this.grace = grace;
		whenComplete((done, late) -> permit.close());
	}

	/**
	 * Hold the permit if the result stands for a response that comes later.
	 * @param result what the method has returned
	 * @param permit the permit
	 * @param grace how long the response may take from the end of the work on
	 * @return whether the permit will be given back when the response is done
	 */
	static boolean hold(Object result, Permit permit, Duration grace) {
		Object body = (result instanceof HttpEntity<?> entity) ? entity.getBody() : result;
		if (body == null || !ResponseTypes.isAsync(body.getClass())) {
			return false;
		}
		if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request) {
			hold(request, permit, grace);
			return true;
		}
		if (body instanceof DeferredResult<?> deferred) {
			// Nobody sends it, so that its value is the end.
			deferred.setResultHandler((value) -> permit.close());
			return true;
		}
		return false;
	}

	private static void hold(ServletRequestAttributes request, Permit permit, Duration grace) {
		WebAsyncManager manager = WebAsyncUtils.getAsyncManager(request.getRequest());
		ResponseHold hold = new ResponseHold(manager, permit, grace);
		manager.registerCallableInterceptor(hold, hold);
		manager.registerDeferredResultInterceptor(hold, hold);
		request.registerDestructionCallback(ResponseHold.class.getName() + "@" + System.identityHashCode(hold),
				hold::requestReturned, RequestAttributes.SCOPE_REQUEST);
	}

	/** The request's thread has returned to the container. */
	private void requestReturned() {
		boolean goesOn = this.manager.isConcurrentHandlingStarted() || this.manager.hasConcurrentResult();
		if (!this.started || !goesOn) {
			complete(null);
		}
	}

	private void workEnded() {
		orTimeout(this.grace.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public <T> void beforeConcurrentHandling(NativeWebRequest request, Callable<T> task) {
		this.started = true;
	}

	@Override
	public <T> void beforeConcurrentHandling(NativeWebRequest request, DeferredResult<T> result) {
		this.started = true;
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object concurrentResult) {
		workEnded();
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, DeferredResult<T> result, @Nullable Object concurrentResult) {
		workEnded();
	}

	@Override
	public <T> Object handleTimeout(NativeWebRequest request, Callable<T> task) {
		workEnded();
		return CallableProcessingInterceptor.RESULT_NONE;
	}

	@Override
	public <T> boolean handleTimeout(NativeWebRequest request, DeferredResult<T> result) {
		workEnded();
		return true;
	}

	@Override
	public <T> Object handleError(NativeWebRequest request, Callable<T> task, Throwable failure) {
		workEnded();
		return CallableProcessingInterceptor.RESULT_NONE;
	}

	@Override
	public <T> boolean handleError(NativeWebRequest request, DeferredResult<T> result, Throwable failure) {
		workEnded();
		return true;
	}

	@Override
	public <T> void afterCompletion(NativeWebRequest request, Callable<T> task) {
		complete(null);
	}

	@Override
	public <T> void afterCompletion(NativeWebRequest request, DeferredResult<T> result) {
		complete(null);
	}

}
