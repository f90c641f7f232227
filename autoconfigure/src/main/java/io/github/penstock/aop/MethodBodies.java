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

package io.github.penstock.aop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;
import org.springframework.util.ClassUtils;

/**
 * What the methods of a class and its superclasses do with the fields and methods of
 * these classes. A class whose bytes cannot be read is as good as one that does nothing.
 */
final class MethodBodies {

	private final Map<String, Class<?>> hierarchy = new HashMap<>();

	private final Map<Class<?>, Map<String, Body>> bodies = new HashMap<>();

	MethodBodies(Class<?> type) {
		for (Class<?> current = type; current != null && current != Object.class; current = current.getSuperclass()) {
			this.hierarchy.put(Type.getInternalName(current), current);
		}
	}

	Body of(Method method) {
		return body(method.getDeclaringClass(), method.getName() + Type.getMethodDescriptor(method));
	}

	/**
	 * A field of the object that the method needs, itself or through private and final
	 * methods that it calls, {@code null} if there is none.
	 */
	@Nullable String fieldUsedBy(Method method) {
		return fieldUsedBy(of(method), new HashSet<>());
	}

	private @Nullable String fieldUsedBy(Body body, Set<Body> seen) {
		if (!seen.add(body)) {
			return null;
		}
		if (!body.fields.isEmpty()) {
			return body.fields.iterator().next();
		}
		for (Call call : body.calls) {
			Body called = body(call.owner(), call.signature());
			String field = called.stays ? fieldUsedBy(called, seen) : null;
			if (field != null) {
				return field;
			}
		}
		return null;
	}

	/** The body of a method that a class has, or inherits. */
	private Body body(Class<?> owner, String signature) {
		for (Class<?> type = owner; type != null && type != Object.class; type = type.getSuperclass()) {
			Body body = this.bodies.computeIfAbsent(type, this::read).get(signature);
			if (body != null) {
				return body;
			}
		}
		return new Body(false);
	}

	private Map<String, Body> read(Class<?> type) {
		Map<String, Body> read = new HashMap<>();
		try (InputStream bytes = type.getResourceAsStream(ClassUtils.getClassFileName(type))) {
			if (bytes != null) {
				new ClassReader(bytes).accept(new BodyReader(read), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (IllegalArgumentException ex) {
			// A class file of a newer Java than the reader knows.
			return Map.of();
		}
		return read;
	}

	/**
	 * What a method does.
	 */
	static final class Body {

		/** Whether it runs on the object that it is called on, proxy or not. */
		private final boolean stays;

		private final Set<String> fields = new LinkedHashSet<>();

		private final Set<Call> calls = new LinkedHashSet<>();

		Body(boolean stays) {
			this.stays = stays;
		}

		/** Whether the method calls another one, or one that it overrides. */
		boolean calls(Method method) {
			String signature = method.getName() + Type.getMethodDescriptor(method);
			return this.calls.stream().anyMatch((call) -> call.signature().equals(signature));
		}

	}

	private record Call(Class<?> owner, String signature) {
	}

	private final class BodyReader extends ClassVisitor {

		private final Map<String, Body> read;

		BodyReader(Map<String, Body> read) {
			super(SpringAsmInfo.ASM_VERSION);
			this.read = read;
		}

		@Override
		public MethodVisitor visitMethod(int access, String name, String descriptor, @Nullable String signature,
				String @Nullable [] exceptions) {
			boolean instance = (access & Opcodes.ACC_STATIC) == 0;
			Body body = new Body(instance && (access & (Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL)) != 0);
			this.read.put(name + descriptor, body);
			return new MethodVisitor(SpringAsmInfo.ASM_VERSION) {

				@Override
				public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
					if (opcode == Opcodes.GETFIELD && MethodBodies.this.hierarchy.containsKey(owner)) {
						body.fields.add(name);
					}
				}

				@Override
				public void visitMethodInsn(int opcode, String owner, String name, String descriptor,
						boolean isInterface) {
					addCall(owner, name + descriptor);
				}

				@Override
				public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap,
						Object... arguments) {
					for (Object argument : arguments) {
						if (argument instanceof Handle handle) {
							addCall(handle.getOwner(), handle.getName() + handle.getDesc());
						}
					}
				}

				private void addCall(String owner, String signature) {
					Class<?> type = MethodBodies.this.hierarchy.get(owner);
					if (type != null) {
						body.calls.add(new Call(type, signature));
					}
				}

			};
		}

	}

}
