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

package io.github.penstock.recipes.graphql;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.penstock.annotation.Bulkhead;

import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.BatchMapping;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.data.method.annotation.SchemaMapping;
import org.springframework.stereotype.Controller;

/**
 * Fields, some of which are expensive.
 */
@Controller
class BookController {

	@QueryMapping
	Book book(@Argument String id) {
		return new Book(id, "Title " + id);
	}

	@QueryMapping
	List<Book> books(@Argument int first) {
		return IntStream.rangeClosed(1, first).mapToObj((id) -> book(String.valueOf(id))).toList();
	}

	@SchemaMapping
	@Bulkhead("reviews") // a permit for each book
	List<String> reviews(Book book) {
		return List.of("Good", "Long");
	}

	@BatchMapping
	@Bulkhead("stock") // a permit for all books of a query
	Map<Book, Integer> stock(List<Book> books) {
		return books.stream().collect(Collectors.toMap(Function.identity(), (book) -> 7));
	}

}
