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

package io.github.penstock.recipes.upload;

import java.io.IOException;
import java.io.InputStream;

import io.github.penstock.annotation.RateLimited;

import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/**
 * Files of users.
 */
@RestController
class FileController {

	private final FileStore store;

	FileController(FileStore store) {
		this.store = store;
	}

	/** Nobody has read the body when it is paid for. */
	@PutMapping("/files/{name}")
	@RateLimited(name = "upload-kilobytes", key = "#user", cost = "#length / 1024 + 1")
	long put(@PathVariable String name, @RequestHeader("X-User") String user,
			@RequestHeader("Content-Length") long length, InputStream body) throws IOException {
		return this.store.save(name, body);
	}

	/** Spring has: only penstock.requests comes before a form is read. */
	@PostMapping("/files")
	long post(@RequestParam MultipartFile file) throws IOException {
		return this.store.save("form", file.getInputStream());
	}

}
