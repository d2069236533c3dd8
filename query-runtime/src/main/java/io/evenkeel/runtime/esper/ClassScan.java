// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.runtime.esper;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads what compiled classes refer to, before any of them is loaded: only what is known to be harmless may be there.
 * The second lock of the sandbox, in case EPL finds a way past the first, which looks at the object model.
 */
final class ClassScan {
    /** Packages whose classes may be used freely: values, lists, and Esper itself but for what is listed below. */
    private static final Set<String> PACKAGES =
            Set.of("java/util/", "java/math/", "java/util/function/", "com/espertech/esper/");

    /** In these packages, what is not for a query. */
    private static final Set<String> REFUSED = Set.of(
            "java/util/ServiceLoader",
            "java/util/Timer",
            "java/util/Scanner",
            "java/util/Formatter",
            "java/util/Random",
            "java/util/UUID",
            "java/util/ResourceBundle",
            "java/util/PropertyResourceBundle",
            "com/espertech/esper/runtime/",
            "com/espertech/esper/compiler/",
            "com/espertech/esper/common/internal/epl/script/",
            "com/espertech/esper/common/internal/epl/historical/",
            "com/espertech/esper/common/internal/epl/dataflow/",
            "com/espertech/esper/common/client/dataflow/",
            "com/espertech/esper/common/internal/db/");

    private static final Set<String> CLASSES = Set.of(
            "java/lang/Object",
            "java/lang/Boolean",
            "java/lang/Byte",
            "java/lang/Short",
            "java/lang/Integer",
            "java/lang/Long",
            "java/lang/Float",
            "java/lang/Double",
            "java/lang/Number",
            "java/lang/Character",
            "java/lang/CharSequence",
            "java/lang/Comparable",
            "java/lang/Iterable",
            "java/lang/StringBuilder",
            "java/lang/RuntimeException",
            "java/lang/IllegalArgumentException",
            "java/lang/IllegalStateException",
            "java/lang/UnsupportedOperationException",
            "java/lang/Throwable",
            "java/lang/Exception",
            "java/lang/NullPointerException",
            "java/lang/ClassCastException",
            "java/lang/NoSuchFieldError",
            "java/lang/annotation/Annotation",
            "java/io/Serializable",
            "java/io/StringWriter",
            // How Esper writes and reads rows, if it is ever asked to.
            "java/io/DataInput",
            "java/io/DataOutput",
            "java/io/IOException",
            "io/evenkeel/runtime/esper/function/QueryFunctions",
            "io/evenkeel/runtime/esper/function/Recency",
            "io/evenkeel/runtime/esper/function/TextMatching",
            "io/evenkeel/runtime/esper/function/ExactAggregate$Factory");

    /** Of classes that have dangerous methods, those that are not. */
    private static final Map<String, Set<String>> METHODS = Map.of(
            "java/lang/Class", Set.of("getName", "getSimpleName", "isInstance", "cast", "hashCode", "equals"),
            "java/lang/String",
                    Set.of(
                            "<init>",
                            "valueOf",
                            "equals",
                            "hashCode",
                            "toString",
                            "length",
                            "contains",
                            "startsWith",
                            "endsWith",
                            "indexOf",
                            "lastIndexOf",
                            "isEmpty",
                            "isBlank",
                            "substring",
                            "trim",
                            "strip",
                            "concat",
                            "charAt",
                            "equalsIgnoreCase",
                            "compareTo",
                            "compareToIgnoreCase"),
            "java/lang/Math", Set.of("max", "min", "abs", "round"),
            "java/lang/System", Set.of("arraycopy"));

    private static final Set<String> REFUSED_METHODS = Set.of("getClass", "wait", "notify", "notifyAll", "finalize");

    private final Set<String> own;
    private final SortedSet<String> refused = new TreeSet<>();

    private ClassScan(Set<String> own) {
        this.own = own;
    }

    /**
     * What the classes refer to and must not, as {@code class} or {@code class.method}; empty if all is well.
     *
     * @param classes by name, as Esper compiled them
     */
    static SortedSet<String> refusals(Map<String, byte[]> classes) {
        Set<String> own = new TreeSet<>();
        classes.keySet().forEach(name -> own.add(name.replace('.', '/')));
        ClassScan scan = new ClassScan(own);
        classes.values().forEach(scan::scan);
        return scan.refused;
    }

    private void scan(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            ConstantPool pool = ConstantPool.read(in);
            pool.classes().forEach(this::checkClass);
            pool.members().forEach(this::checkMember);
        } catch (IOException e) {
            throw new UncheckedIOException("Expected a class, but it cannot be read", e);
        }
    }

    private void checkClass(String name) {
        String element = element(name);
        if (!element.isEmpty() && !allowed(element) && !METHODS.containsKey(element)) {
            refused.add(element.replace('/', '.'));
        }
    }

    private void checkMember(ConstantPool.Member member) {
        String owner = element(member.owner());
        Set<String> methods = METHODS.get(owner);
        // Generated code asks objects for their classes, and these for no more than their names.
        boolean refusedEverywhere = REFUSED_METHODS.contains(member.name())
                && !(owner.equals("java/lang/Object") && member.name().equals("getClass"));
        if (refusedEverywhere || methods != null && !methods.contains(member.name())) {
            refused.add(owner.replace('/', '.') + "." + member.name());
        }
    }

    private boolean allowed(String name) {
        return own.contains(name)
                || CLASSES.contains(name)
                || PACKAGES.stream().anyMatch(name::startsWith)
                        && REFUSED.stream().noneMatch(name::startsWith)
                        && !(name.startsWith("java/util/concurrent/")
                                && !name.startsWith("java/util/concurrent/atomic/"))
                        && !name.startsWith("java/util/zip/")
                        && !name.startsWith("java/util/jar/")
                        && !name.startsWith("java/util/logging/")
                        && !name.startsWith("java/util/prefs/")
                        && !name.startsWith("java/util/spi/");
    }

    /** The class itself, or that of an array's elements; empty for an array of primitives. */
    private static String element(String name) {
        int depth = 0;
        while (depth < name.length() && name.charAt(depth) == '[') {
            depth++;
        }
        if (depth == 0) {
            return name;
        }
        return name.charAt(depth) == 'L' ? name.substring(depth + 1, name.length() - 1) : "";
    }
}
