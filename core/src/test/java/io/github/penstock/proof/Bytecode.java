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

package io.github.penstock.proof;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.Set;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.FieldVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Type;

/** What the instructions of a class hold that ArchUnit does not see. */
enum Bytecode {

	MONITOR, FLOATING_POINT;

	static Set<Bytecode> of(JavaClass type) {
		try (InputStream bytes = type.getSource().orElseThrow().getUri().toURL().openStream()) {
			Set<Bytecode> found = EnumSet.noneOf(Bytecode.class);
			new ClassReader(bytes).accept(new Finder(found), 0);
			return found;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isFloatingPoint(Type type) {
		return switch (type.getSort()) {
			case Type.FLOAT, Type.DOUBLE -> true;
			case Type.ARRAY -> isFloatingPoint(type.getElementType());
			default -> false;
		};
	}

	private static boolean isFloatingPoint(int opcode) {
		return switch (opcode) {
			case Opcodes.I2D, Opcodes.I2F, Opcodes.L2D, Opcodes.L2F, Opcodes.DADD, Opcodes.DSUB, Opcodes.DMUL,
					Opcodes.DDIV, Opcodes.FADD, Opcodes.FSUB, Opcodes.FMUL, Opcodes.FDIV ->
				true;
			default -> false;
		};
	}

	private static final class Finder extends ClassVisitor {

		private final Set<Bytecode> found;

		Finder(Set<Bytecode> found) {
			super(Opcodes.ASM9);
			this.found = found;
		}

		@Override
		public FieldVisitor visitField(int access, String name, String descriptor, String signature, Object value) {
			add(isFloatingPoint(Type.getType(descriptor)));
			return null;
		}

		@Override
		public MethodVisitor visitMethod(int access, String name, String descriptor, String signature,
				String[] exceptions) {
			add(isFloatingPoint(Type.getReturnType(descriptor)));
			for (Type argument : Type.getArgumentTypes(descriptor)) {
				add(isFloatingPoint(argument));
			}
			return new MethodVisitor(Opcodes.ASM9) {

				@Override
				public void visitInsn(int opcode) {
					add(isFloatingPoint(opcode));
					if (opcode == Opcodes.MONITORENTER) {
						Finder.this.found.add(MONITOR);
					}
				}

			};
		}

		private void add(boolean floatingPoint) {
			if (floatingPoint) {
				this.found.add(FLOATING_POINT);
			}
		}

	}

}
