package io.github.penstock.aop;

import java.util.List;

import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.target.AbstractBeanFactoryBasedTargetSource;
import org.springframework.aop.target.HotSwappableTargetSource;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * What can be told of the target of a proxy that has not always the same one, without
 * making it.
 */
final class ChangingTargets {

	private ChangingTargets() {
	}

	/** The present target behind swappable ones, else the object itself. */
	static Object knownTarget(Object bean) {
		Object current = bean;
		while (current instanceof Advised proxy && proxy.getTargetSource() instanceof HotSwappableTargetSource source) {
			current = source.getTarget();
		}
		return current;
	}

	/** Whether the targets of a proxy are beans that have limits of their own. */
	static boolean isLimitedItself(Advised proxy, List<LimitedMethod> methods) {
		TargetSource source = proxy.getTargetSource();
		if (source instanceof AbstractBeanFactoryBasedTargetSource named) {
			return named.getBeanFactory() instanceof AbstractBeanFactory factory
					&& factory.getBeanPostProcessors().stream().anyMatch(LimitBeanPostProcessor.class::isInstance);
		}
		return source instanceof HotSwappableTargetSource swappable
				&& methods.stream().allMatch((method) -> LimitAdvisor.isLimitedBy(swappable.getTarget(), method));
	}

}
