// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.itests.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.util.IdentityHashMap;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.NullMarked;

/** What holds for the code as a whole. Each rule says what it protects and what to do instead. */
@AnalyzeClasses(packages = "io.evenkeel")
final class ArchitectureTest {
    /** A rule over nothing passes: this many classes at least must have been read. Raise it as the code grows. */
    private static final int FEWEST_CLASSES = 600;

    private static final int FEWEST_WORDS = 20;

    private static final String QUERIES = "io.evenkeel.query..";
    private static final String RUNTIME = "io.evenkeel.runtime..";
    private static final String KIT = "io.evenkeel.querytest..";
    private static final String TASKS = "io.evenkeel.tasks..";
    private static final String JMS = "io.evenkeel.jms..";
    private static final String BROKER = "io.evenkeel.broker..";
    private static final String CLIENT = "io.evenkeel.client..";
    private static final String NODE = "io.evenkeel.correlator..";
    private static final String COMMAND_LINE = "io.evenkeel.correlator.cli..";
    private static final String WHOLE_TESTS = "io.evenkeel.itests..";
    private static final String BENCHMARKS = "io.evenkeel.bench..";
    private static final String[] GRID = {"io.evenkeel..hazelcast", "io.evenkeel..hazelcast.."};
    private static final String[] STATE_MACHINE = {"io.evenkeel.runtime.shard..", "io.evenkeel.runtime.engine.."};

    private ArchitectureTest() {}

    @ArchTest
    static void looksAtTheWholeProduct(JavaClasses classes) {
        assertThat(classes).as("classes imported").hasSizeGreaterThanOrEqualTo(FEWEST_CLASSES);
        for (String module :
                new String[] {"query", "runtime", "tasks", "querytest", "jms", "broker", "client", "correlator"}) {
            assertThat(classes.stream().map(JavaClass::getPackageName))
                    .as("packages imported")
                    .contains("io.evenkeel." + module);
        }
    }

    // ---- modules

