package io.github.penstock.aop;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.penstock.VisibleText;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.Pointcut;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.SmartClassLoader;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Puts limits before the annotated methods of beans, by an advisor for each such method:
 * into the proxy of a bean that has one, else into one of its own.
 * <p>
 * The order of the interceptors follows from that of the post-processors: those of
 * {@code @Transactional} come before this one and those of {@code @Retryable} and
 * {@code @Async} after it, and each puts its advice in front of what is there already.
 * <p>
 * To be declared by a {@code static} bean method, with nothing but the
 * {@code ObjectProvider}; {@code setProxyTargetClass} says whether beans that have
 * interfaces are proxied by their class all the same.
 */
@SuppressWarnings("serial")
public final class LimitBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements SmartInitializingSingleton {

	/**
	 * The order among post-processors: before those of {@code @EnableAsync}
	 * ({@code LOWEST_PRECEDENCE}) and {@code @EnableResilientMethods} (one less), after
	 * the auto-proxy creator ({@code HIGHEST_PRECEDENCE}).
	 */
	public static final int ORDER = Ordered.LOWEST_PRECEDENCE - 10;

	private static final Log logger = LogFactory.getLog(LimitBeanPostProcessor.class);

	private final transient ObjectProvider<LimiterDeclarations> declarations;

	private final transient Map<TypeKey, List<LimitedMethod>> methods = new ConcurrentHashMap<>();

	private final transient Map<TypeKey, List<LimitAdvisor>> advisors = new ConcurrentHashMap<>();

	/** Singletons that were handed out, advised, before they were initialized. */
	private final transient Map<String, Object> earlyReferences = new ConcurrentHashMap<>();

	private transient LimitOperations operations;

	/**
	 * Create the post-processor.
	 * @param declarations gives the place where annotations and configuration meet; asked
	 * at the first annotation
	 */
	public LimitBeanPostProcessor(ObjectProvider<LimiterDeclarations> declarations) {
		this.declarations = declarations;
		this.operations = new LimitOperations(declarations::getObject, (text) -> text);
		setOrder(ORDER);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		super.setBeanFactory(beanFactory);
		if (beanFactory instanceof ConfigurableBeanFactory factory) {
			this.operations = new LimitOperations(this.declarations::getObject, factory::resolveEmbeddedValue);
		}
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		// Asked when a native image is built: the proxy class is what matters.
		if (limitedMethods(new TypeKey(ClassUtils.getUserClass(beanClass), beanClass)).isEmpty()) {
			return beanClass;
		}
		ProxyFactory proxyFactory = proxyFactoryOf(beanClass);
		proxyFactory.setTargetClass(beanClass);
		proxyFactory.addAdvice((MethodInterceptor) MethodInvocation::proceed);
		return proxyFactory.getProxyClass(getProxyClassLoader());
	}

