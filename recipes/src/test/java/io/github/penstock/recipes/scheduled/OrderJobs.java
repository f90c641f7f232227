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

package io.github.penstock.recipes.scheduled;

import io.github.penstock.LimitExceededException;
import io.github.penstock.annotation.Bulkhead;
import io.github.penstock.annotation.RateLimited;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Two jobs: one that must not run twice at a time, and one that is done once in a while
 * by one instance.
 */
@Component
class OrderJobs {

	private static final Log logger = LogFactory.getLog(OrderJobs.class);

	private final Orders orders;

	OrderJobs(Orders orders) {
		this.orders = orders;
	}

	@Scheduled(fixedRateString = "${orders.import-every}")
	@Bulkhead(name = "order-import", fallback = "skipped")
	public void importOrders() {
		this.orders.importNew();
	}

	@Scheduled(cron = "${orders.remind-at}")
	@Bulkhead(name = "reminders", fallback = "skipped")
	@RateLimited(name = "reminders", fallback = "skipped")
	public void remind() {
		this.orders.remindDebtors();
	}

	void skipped(LimitExceededException refusal) {
		logger.info("Not this time: " + refusal.getMessage());
	}

}
