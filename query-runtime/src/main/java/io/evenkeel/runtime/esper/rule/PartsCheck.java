// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper.rule;

import com.espertech.esper.common.client.soda.AnnotationPart;
import com.espertech.esper.common.client.soda.CastExpression;
import com.espertech.esper.common.client.soda.ConstantExpression;
import com.espertech.esper.common.client.soda.CreateSchemaClause;
import com.espertech.esper.common.client.soda.CreateSchemaClauseTypeDef;
import com.espertech.esper.common.client.soda.DotExpressionItemName;
import com.espertech.esper.common.client.soda.EPStatementObjectModel;
import com.espertech.esper.common.client.soda.Expression;
import com.espertech.esper.common.client.soda.InstanceOfExpression;
import com.espertech.esper.common.client.soda.LikeExpression;
import com.espertech.esper.common.client.soda.PatternStream;
import com.espertech.esper.common.client.soda.PropertyValueExpression;
import com.espertech.esper.common.client.soda.RegExpExpression;
import io.evenkeel.runtime.esper.function.TextMatching;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Looks at each part of a statement alone: is it of a kind that is known to be harmless? */
final class PartsCheck {
    private static final int LONGEST_PATTERN = 200;
    private static final Pattern CLASS_PROPERTY = Pattern.compile("(^|\\.)class(\\.|$)", Pattern.CASE_INSENSITIVE);

    private static final Pattern CONTEXT_PROPERTY = Pattern.compile("^`?context`?\\.", Pattern.CASE_INSENSITIVE);