	private ProxyFactory proxyFactoryOf(Class<?> beanClass) {
		ProxyFactory proxyFactory = new ProxyFactory();
		proxyFactory.copyFrom(this);
		if (!proxyFactory.isProxyTargetClass()) {
			evaluateProxyInterfaces(beanClass, proxyFactory);
		}
		return proxyFactory;
	}

	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		this.earlyReferences.put(beanName, bean);
		return advise(bean, beanName);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (this.earlyReferences.remove(beanName) != null) ? bean : advise(bean, beanName);
	}

	@Override
	public void afterSingletonsInstantiated() {
		declareLaterBeans();
		this.operations.bindAll();
		if (this.beanFactory != null) {
			for (String beanName : this.beanFactory.getSingletonNames()) {
				warnIfUnlimited(beanName, this.beanFactory.getSingleton(beanName));
			}
		}
	}

	/**
	 * Lazy, prototype and scoped beans: what they declare counts from the start, and so
	 * does what is wrong.
	 */
	private void declareLaterBeans() {
		if (this.beanFactory == null) {
			return;
		}
		for (String beanName : this.beanFactory.getBeanDefinitionNames()) {
			Class<?> type = (!this.beanFactory.containsSingleton(beanName)) ? typeOf(this.beanFactory, beanName) : null;
			if (type != null && !type.isInterface()) {
				declareLater(new TypeKey(ClassUtils.getUserClass(type), type), beanName);
			}
		}
	}

	private void declareLater(TypeKey type, String beanName) {
		advisors(type);
		boolean classProxy = !Proxy.isProxyClass(type.exposedClass())
				&& proxyFactoryOf(type.targetClass()).isProxyTargetClass();
		if (classProxy && !isToBeProxiedByInterfaces(beanName)) {
			check(type, true, new Class<?>[0]);
		}
	}

	private boolean isToBeProxiedByInterfaces(String beanName) {
		return this.beanFactory != null && this.beanFactory.getMergedBeanDefinition(beanName)
			.hasAttribute(AutoProxyUtils.EXPOSED_INTERFACES_ATTRIBUTE);
	}

	private static @Nullable Class<?> typeOf(ConfigurableListableBeanFactory beanFactory, String beanName) {
		try {
			Class<?> type = beanFactory.getType(beanName, false);
			if (type != null) {
				// Fails where a class is missing that nobody needs as long as nobody
				// needs the bean.
				ReflectionUtils.getDeclaredMethods(type);
			}
			return type;
		}
		catch (BeansException | IllegalStateException | LinkageError ex) {
			logger.debug("The limits of bean '" + VisibleText.of(beanName) + "' will be known when it is made", ex);
			return null;
		}
	}

	private void warnIfUnlimited(String beanName, @Nullable Object bean) {
		if (bean != null && !isInfrastructure(bean) && !AopUtils.isAopProxy(bean)
				&& !Proxy.isProxyClass(bean.getClass()) && isEligible(bean, beanName)
				&& !limitedMethods(TypeKey.of(bean)).isEmpty()) {
			logger.warn("The limits on " + bean.getClass().getName() + " have no effect on bean '"
					+ VisibleText.of(beanName)
					+ "': it was made before bean post-processors were ready, or not by Spring");
		}
	}

	private Object advise(Object bean, String beanName) {
		TypeKey type = TypeKey.of(bean);
		if (isInfrastructure(bean) || limitedMethods(type).isEmpty() || !isEligible(bean, beanName)
				|| LimitAdvisor.isIn(bean)) {
			return bean;
		}
		if (bean instanceof Advised advised && !advised.isFrozen()) {
			check(type, AopUtils.isCglibProxy(bean), advised.getProxiedInterfaces());
			for (LimitAdvisor advisor : advisors(type)) {
				advised.addAdvisor(0, advisor);
			}
			return bean;
		}
		return createProxy(bean, beanName, type);
	}

	private Object createProxy(Object bean, String beanName, TypeKey type) {
		ProxyFactory proxyFactory = prepareProxyFactory(bean, beanName);
		if (!proxyFactory.isProxyTargetClass() && proxyFactory.getProxiedInterfaces().length == 0) {
			evaluateProxyInterfaces(bean.getClass(), proxyFactory);
		}
		boolean interfaceProxy = Proxy.isProxyClass(bean.getClass()) || ClassUtils.isLambdaClass(bean.getClass());
		check(type, proxyFactory.isProxyTargetClass() && !interfaceProxy,
				interfaceProxy ? bean.getClass().getInterfaces() : proxyFactory.getProxiedInterfaces());
		advisors(type).forEach(proxyFactory::addAdvisor);
		proxyFactory.setPreFiltered(true);
		ClassLoader classLoader = getProxyClassLoader();
		if (classLoader instanceof SmartClassLoader smart && classLoader != bean.getClass().getClassLoader()) {
			classLoader = smart.getOriginalClassLoader();
		}
		return proxyFactory.getProxy(classLoader);
	}

	private void check(TypeKey type, boolean classProxy, Class<?>[] interfaces) {
		for (LimitedMethod method : limitedMethods(type)) {
			Misplacement.check(method, classProxy, interfaces);
		}
	}

	private List<LimitedMethod> limitedMethods(TypeKey type) {
		List<LimitedMethod> methods = this.methods.get(type);
		if (methods == null) {
			methods = List.copyOf(LimitedMethods.of(type.targetClass(), type.exposedClass()));
			this.methods.put(type, methods);
		}
		return methods;
	}

	private List<LimitAdvisor> advisors(TypeKey type) {
		List<LimitAdvisor> advisors = this.advisors.get(type);
		if (advisors == null) {
			// Foreign code runs here, so that the map must not be locked meanwhile.
			List<LimitAdvisor> created = limitedMethods(type).stream()
				.map((method) -> new LimitAdvisor(method, this.operations.interceptor(method)))
				.toList();
			advisors = this.advisors.putIfAbsent(type, created);
			return (advisors != null) ? advisors : created;
		}
		return advisors;
	}

	private static boolean isInfrastructure(Object bean) {
		return bean instanceof AopInfrastructureBean || bean instanceof Advice || bean instanceof Advisor
				|| bean instanceof Pointcut;
	}

	@Override
	protected boolean isEligible(Class<?> targetClass) {
		return true;
	}

	/**
	 * What decides about the limits of a bean.
	 *
	 * @param targetClass its class, below any proxies
	 * @param exposedClass the class that its callers see
	 */
	private record TypeKey(Class<?> targetClass, Class<?> exposedClass) {

		static TypeKey of(Object bean) {
			return new TypeKey(ClassUtils.getUserClass(AopProxyUtils.ultimateTargetClass(bean)), bean.getClass());
		}

	}

}
