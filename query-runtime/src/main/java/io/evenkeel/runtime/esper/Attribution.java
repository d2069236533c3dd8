// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which deployment an exception came from.
 *
 * <p>Most come through the exception handler, which knows. What the expression of a filter throws does not: Esper
 * evaluates filters before it looks for statements, and tells only the name of the statement, in the message. So
 * statements have names in which the deployment can be recognized.
 */
final class Attribution {
    private static final Pattern STATEMENT = Pattern.compile("statement '<<(.*?)>>");

    private Attribution() {}

    static String statement(String deployment, String name) {
        return "<<" + deployment + ">>" + name;
    }

    /**
     * The deployment; null if nothing tells it. The innermost word counts: while one statement starts a partition, Esper
     * evaluates the filters of all others, and the handler names the one that was starting.
     */
    static @Nullable String deployment(Throwable failure) {
        @Nullable String deployment = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatementThrewException threw) {
                deployment = threw.deployment();
            }
            Matcher statement = STATEMENT.matcher(String.valueOf(cause.getMessage()));
            if (statement.find()) {
                deployment = statement.group(1);
            }
        }
        return deployment;
    }

    static Throwable rootCause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
