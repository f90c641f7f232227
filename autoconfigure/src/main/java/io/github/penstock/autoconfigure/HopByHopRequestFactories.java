package io.github.penstock.autoconfigure;

import io.github.penstock.http.HopByHopRequestFactory;
import io.github.penstock.http.HttpLimits;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
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
final class HopByHopRequestFactories implements BeanPostProcessor {

	private final HopByHop hopByHop;

	private final ObjectProvider<HttpLimits> limits;

	HopByHopRequestFactories(HopByHop hopByHop, ObjectProvider<HttpLimits> limits) {
		this.hopByHop = hopByHop;
		this.limits = limits;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ClientHttpRequestFactoryBuilder<?> builder && followsAsSettingsSay(builder) && this.hopByHop
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
		if (settings.redirects() == HttpRedirects.DONT_FOLLOW) {
			return builder.build(settings);
		}
		return new HopByHopRequestFactory(this.limits.getObject(),
				builder.build(settings.withRedirects(HttpRedirects.DONT_FOLLOW)), () -> builder.build(settings));
	}

}
