// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

/**
 * Folder for what the processes of a test class wrote: kept if a test failed, deleted otherwise. Register it as a static
 * field, before clusters are started.
 */
public final class Evidence
        implements BeforeAllCallback,
                AfterTestExecutionCallback,
                AfterAllCallback,
                LifecycleMethodExecutionExceptionHandler {
    private Path folder = Path.of("target", "evidence", "unknown").toAbsolutePath();
    private boolean failed;

    /** The folder of the test class. */
    public Path folder() {
        return folder;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        folder = Path.of("target", "evidence", context.getRequiredTestClass().getSimpleName())
                .toAbsolutePath();
        delete(folder);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        failed |= context.getExecutionException().isPresent();
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failed = true;
        throw failure;
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        failed = true;
        throw failure;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (failed) {
            System.out.println("evidence: " + folder);
        } else if (!Boolean.getBoolean("evenkeel.evidence.keep")) {
            delete(folder);
        }
    }

    /** A folder with all that is in it, if it is there. */
    public static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> leavesFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : leavesFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Expected to delete " + folder + ", but could not", e);
        }
    }
}
