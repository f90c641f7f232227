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
