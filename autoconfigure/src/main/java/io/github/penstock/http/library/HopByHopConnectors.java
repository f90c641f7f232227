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

import io.github.penstock.http.HopByHopConnector;
import io.github.penstock.http.HttpLimits;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.HttpComponentsClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JettyClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Makes the builder that Spring Boot's reactive clients share build connectors whose
 * redirects are limited hop by hop, where the settings of the client have redirects
 * followed.
 */
public final class HopByHopConnectors implements BeanPostProcessor, BeanFactoryAware {

	private final BooleanSupplier limited;

	private final ObjectProvider<HttpLimits> limits;

	private final AtomicBoolean warned = new AtomicBoolean();

	private @Nullable HopByHop hopByHop;

	/**
	 * Create the post-processor.
	 * @param limited whether clients are limited, asked when there is a builder
	 * @param limits the limits
	 */
	public HopByHopConnectors(BooleanSupplier limited, ObjectProvider<HttpLimits> limits) {
		this.limited = limited;
		this.limits = limits;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.hopByHop = new HopByHop((ConfigurableListableBeanFactory) beanFactory, this.limited);
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ClientHttpConnectorBuilder<?> builder && followsAsSettingsSay(builder)
				&& Objects.requireNonNull(this.hopByHop)
					.replaces(beanName, ClientHttpConnectorBuilder.class, ClientHttpConnector.class)) {
			return (ClientHttpConnectorBuilder<ClientHttpConnector>) (settings) -> build(builder,
					(settings != null) ? settings : HttpClientSettings.defaults());
		}
		return bean;
	}

	/** Others may ignore the settings or fail over them. */
	private static boolean followsAsSettingsSay(ClientHttpConnectorBuilder<?> builder) {
		return builder instanceof ReactorClientHttpConnectorBuilder
				|| builder instanceof JettyClientHttpConnectorBuilder
				|| builder instanceof HttpComponentsClientHttpConnectorBuilder
				|| builder instanceof JdkClientHttpConnectorBuilder;
	}

	private ClientHttpConnector build(ClientHttpConnectorBuilder<?> builder, HttpClientSettings settings) {
		HttpLimits limits = this.limits.getObject();
		TakenRedirects redirects = new TakenRedirects(this.warned);
		ClientHttpConnector single = takeOver(builder, redirects, limits).build(settings);
		return (redirects.areTaken()) ? new HopByHopConnector(limits, single, () -> builder.build(settings)) : single;
	}

	/** Each library is known to one class only, as it may be absent. */
	private static ClientHttpConnectorBuilder<?> takeOver(ClientHttpConnectorBuilder<?> builder,
			TakenRedirects redirects, HttpLimits limits) {
		if (builder instanceof ReactorClientHttpConnectorBuilder reactor) {
			return ReactorRedirects.takeOver(reactor, redirects);
		}
		if (builder instanceof JettyClientHttpConnectorBuilder jetty) {
			return JettyRedirects.takeOver(jetty, redirects);
		}
		if (builder instanceof HttpComponentsClientHttpConnectorBuilder httpComponents) {
			return HttpComponentsRedirects.takeOver(httpComponents, redirects, limits);
		}
		return (builder instanceof JdkClientHttpConnectorBuilder jdk) ? JdkRedirects.takeOver(jdk, redirects) : builder;
	}

}
