// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Filter;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A statement of the author: its model, which the compiler changes, and the line of the EPL at which it begins.
 *
 * @param line from 1
 */
record Statement(EPStatementObjectModel model, int line) {

    /** True if it selects; false if it only declares. */
    boolean selects() {
        return model.getCreateSchema() == null && model.getSelectClause() != null && model.getFromClause() != null;
    }

    boolean named(String name) {
        return model.getAnnotations() != null
                && model.getAnnotations().stream()
                        .filter(annotation -> annotation.getName().equals("Name"))
                        .anyMatch(annotation -> hasValue(annotation, name));
    }

    private static boolean hasValue(AnnotationPart annotation, String value) {
        return annotation.getAttributes().stream().anyMatch(attribute -> value.equals(attribute.getValue()));
    }

    /** The names of all event types that it reads, in the order of their first mention. */
    Set<String> eventTypesRead() {
        Set<String> names = new LinkedHashSet<>();
        ModelWalk.each(model, Filter.class, filter -> names.add(filter.getEventTypeName()));
        return names;
    }

    /** The stream that it inserts into; empty if it does not. */
    String insertsInto() {
        return model.getInsertInto() == null ? "" : model.getInsertInto().getStreamName();
    }
}
