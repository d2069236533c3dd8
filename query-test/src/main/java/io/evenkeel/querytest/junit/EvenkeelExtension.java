// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.querytest.junit;

import io.evenkeel.querytest.QueryTrial;
import io.evenkeel.querytest.TrialDefinitions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Makes the trials of {@link EvenkeelTest}; a new class of tests brings its own instance of it. */
public final class EvenkeelExtension
        implements ParameterResolver, AfterTestExecutionCallback, TestExecutionExceptionHandler {
    private static final Namespace OURS = Namespace.create(EvenkeelExtension.class);

    /** Made by JUnit. */
    public EvenkeelExtension() {}

    /** What a test and its class say together. */
    private record Wanted(List<String> definitions, List<String> instances, String events, String expected) {}

    /** In the store, so that JUnit closes it when the test is over. */
    private record Held(QueryTrial trial, Wanted wanted) implements AutoCloseable {
        @Override
        public void close() {
            trial.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == QueryTrial.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Held held = context.getStore(OURS).get("trial", Held.class);
        if (held == null) {
            held = open(context);
            context.getStore(OURS).put("trial", held);
        }
        return held.trial();
    }

    private static Held open(ExtensionContext context) {
        Wanted wanted = wanted(context);
        if (wanted.definitions().isEmpty()) {
            throw new ParameterResolutionException(
                    "Expected @EvenkeelTest on the test or its class to name files with"
                            + " definitions, but it names none. Write @EvenkeelTest({\"flight.yaml\", \"late-airport.yaml\"}).");
        }
        // Compiling is what takes time: once for all tests of a class that name the same files.
        TrialDefinitions definitions = context.getRoot()
                .getStore(OURS)
                .getOrComputeIfAbsent(
                        context.getRequiredTestClass().getName() + wanted.definitions(),
                        key -> definitions(context, wanted.definitions()),
                        TrialDefinitions.class);
        for (String instance : wanted.instances()) {
            definitions = definitions.choose(instance);
        }
        QueryTrial trial = new QueryTrial(definitions);
        if (!wanted.events().isEmpty()) {
            trial.publishLines(wanted.events(), text(context, wanted.events()));
            trial.finish();
        }
        return new Held(trial, wanted);
    }

    private static TrialDefinitions definitions(ExtensionContext context, List<String> files) {
        return TrialDefinitions.parse(String.join(
                "\n---\n", files.stream().map(file -> text(context, file)).toList()));
    }

    private static Wanted wanted(ExtensionContext context) {
        List<EvenkeelTest> said = new ArrayList<>();
        context.getElement()
                .map(element -> element.getAnnotation(EvenkeelTest.class))
                .ifPresent(said::add);
        // A @Nested class is a part of the class around it; a static one only lives there.
        for (Class<?> at = context.getRequiredTestClass(); at != null; at = around(at)) {
            Optional.ofNullable(at.getAnnotation(EvenkeelTest.class)).ifPresent(said::add);
        }
        return new Wanted(
                first(said, test -> List.of(test.value()), files -> !files.isEmpty(), List.of()),
                first(said, test -> List.of(test.instances()), instances -> !instances.isEmpty(), List.of()),
                first(said, EvenkeelTest::events, events -> !events.isEmpty(), ""),
                first(said, EvenkeelTest::expected, expected -> !expected.isEmpty(), ""));
    }

    private static @Nullable Class<?> around(Class<?> type) {
        return Modifier.isStatic(type.getModifiers()) ? null : type.getEnclosingClass();
    }

    private static <T> T first(
            List<EvenkeelTest> said, Function<EvenkeelTest, T> part, Predicate<T> given, T otherwise) {
        return said.stream().map(part).filter(given).findFirst().orElse(otherwise);
    }

    private static String text(ExtensionContext context, String file) {
        try (InputStream beside = context.getRequiredTestClass().getResourceAsStream(file)) {
            return beside != null
                    ? new String(beside.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "Expected " + file + " beside "
                            + context.getRequiredTestClass().getName() + " on the class path or in "
                            + Path.of("").toAbsolutePath() + ", but could not read it",
                    e);
        }
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        Held held = context.getStore(OURS).get("trial", Held.class);
        if (held != null
                && !held.wanted().expected().isEmpty()
                && context.getExecutionException().isEmpty()) {
            held.trial().expect(text(context, held.wanted().expected()));
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        Held held = context.getStore(OURS).get("trial", Held.class);
        if (held != null) {
            failure.addSuppressed(new TrialEvidence(held.trial().report()));
        }
        throw failure;
    }

    /** What the trial had seen and given when a test failed; rides along with the failure. */
    private static final class TrialEvidence extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TrialEvidence(String report) {
            super(report, null, false, false);
        }
    }
}