    private static final Pattern QUOTED = Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"");
    private static final Pattern CALL = Pattern.compile("([A-Za-z_$][A-Za-z0-9_$]*)\\s*\\(");

    private final Statement statement;
    private final Findings findings;

    private PartsCheck(Statement statement, Findings findings) {
        this.statement = statement;
        this.findings = findings;
    }

    /** @return false if the statement is of a kind that no other check needs to look at */
    static boolean check(Statement statement, Findings findings) {
        PartsCheck check = new PartsCheck(statement, findings);
        if (!check.isSelect()) {
            return false;
        }
        ModelWalk.each(statement.model(), Object.class, check::checkPart);
        return true;
    }

    private boolean isSelect() {
        EPStatementObjectModel model = statement.model();
        if (model.getCreateDataFlow() != null
                || model.getCreateClass() != null
                || !empty(model.getScriptExpressions())
                || !empty(model.getClassProvidedExpressions())
                || model.getForClause() != null) {
            refuse(SandboxRules.PART, "", "a script, a class, a dataflow or a for clause");
            return false;
        }
        boolean keeps = model.getCreateWindow() != null
                || model.getCreateTable() != null
                || model.getCreateVariable() != null
                || model.getCreateIndex() != null
                || model.getCreateContext() != null
                || model.getCreateExpression() != null
                || model.getOnExpr() != null
                || model.getUpdateClause() != null
                || model.getIntoTableClause() != null
                || model.getFireAndForgetClause() != null
                || !statement.selects() && model.getCreateSchema() == null;
        if (keeps) {
            refuse(SelectRules.KEPT, "", "another kind of statement");
            return false;
        }
        if (model.getContextName() != null) {
            refuse(SelectRules.KEPT, "context", "context " + model.getContextName() + ", although the key makes one");
        }
        return true;
    }

    private void checkPart(Object part) {
        if (!Allowed.PARTS.contains(part.getClass())) {
            Rule rule = Allowed.isEver(part) ? SelectRules.FUNCTION : SandboxRules.PART;
            refuse(rule, Allowed.word(part), describe(part));
        } else if (part instanceof AnnotationPart annotation) {
            checkAnnotation(annotation);
        } else if (part instanceof PropertyValueExpression property) {
            checkProperty(property.getPropertyName());
        } else if (part instanceof DotExpressionItemName name) {
            checkProperty(name.getName());
        } else if (part instanceof CastExpression cast) {
            checkType(cast.getTypeName());
        } else if (part instanceof InstanceOfExpression types) {
            for (String type : types.getTypeNames()) {
                checkType(type);
            }
        } else if (part instanceof CreateSchemaClause schema) {
            checkSchema(schema);
        } else if (part instanceof RegExpExpression || part instanceof LikeExpression) {
            checkText((Expression) part, part instanceof RegExpExpression);
        } else if (part instanceof PatternStream pattern
                && pattern.getAnnotations() != null
                && pattern.getAnnotations().length > 0) {
            refuse(
                    SequenceRules.PARTS,
                    pattern.getAnnotations()[0].getName(),
                    "@" + pattern.getAnnotations()[0].getName());
        }
    }

    private void checkAnnotation(AnnotationPart annotation) {
        Set<String> patterns = Set.of("SuppressOverlappingMatches", "DiscardPartialsOnMatch");
        if (!Allowed.ANNOTATIONS.contains(annotation.getName()) && !patterns.contains(annotation.getName())) {
            refuse(SandboxRules.ANNOTATION, annotation.getName(), "@" + annotation.getName());
        }
    }

    private void checkProperty(String property) {
        if (CLASS_PROPERTY.matcher(property).find()
                || CONTEXT_PROPERTY.matcher(property).find()) {
            refuse(SandboxRules.PROPERTY, property, property);
        }
        // A call with a text in quotes reads like the property of a map: k.matches('a').
        Matcher calls = CALL.matcher(QUOTED.matcher(property).replaceAll("''"));
        while (calls.find()) {
            if (!Allowed.method(calls.group(1)) && !Allowed.function(calls.group(1))) {
                refuse(SandboxRules.CALL, calls.group(1), "a call of " + calls.group(1));
            }
        }
    }

    private void checkType(String type) {
        if (!Allowed.TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            refuse(SandboxRules.TYPE, type, type);
        }
    }

    private void checkSchema(CreateSchemaClause schema) {
        boolean plain =
                schema.getTypeDefinition() == null || schema.getTypeDefinition() == CreateSchemaClauseTypeDef.NONE;
        if (!empty(schema.getTypes()) || !plain) {
            refuse(SandboxRules.TYPE, "schema", "a schema that is not made of columns");
        }
        if (!empty(schema.getInherits())
                || !empty(schema.getCopyFrom())
                || schema.getStartTimestampPropertyName() != null
                || schema.getEndTimestampPropertyName() != null) {
            refuse(SelectRules.STREAM, "schema", "a schema that is made of another");
        }
        schema.getColumns().forEach(column -> checkType(column.getType()));
    }

    private void checkText(Expression matching, boolean regex) {
        Expression pattern = matching.getChildren().get(1);
        String word = regex ? "regexp" : "like";
        if (matching.getChildren().size() > 2
                && !(matching.getChildren().get(2) instanceof ConstantExpression escape
                        && escape.getConstant() instanceof String text
                        && text.length() == 1)) {
            refuse(SandboxRules.TEXT, word, "an escape that is not one character in quotes");
        } else if (!(pattern instanceof ConstantExpression constant && constant.getConstant() instanceof String text)) {
            refuse(SandboxRules.TEXT, word, word + " without a pattern in quotes");
        } else if (text.length() > LONGEST_PATTERN) {
            refuse(SandboxRules.TEXT, word, "a pattern of " + text.length() + " characters");
        } else if (regex) {
            String fault = TextMatching.findFault(text);
            if (fault != null) {
                refuse(SandboxRules.TEXT, word, fault);
            }
        }
    }

    private static String describe(Object part) {
        String word = Allowed.word(part);
        return word.isEmpty() ? "a part of another kind: " + part.getClass().getSimpleName() : word;
    }

    private void refuse(Rule rule, String word, String actual) {
        findings.refuse(rule, statement.lineOf(word), actual);
    }

    private static boolean empty(@Nullable Collection<?> values) {
        return values == null || values.isEmpty();
    }
}
