// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visits all parts of a statement's object model, wherever they stand.
 *
 * <p>The model has some 180 classes and no visitor of its own. A rule that looks for forbidden parts must not miss one
 * because a clause was forgotten here; so this goes by the fields of the classes, whatever they are.
 */
public final class ModelWalk {
    private static final String MODEL_PACKAGE = EPStatementObjectModel.class.getPackageName();

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Consumer<Object> visitor;
    private final boolean deep;

    private ModelWalk(Consumer<Object> visitor, boolean deep) {
        this.visitor = visitor;
        this.deep = deep;
    }

    /** Calls the visitor with each part of the given class, parents before their parts, in the order of the fields. */
    public static <T> void each(@Nullable Object root, Class<T> type, Consumer<T> visitor) {
        new ModelWalk(onType(type, visitor), true).walk(root);
    }

    /** As {@link #each}, but does not enter subqueries; it does not visit them either. */
    static <T> void eachOutsideSubqueries(@Nullable Object root, Class<T> type, Consumer<T> visitor) {
        new ModelWalk(onType(type, visitor), false).walk(root);
    }

    private static <T> Consumer<Object> onType(Class<T> type, Consumer<T> visitor) {
        return part -> {
            if (type.isInstance(part)) {
                visitor.accept(type.cast(part));
            }
        };
    }

    private void walk(@Nullable Object part) {
        if (part instanceof Collection<?> parts) {
            parts.forEach(this::walk);
        } else if (part instanceof Map<?, ?> parts) {
            parts.values().forEach(this::walk);
        } else if (part instanceof Object[] parts) {
            for (Object each : parts) {
                walk(each);
            }
        } else if (part != null && isModel(part.getClass()) && enters(part) && seen.add(part)) {
            visitor.accept(part);
            walkFields(part);
        }
    }

    private boolean enters(Object part) {
        return deep || seen.isEmpty() || !(part instanceof EPStatementObjectModel);
    }

    private void walkFields(Object part) {
        for (Class<?> type = part.getClass(); type != null && isModel(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    walk(read(field, part));
                }
            }
        }
    }

    static boolean isModel(Class<?> type) {
        return type.getPackageName().equals(MODEL_PACKAGE) && !type.isEnum();
    }

    static @Nullable Object read(Field field, Object part) {
        try {
            field.setAccessible(true);
            return field.get(part);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("Expected to read " + field + ", but may not", e);
        }
    }
}
