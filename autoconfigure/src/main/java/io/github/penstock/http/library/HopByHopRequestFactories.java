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

package io.github.penstock.http.library;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.github.penstock.http.HopByHopRequestFactory;
import io.github.penstock.http.HttpLimits;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JettyClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.SimpleClientHttpRequestFactoryBuilder;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Makes the builder that Spring Boot's clients share build factories whose redirects are
 * limited hop by hop, where the settings of the client have redirects followed.
 */
public final class HopByHopRequestFactories implements BeanPostProcessor, BeanFactoryAware {

	private final BooleanSupplier limited;

	private final ObjectProvider<HttpLimits> limits;

	private final AtomicBoolean warned = new AtomicBoolean();

	private @Nullable HopByHop hopByHop;

	/**
	 * Create the post-processor.
	 * @param limited whether clients are limited, asked when there is a builder
	 * @param limits the limits
	 */
	public HopByHopRequestFactories(BooleanSupplier limited, ObjectProvider<HttpLimits> limits) {
		this.limited = limited;
		this.limits = limits;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.hopByHop = new HopByHop((ConfigurableListableBeanFactory) beanFactory, this.limited);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ClientHttpRequestFactoryBuilder<?> builder && followsAsSettingsSay(builder)
				&& Objects.requireNonNull(this.hopByHop)
					.replaces(beanName, ClientHttpRequestFactoryBuilder.class, ClientHttpRequestFactory.class)) {
			return (ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory>) (settings) -> build(builder,
					(settings != null) ? settings : HttpClientSettings.defaults());
		}
		return bean;
	}

	/** Others may ignore the settings or fail over them. */
	private static boolean followsAsSettingsSay(ClientHttpRequestFactoryBuilder<?> builder) {
		return builder instanceof JdkClientHttpRequestFactoryBuilder
				|| builder instanceof HttpComponentsClientHttpRequestFactoryBuilder
				|| builder instanceof JettyClientHttpRequestFactoryBuilder
				|| builder instanceof ReactorClientHttpRequestFactoryBuilder
				|| builder instanceof SimpleClientHttpRequestFactoryBuilder;
	}

	private ClientHttpRequestFactory build(ClientHttpRequestFactoryBuilder<?> builder, HttpClientSettings settings) {
		HttpLimits limits = this.limits.getObject();
		TakenRedirects redirects = new TakenRedirects(this.warned);
		ClientHttpRequestFactory single = single(builder, settings, redirects, limits);
		return (redirects.areTaken()) ? new HopByHopRequestFactory(limits, single, () -> builder.build(settings))
				: single;
	}

	/** Each library is known to one class only, as it may be absent. */
	private static ClientHttpRequestFactory single(ClientHttpRequestFactoryBuilder<?> builder,
			HttpClientSettings settings, TakenRedirects redirects, HttpLimits limits) {
		if (builder instanceof JdkClientHttpRequestFactoryBuilder jdk) {
			return JdkRedirects.takeOver(jdk, redirects).build(settings);
		}
		if (builder instanceof HttpComponentsClientHttpRequestFactoryBuilder httpComponents) {
			return HttpComponentsRedirects.takeOver(httpComponents, redirects, limits).build(settings);
		}
		if (builder instanceof JettyClientHttpRequestFactoryBuilder jetty) {
			return JettyRedirects.takeOver(jetty, redirects).build(settings);
		}
		if (builder instanceof ReactorClientHttpRequestFactoryBuilder reactor) {
			return ReactorRedirects.takeOver(reactor, redirects).build(settings);
		}
		// HttpURLConnection, for which nothing but the settings counts.
		if (settings.redirects() != HttpRedirects.DONT_FOLLOW) {
			redirects.take();
		}
		return builder.build(settings.withRedirects(HttpRedirects.DONT_FOLLOW));
	}

}
