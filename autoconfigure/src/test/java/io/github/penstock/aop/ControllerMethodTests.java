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

import io.github.penstock.BulkheadFullException;
import io.github.penstock.annotation.Bulkhead;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An annotation on a controller limits its requests, not what it does around them.
 */
class ControllerMethodTests {

	@Test
	void requestWhenControllerIsLimitedTakesOnePermit() {
		try (LimitedContext context = LimitedContext.of(Controller.class)) {
			MockMvcTester mvc = MockMvcTester.of(context.bean(Controller.class));
			assertThat(mvc.get().uri("/stock?sku=tea")).hasStatusOk().hasBodyTextEqualTo("tea");
			assertThat(context.bulkhead("Controller").stats().granted()).isEqualTo(1);
		}
	}

	@Test
	void refusalWhenItsHandlerIsInTheLimitedControllerReachesIt() {
		try (LimitedContext context = LimitedContext.of(Controller.class)) {
			context.bulkhead("Controller").change((spec) -> spec.withMax(0));
			MockMvcTester mvc = MockMvcTester.of(context.bean(Controller.class));
			assertThat(mvc.get().uri("/stock?sku=tea")).hasStatus(HttpStatus.I_AM_A_TEAPOT)
				.hasBodyTextEqualTo("Controller");
		}
	}

	@RestController
	@Bulkhead(max = 1)
	static class Controller {

		@InitBinder
		public void prepare(WebDataBinder binder) {
			binder.setRequiredFields();
		}

		@ModelAttribute("season")
		public String season() {
			return "spring";
		}

		@GetMapping("/stock")
		public String stock(@RequestParam String sku) {
			return sku;
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
		public String refused(BulkheadFullException ex) {
			return ex.name();
		}

	}

}
