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

package io.github.penstock.aop.expression;

import java.security.Principal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CurrentPrincipal}.
 */
class CurrentPrincipalTests {

	private final PrincipalSource current = PrincipalSource.ofCurrentThread();

	@AfterEach
	void clear() {
		SecurityContextHolder.clearContext();
		RequestContextHolder.resetRequestAttributes();
	}

	@Test
	void principalIsTheOneThatSpringSecurityHasAuthenticated() {
		authenticate(new TestingAuthenticationToken("anna", "secret", "ROLE_USER"));
		request("berta");
		assertThat(this.current.principal()).isEqualTo("anna");
	}

	@Test
	void principalWhenAnonymousIsTheUserOfTheRequest() {
		authenticate(new AnonymousAuthenticationToken("key", "anonymousUser",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS")));
		assertThat(this.current.principal()).isNull();
		request("berta");
		assertThat(this.current.principal()).isEqualTo("berta");
	}

	@Test
	void principalWhenNotAuthenticatedIsNone() {
		authenticate(new TestingAuthenticationToken("anna", "secret"));
		assertThat(this.current.principal()).isNull();
	}

	@Test
	void principalOfRequestWithoutUserIsNone() {
		request(null);
		assertThat(this.current.principal()).isNull();
	}

	@Test
	void principalOutsideOfRequestsIsNone() {
		assertThat(this.current.principal()).isNull();
	}

	@Test
	void principalWithoutSpringSecurityIsTheUserOfTheRequest() {
		authenticate(new TestingAuthenticationToken("anna", "secret", "ROLE_USER"));
		request("berta");
		PrincipalSource source = CurrentPrincipal.of(new FilteredClassLoader("org.springframework.security"));
		assertThat(source.principal()).isEqualTo("berta");
	}

	@Test
	void principalWithoutServletsIsTheOneOfSpringSecurity() {
		request("berta");
		PrincipalSource source = CurrentPrincipal.of(new FilteredClassLoader("jakarta.servlet"));
		assertThat(source.principal()).isNull();
		authenticate(new TestingAuthenticationToken("anna", "secret", "ROLE_USER"));
		assertThat(source.principal()).isEqualTo("anna");
	}

	@Test
	void principalWithoutEitherIsNone() {
		request("berta");
		PrincipalSource source = CurrentPrincipal
			.of(new FilteredClassLoader("org.springframework.security", "org.springframework.web"));
		assertThat(source.principal()).isNull();
	}

	private static void authenticate(Authentication authentication) {
		SecurityContextHolder.getContext().setAuthentication(authentication);
	}

	private static void request(String user) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		Principal principal = () -> user;
		request.setUserPrincipal((user != null) ? principal : null);
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
	}

}
