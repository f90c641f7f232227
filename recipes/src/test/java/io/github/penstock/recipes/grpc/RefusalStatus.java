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

package io.github.penstock.recipes.grpc;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.github.penstock.LimitExceededException;
import io.github.penstock.RefusalReason;
import io.grpc.StatusException;
import io.grpc.protobuf.StatusProto;
import org.jspecify.annotations.Nullable;

import org.springframework.grpc.server.exception.GrpcExceptionHandler;
import org.springframework.stereotype.Component;

/**
 * Tells callers that a call was refused, and when it is worth another try.
 */
@Component
class RefusalStatus implements GrpcExceptionHandler {

	@Override
	public @Nullable StatusException handleException(Throwable failure) {
		if (!(failure instanceof LimitExceededException refusal)) {
			return null;
		}
		Status.Builder status = Status.newBuilder()
			.setCode(Code.RESOURCE_EXHAUSTED_VALUE)
			.setMessage("Limit '" + refusal.name() + "' was exceeded");
		if (refusal.reason() != RefusalReason.TOO_COSTLY) {
			RetryInfo.Builder retry = RetryInfo.newBuilder();
			retry.getRetryDelayBuilder()
				.setSeconds(refusal.retryAfter().getSeconds())
				.setNanos(refusal.retryAfter().getNano());
			status.addDetails(Any.pack(retry.build()));
		}
		return StatusProto.toStatusException(status.build());
	}

}