    @ArchTest
    static final ArchRule QUERIES_KNOW_NO_OTHER_MODULE = noClasses()
            .that()
            .resideInAPackage(QUERIES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RUNTIME, TASKS, KIT, JMS, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because("what a query is can be read, checked and tested without anything that runs it")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_RUNTIME_KNOWS_QUERIES_ONLY = noClasses()
            .that()
            .resideInAPackage(RUNTIME)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TASKS, KIT, JMS, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because("a shard must not know how its causes arrive; let the node translate between the two")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule TASKS_KNOW_QUERIES_AND_THE_RUNTIME = noClasses()
            .that()
            .resideInAPackage(TASKS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(KIT, JMS, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because("who does what must not depend on what it is; the node brings the kinds");

    @ArchTest
    static final ArchRule THE_KIT_KNOWS_QUERIES_AND_THE_RUNTIME = noClasses()
            .that()
            .resideInAPackage(KIT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TASKS, JMS, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because("an author tests a query without broker, grid and node; what runs is the shard itself");

    @ArchTest
    static final ArchRule TRIALS_RUN_WITHOUT_JUNIT = noClasses()
            .that()
            .resideInAPackage("io.evenkeel.querytest")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "org.opentest4j..")
            .because("the command line runs trials and does not bring JUnit; what needs it is in querytest.junit");

    @ArchTest
    static final ArchRule THE_BRIDGE_KNOWS_QUERIES_ONLY = noClasses()
            .that()
            .resideInAPackage(JMS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(RUNTIME, TASKS, KIT, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because(
                    "receivers must be testable without shards; ask for what they need through one of their own interfaces")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_BROKER_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage(BROKER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(QUERIES, RUNTIME, TASKS, KIT, JMS, NODE, WHOLE_TESTS, BENCHMARKS)
            .because("the broker is set up and checked on machines that run no node")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_CLIENT_STANDS_ALONE = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(QUERIES, RUNTIME, TASKS, KIT, JMS, BROKER, NODE, WHOLE_TESTS, BENCHMARKS)
            .because(
                    "what it says to a cluster is HTTP that anybody can say; an application takes it along without a node");

    @ArchTest
    static final ArchRule THE_CLIENT_NEEDS_JACKSON_ONLY = classes()
            .that()
            .resideInAPackage(CLIENT)
            // Safe because tests do not go along with it.
            .and()
            .haveSimpleNameNotEndingWith("Test")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(CLIENT, "java..", "com.fasterxml.jackson..", "org.jspecify..")
            .because("a library's dependencies are conflicts in applications");

    @ArchTest
    static final ArchRule ONLY_THE_NODE_KNOWS_THE_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackages(CLIENT, NODE, WHOLE_TESTS, BENCHMARKS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(CLIENT)
            .because("below the command line nobody asks a cluster anything");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_NODE = noClasses()
            .that()
            .resideOutsideOfPackages(NODE, WHOLE_TESTS, BENCHMARKS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(NODE)
            .because("the node wires the other modules; what they share belongs below it")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("io.evenkeel.(**)")
            .should()
            .beFreeOfCycles()
            .because(
                    "what cannot be understood alone cannot be changed alone; move the shared type down, or turn it into an interface")
            .allowEmptyShould(true);

    // ---- what stays behind a wall

    @ArchTest
    static final ArchRule ESPER_STAYS_IN_ITS_PACKAGE = noClasses()
            .that()
            .resideOutsideOfPackage("io.evenkeel.runtime.esper..")
            // Safe because these judge the engine's matches by a plain Esper, and must share no code with it.
            .and()
            .resideOutsideOfPackages("io.evenkeel.itests.kit.oracle..", "io.evenkeel.correlator.demo.oracle..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.espertech..")
            .because("the engine sits behind its SPI: it is replaceable, and its licence is not ours")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule HAZELCAST_STAYS_IN_PACKAGES_NAMED_FOR_IT = noClasses()
            .that()
            .resideOutsideOfPackages(GRID)
            // Safe because tests of the whole only look at members and break them.
            .and()
            .resideOutsideOfPackage(WHOLE_TESTS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.hazelcast..")
            .because("the log and the catalog are interfaces; everything above runs in tests without a grid")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule ROCKSDB_STAYS_BEHIND_THE_HISTORY_STORE = noClasses()
            .that()
            .resideOutsideOfPackage("io.evenkeel.runtime.history")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.rocksdb..")
            .because("what keeps the history is an interface: another store can take its place");

    @ArchTest
    static final ArchRule JMS_STAYS_IN_THE_BRIDGE = noClasses()
            .that()
            .resideOutsideOfPackage(JMS)
            // Safe because the broker's check and its test kit connect like any client, and carry no events of ours.
            .and()
            .resideOutsideOfPackage(BROKER)
            // Safe because tests and measurements play publisher and consumer.
            .and()
            .resideOutsideOfPackages(WHOLE_TESTS, BENCHMARKS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("jakarta.jms..", "javax.jms..")
            .because("acknowledgement is subtle: one module owns sessions and transactions (I1)")
            .allowEmptyShould(true);

    // ---- determinism

    @ArchTest
    static final ArchRule A_SHARD_IS_A_FUNCTION_OF_ITS_LOG = noClasses()
            .that()
            .resideInAnyPackage(STATE_MACHINE)
            .should()
            .callMethodWhere(readsAClockOrAnIdentity())
            .orShould()
            .dependOnClassesThat(comeFromOutsideTheLog())
            .because("I2: replay elsewhere must give the same matches. Take time from the cause, derive ids from it, "
                    + "and let the caller own the thread")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule NOTHING_IS_ORDERED_BY_IDENTITY = noClasses()
            // Safe because this rule has to name the class that it forbids.
            .that()
            .resideOutsideOfPackage(WHOLE_TESTS)
            // Safe because they only ask whether they have been at an object before; nothing goes through the elements.
            .and()
            .haveNameNotMatching(".*\\.Model(Walk|Rewrite)")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(IdentityHashMap.class)
            .because("its order differs from run to run; use a LinkedHashMap over a key with equals")
            .allowEmptyShould(true);

    // ---- hygiene

    @ArchTest
    static final ArchRule EVERY_PACKAGE_IS_NULL_MARKED = classes()
            .should(resideInANullMarkedPackage())
            .because("NullAway looks at marked packages only; add a package-info.java with @NullMarked");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_USES_STANDARD_STREAMS = noClasses()
            .that()
            .resideOutsideOfPackages(COMMAND_LINE, WHOLE_TESTS, BENCHMARKS)
            .and(not(areProgrammes()))
            .should()
            .accessFieldWhere(isAStandardStream())
            .because("a node's output is its log, through SLF4J; only a command speaks to a terminal")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule TYPES_ARE_NAMED_FOR_WHAT_THEY_DO = classes()
            .should(notEndIn(Set.of("Manager", "Helper", "Util", "Utils", "Impl")))
            .because(
                    "such a name fits any code; name the role (Claimer, Receiver) or what differs (HazelcastShardLog)");

    @ArchTest
    static void typesUseOurWords(JavaClasses imported) {
        WordList words = WordList.read();
        assertThat(words.size()).as("words that docs/words.md replaces").isGreaterThanOrEqualTo(FEWEST_WORDS);
        classes()
                // Safe because there a partition is the grid's, not a second word for a shard.
                .that()
                .resideOutsideOfPackages(GRID)
                .should(keepTo(words))
                .because("one word has one meaning: docs/words.md has the table, and a new word gets its row there")
                .check(imported);
    }

    // ---- how the rules look

    private static DescribedPredicate<JavaAccess<?>> readsAClockOrAnIdentity() {
        return describe("read a clock, chance or an object's identity", access -> {
            JavaClass owner = access.getTargetOwner();
            String name = access.getName();
            if (owner.isEquivalentTo(System.class)) {
                return Set.of("currentTimeMillis", "nanoTime", "identityHashCode")
                        .contains(name);
            }
            if (owner.isEquivalentTo(Math.class)) {
                return name.equals("random");
            }
            return owner.getPackageName().equals("java.time") && name.equals("now");
        });
    }

    private static DescribedPredicate<JavaClass> comeFromOutsideTheLog() {
        return describe(
                "bring time, chance or threads",
                type -> type.isAssignableTo(Clock.class)
                        || type.isAssignableTo(Random.class)
                        || type.isAssignableTo(RandomGenerator.class)
                        || type.isEquivalentTo(UUID.class)
                        || type.isAssignableTo(Thread.class)
                        || type.isAssignableTo(Executor.class));
    }

    private static DescribedPredicate<JavaAccess<?>> isAStandardStream() {
        return describe(
                "is a standard stream",
                access -> access.getTargetOwner().isEquivalentTo(System.class)
                        && Set.of("out", "err").contains(access.getName()));
    }

    private static DescribedPredicate<JavaClass> areProgrammes() {
        return describe(
                "are or belong to a class with a main method",
                type -> outermost(type).getMethods().stream()
                        .filter(method -> method.getName().equals("main"))
                        .map(JavaMember::getModifiers)
                        .anyMatch(modifiers -> modifiers.contains(JavaModifier.STATIC)));
    }

    private static JavaClass outermost(JavaClass type) {
        JavaClass at = type;
        while (at.getEnclosingClass().isPresent()) {
            at = at.getEnclosingClass().get();
        }
        return at;
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return condition("reside in a @NullMarked package", (type, found) -> {
            boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
            found.accept(marked, type.getName() + " is in " + type.getPackageName() + ", which is not @NullMarked");
        });
    }

    private static ArchCondition<JavaClass> notEndIn(Set<String> endings) {
        return condition("have a name that says more than " + endings, (type, found) -> {
            boolean fine = endings.stream().noneMatch(type.getSimpleName()::endsWith);
            found.accept(fine, type.getName() + " ends in one of " + endings);
        });
    }

    private static ArchCondition<JavaClass> keepTo(WordList words) {
        return condition("keep to the words of docs/words.md", (type, found) -> {
            String objection = words.objectionTo(type.getSimpleName()).orElse("");
            found.accept(objection.isEmpty(), type.getName() + " " + objection);
        });
    }

    private static ArchCondition<JavaClass> condition(String description, Check check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.look(type, (fine, message) -> events.add(new SimpleConditionEvent(type, fine, message)));
            }
        };
    }

    private interface Check {
        void look(JavaClass type, Finding finding);
    }

    private interface Finding {
        void accept(boolean fine, String message);
    }
}
