// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.Expression;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Replaces expressions in a statement's object model, wherever they stand; inner ones before those around them. */
public final class ModelRewrite {
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final UnaryOperator<Expression> replacement;

    private ModelRewrite(UnaryOperator<Expression> replacement) {
        this.replacement = replacement;
    }

    /** @param replacement gives the expression itself if it may stay */
    public static void each(Object root, UnaryOperator<Expression> replacement) {
        new ModelRewrite(replacement).enter(root);
    }

    /** What shall stand in the place of a part. */
    private @Nullable Object rewrite(@Nullable Object part) {
        enter(part);
        return part instanceof Expression expression ? replacement.apply(expression) : part;
    }

    private void enter(@Nullable Object part) {
        if (part instanceof List<?> parts) {
            enterList(parts);
        } else if (part instanceof Collection<?> parts) {
            parts.forEach(this::enter);
        } else if (part instanceof Object[] parts) {
            for (int i = 0; i < parts.length; i++) {
                Object now = rewrite(parts[i]);
                if (now != null && now != parts[i]) {
                    parts[i] = now;
                }
            }
        } else if (part != null && ModelWalk.isModel(part.getClass()) && seen.add(part)) {
            enterFields(part);
        }
    }

    @SuppressWarnings("unchecked")
    private void enterList(List<?> parts) {
        for (int i = 0; i < parts.size(); i++) {
            Object before = parts.get(i);
            Object now = rewrite(before);
            if (now != null && now != before) {
                // An expression for an expression: the list cannot tell.
                ((List<Object>) parts).set(i, now);
            }
        }
    }

    private void enterFields(Object part) {
        for (Class<?> type = part.getClass(); type != null && ModelWalk.isModel(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    Object before = ModelWalk.read(field, part);
                    Object now = rewrite(before);
                    if (now != before) {
                        write(field, part, now);
                    }
                }
            }
        }
    }

    private static void write(Field field, Object part, @Nullable Object value) {
        try {
            field.set(part, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Expected to write " + field + ", but may not", e);
        }
    }
}
