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

package io.github.penstock.redis;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for the loopback interface that has signed itself, and its key.
 *
 * @param certificate the file of the certificate, in PEM
 * @param key the file of the key, in PEM
 */
public record TlsIdentity(Path certificate, Path key) {

	private static final String PASSWORD = "changeit";

	/**
	 * Create one.
	 * @param directory where its files are, which have its name
	 * @param name its name
	 * @return the identity
	 * @throws Exception if the JDK's {@code keytool} fails
	 */
	public static TlsIdentity create(Path directory, String name) throws Exception {
		Path store = directory.resolve(name + ".p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", name, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name,
				"-ext", "SAN=ip:127.0.0.1", "-validity", "30", "-storetype", "PKCS12", "-storepass", PASSWORD,
				"-keystore", store.toString())
			.inheritIO()
			.start();
		if (keytool.waitFor() != 0) {
			throw new IllegalStateException("keytool has made no certificate");
		}
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(store)) {
			keys.load(in, PASSWORD.toCharArray());
		}
		return new TlsIdentity(
				write(directory.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
				write(directory.resolve(name + ".key"), "PRIVATE KEY",
						keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
	}

	private static Path write(Path file, String kind, byte[] content) throws Exception {
		return Files.writeString(file,
				"-----BEGIN " + kind + "-----\n"
						+ Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content) + "\n-----END " + kind
						+ "-----\n");
	}

}
