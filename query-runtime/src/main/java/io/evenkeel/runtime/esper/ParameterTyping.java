// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import com.espertech.esper.common.client.soda.SubstitutionParameterExpression;
import io.evenkeel.query.FieldType;
import io.evenkeel.query.Parameter;
import io.evenkeel.query.ParameterType;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.runtime.esper.rule.ModelWalk;
import io.evenkeel.runtime.esper.rule.Statement;

/** Gives each {@code ?:name} in a statement the declared type of the parameter, so that Esper checks its use. */
final class ParameterTyping {
    private ParameterTyping() {}

    static void apply(Statement statement, QueryDefinition query, Faults faults) {
        ModelWalk.each(statement.model(), SubstitutionParameterExpression.class, use -> {
            String name = use.getOptionalName();
            if (name == null) {
                faults.add(statement.line(), "Expected parameters as ?:name, but there is one without a name.");
            } else if (use.getOptionalType() != null) {
                faults.add(
                        statement.line(),
                        "Expected ?:" + name + " without a type, but it has " + use.getOptionalType()
                                + "; its type is declared under parameters.");
            } else {
                query.findParameter(name)
                        .map(Parameter::type)
                        .ifPresentOrElse(
                                type -> use.setOptionalType(typeName(type)),
                                () -> faults.add(
                                        statement.line(),
                                        "Expected a declared parameter, but ?:" + name
                                                + " is not among the query's parameters; declare it or correct its name."));
            }
        });
    }

    /** The name by which Esper knows the class of a parameter's value. */
    private static String typeName(ParameterType type) {
        return switch (type) {
            case BOOLEAN -> "boolean";
            case INTEGER -> "int";
            case LONG, TIMESTAMP -> "long";
            case DOUBLE, DURATION -> "double";
            case DECIMAL -> "java.math.BigDecimal";
            case STRING -> "string";
        };
    }

    /** The name by which Esper knows the class of a field's value. */
    static String typeName(FieldType type) {
        return switch (type) {
            case BOOLEAN -> "boolean";
            case INTEGER -> "int";
            case LONG, TIMESTAMP -> "long";
            case DOUBLE -> "double";
            case DECIMAL -> "java.math.BigDecimal";
            case STRING -> "string";
        };
    }
}
