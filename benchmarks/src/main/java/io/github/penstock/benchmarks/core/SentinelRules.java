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

package io.github.penstock.benchmarks.core;

import java.util.List;

import com.alibaba.csp.sentinel.slots.block.RuleConstant;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRule;
import com.alibaba.csp.sentinel.slots.block.flow.FlowRuleManager;

/**
 * The rules of Sentinel, which are global.
 */
final class SentinelRules {

	private SentinelRules() {
	}

	/** Replace all rules by one. */
	static String limit(int grade, long count) {
		System.setProperty("csp.sentinel.log.dir", System.getProperty("java.io.tmpdir"));
		String resource = "it-" + grade;
		FlowRule rule = new FlowRule(resource);
		rule.setGrade(grade);
		rule.setCount(count);
		if (grade == RuleConstant.FLOW_GRADE_QPS) {
			rule.setControlBehavior(RuleConstant.CONTROL_BEHAVIOR_RATE_LIMITER);
			rule.setMaxQueueingTimeMs(30_000);
		}
		FlowRuleManager.loadRules(List.of(rule));
		return resource;
	}

}
