// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.correlator.task;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.correlator.catalog.Sha256;
import io.evenkeel.query.CatalogSnapshot;
import io.evenkeel.query.CatalogSnapshot.Versioned;
import io.evenkeel.query.Event;
import io.evenkeel.query.EventType;
import io.evenkeel.query.Fault;
import io.evenkeel.query.QueryDefinition;
import io.evenkeel.query.catalog.CatalogChange;
import io.evenkeel.query.catalog.CatalogRules;
import io.evenkeel.query.document.Document;
import io.evenkeel.query.document.DocumentReader;
import io.evenkeel.query.document.DocumentWriter;
import io.evenkeel.query.json.ExactJson;
import io.evenkeel.runtime.esper.EsperQueryCompiler;
import io.evenkeel.runtime.plan.QueryPlan;
import io.evenkeel.runtime.plan.QueryPlans;
import io.evenkeel.runtime.shard.Cause;
import io.evenkeel.runtime.shard.CauseBlock;
import io.evenkeel.runtime.shard.LogBatch;
import io.evenkeel.runtime.shard.ShardRequest;
import io.evenkeel.runtime.shard.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A backup task")
class BackupTaskTest {
    private static final int SHARDS = 4;
    private static final SortedMap<String, Long> SESSIONS = new TreeMap<>(Map.of("readings", 7L));
    private static final int EVENTS = 100;
    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00.000Z");
    private static final String SETTINGS = "{\"to\": \"nightly\", \"every\": \"1 hour\", \"keep\": 2}";
    private static final String DOCUMENTS = """
            event: Reading
            fields: {id: string, sensor: string, amount: integer, exact: decimal}
            ---
            query: high
            description: 'Quotes "and" lines'
            parameters: {least: {type: decimal, default: 1.50}, word: {type: string, default: "no"}}
            inputs: [{event: Reading, key: [sensor], retain: 1000}]
            epl: |
              select id, count(*) as n from Reading
                where exact >= ?:least and sensor != ?:word
            output: {event: High, to: "queue:high"}
            ---
            query: High
            inputs: [{event: Reading, key: [sensor], retain: 1000}]
            epl: select id, count(*) as n from Reading
            output: {event: High, to: "queue:high"}
            ---
            query: high
            instance: one
            parameters: {least: 12345678901234567.890}
            ---
            query: high
            instance: ONE
            """;

    private final CatalogSnapshot catalog = catalog(List.of(DOCUMENTS));
    private final QueryPlans plans = plans(catalog);
    private final List<List<LogBatch>> log = log();
    private int brokenShard = -1;
    private final QueryHistory history = new QueryHistory(() -> plans, shard -> {
        if (shard == brokenShard) {
            throw new IllegalStateException("the grid does not answer");
        }
        return log.get(shard);
    });

    @TempDir
    Path folder;

    @Test
    @DisplayName("names in the manifest every file there is, with its size and its hash")
    void shouldBeWholeByItsManifest() throws Exception {
        MemoryContext context = new MemoryContext(SETTINGS);
        run(context, NOON);

        Path backup = folder.resolve("mine").resolve("2026-05-01T12-00-00.000Z");
        JsonNode manifest = MemoryContext.read(Files.readString(backup.resolve("manifest.json")));
        assertThat(manifest.path("revision").asLong()).isEqualTo(catalog.revision());
        assertThat(manifest.path("time").asText()).isEqualTo("2026-05-01T12:00:00Z");
        Map<String, String> named = new TreeMap<>();
        for (JsonNode file : manifest.path("files")) {
            byte[] bytes = Files.readAllBytes(backup.resolve(file.path("file").asText()));
            assertThat(file.path("bytes").asInt()).isEqualTo(bytes.length);
            named.put(file.path("file").asText(), file.path("sha256").asText());
            assertThat(Sha256.hex(bytes)).isEqualTo(file.path("sha256").asText());
        }
        assertThat(files(backup)).containsExactlyInAnyOrderElementsOf(with(named.keySet(), "manifest.json"));
        assertThat(String.valueOf(context.checkpoint)).isEqualTo(String.valueOf(MemoryContext.read("""
                        {"last": "2026-05-01T12-00-00.000Z", "lastMs": %d, "count": 1, "folder": "%s"}""".formatted(
                        NOON.toEpochMilli(), folder.resolve("mine")))));
    }

    @Test
    @DisplayName("gives the same definitions when its documents are read, also of names that differ in case only")
    void shouldGiveTheSameCatalog() throws Exception {
        run(new MemoryContext(SETTINGS), NOON);

        List<String> all = new ArrayList<>();
        Path backup = only();
        for (String file : files(backup)) {
            if (file.startsWith("catalog/")) {
                all.add(Files.readString(backup.resolve(file)));
            }
        }
        CatalogSnapshot restored = catalog(all);
        assertThat(values(restored.eventTypes())).isEqualTo(values(catalog.eventTypes()));
        assertThat(documents(restored)).isEqualTo(documents(catalog));
        assertThat(values(restored.instances())).isEqualTo(values(catalog.instances()));
        assertThat(files(backup).stream().map(name -> name.toLowerCase(Locale.ROOT)))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("has for each query the lines that an export of it has, or of those queries that it names")
    void shouldHaveTheLinesOfAnExport() throws Exception {
        run(new MemoryContext(SETTINGS), NOON);

        MemoryContext export = new MemoryContext("{\"query\": \"high\"}");
        new ExportJob(history).run(export);
        assertThat(export.results).hasSize(EVENTS);
        JsonNode histories = MemoryContext.read(Files.readString(only().resolve("manifest.json")))
                .path("history");
        assertThat(histories.fieldNames()).toIterable().containsExactly("High", "high");
        for (JsonNode of : histories) {
            assertThat(Files.readAllLines(only().resolve(of.path("file").asText())))
                    .isEqualTo(export.results);
            assertThat(of.path("events").asInt()).isEqualTo(EVENTS);
        }

        run(
                new MemoryContext("{\"to\": \"nightly\", \"every\": \"1 hour\", \"keep\": 1, \"queries\": [\"high\"]}"),
                NOON.plusSeconds(1));
        assertThat(files(only())).filteredOn(name -> name.startsWith("history")).containsExactly("history/high.jsonl");
    }

    @Test
    @DisplayName("(a backtest of the same history) is refused if it has more events than fit into the memory of a node")
    void shouldRefuseABacktestOfTooMuch() throws Exception {
        MemoryContext context = new MemoryContext(
                ExactJson.MAPPER.writeValueAsString(Map.of("definitions", DOCUMENTS, "history", "high")));
        Brokers none = new Brokers(new TreeMap<>());
        new BacktestJob(history, none, EVENTS).run(context);
        assertThatThrownBy(() -> new BacktestJob(history, none, EVENTS - 1).run(context))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("history of high to have at most 99 events")
                .hasMessageContaining("EVENKEEL_HEAP");
    }

    @Test
    @DisplayName("keeps the newest, removes what a dead node left half made, and leaves alone what is not its own")
    void shouldKeepTheNewest() throws Exception {
        Path mine = Files.createDirectories(folder.resolve("mine"));
        Files.createDirectories(mine.resolve(".part-2026-04-30T12-00-00.000Z/history"));
        Files.writeString(mine.resolve(".part-2026-04-30T12-00-00.000Z/history/high.jsonl"), "{");
        Files.createDirectories(mine.resolve(".gone-2026-04-29T12-00-00.000Z/catalog"));
        Files.writeString(mine.resolve("notes.txt"), "mine");
        MemoryContext context = new MemoryContext(SETTINGS);
        for (int hour = 0; hour < 4; hour++) {
            run(context, NOON.plus(Duration.ofHours(hour)));
        }

        assertThat(names(mine)).containsExactly("2026-05-01T14-00-00.000Z", "2026-05-01T15-00-00.000Z", "notes.txt");
        assertThat(requireNonNull(context.checkpoint).path("count").asInt()).isEqualTo(4);

        // A clock that is behind: what was just made is not the one that is too many.
        run(context, NOON.minus(Duration.ofDays(1)));
        assertThat(names(mine)).hasSize(3);
        context.checkpoint = null;
        run(context, NOON.minus(Duration.ofDays(1)));
        assertThat(names(mine)).containsExactly("2026-04-30T12-00-00.000Z", "2026-05-01T15-00-00.000Z", "notes.txt");
    }

    @Test
    @DisplayName(
            "is due so long after the last one, whoever made that; at once if it is overdue; never later than one interval")
    void shouldBeDueAfterTheLast() throws Exception {
        MemoryContext context = new MemoryContext(SETTINGS);
        run(context, NOON);
        run(context, NOON.plusSeconds(600));
        run(context, NOON.minusSeconds(7_200));
        assertThat(names(folder.resolve("mine"))).hasSize(1);
        run(context, NOON.plusSeconds(3_600));
        assertThat(names(folder.resolve("mine"))).hasSize(2);

        assertThat(context.pauses)
                .containsExactly(Duration.ofHours(1), Duration.ofMinutes(50), Duration.ofHours(1), Duration.ofHours(1));
    }

    @Test
    @DisplayName("that fails says where and why, and leaves nothing that looks like a backup")
    void shouldFailWithNothingLeft() throws Exception {
        MemoryContext context = new MemoryContext(SETTINGS);
        Files.writeString(folder.resolve("mine"), "a file where the folder is to be");
        assertThatThrownBy(() -> run(context, NOON))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Expected to keep backups in " + folder.resolve("mine") + ", but");
        Files.delete(folder.resolve("mine"));

        brokenShard = SHARDS - 1;
        assertThatThrownBy(() -> run(context, NOON)).hasMessageContaining("the grid does not answer");
        assertThat(names(folder.resolve("mine"))).isEmpty();
        assertThat(context.checkpoints).isEmpty();

        brokenShard = -1;
        run(context, NOON);
        assertThat(names(folder.resolve("mine"))).hasSize(1);
    }

    @Test
    @DisplayName("fails of a query that does not exist, by its name")
    void shouldNameWhatDoesNotExist() {
        assertThatThrownBy(() -> run(
                        new MemoryContext("{\"to\": \"nightly\", \"every\": \"1 hour\", \"queries\": [\"low\"]}"),
                        NOON))
                .hasMessageContaining("Expected query low to exist");
    }

    @Test
    @DisplayName("is read back as it was written: the files of the catalog, the logs of the shards, the sessions")
    void shouldBeReadBack() throws Exception {
        run(new MemoryContext(SETTINGS), NOON);

        BackupReader reader = read(SHARDS);
        assertThat(reader.catalog().stream()
                        .map(file -> file.toString().substring(reader.toString().length() + 1)))
                .containsExactlyElementsOf(files(only()).stream()
                        .filter(file -> file.startsWith("catalog/"))
                        .toList());
        assertThat(reader.log()).hasSize(SHARDS - 1);
        assertThat(reader.log().get(0)).isEqualTo(only().resolve("log/shard-00000.bin"));
        assertThat(reader.bytes(reader.log().get(0))).containsExactly(1, 2, 0);
        assertThat(reader.sessions()).isEqualTo(SESSIONS);
    }

    @Test
    @DisplayName("is refused, with the reason, if it was changed, is of another kind of cluster, or is no whole backup")
    void shouldBeRefused() throws Exception {
        assertThatThrownBy(() -> BackupReader.open(folder, "mine", SHARDS))
                .isInstanceOf(BackupRefusedException.class)
                .hasMessageContaining("Expected a backup in " + folder);

        run(new MemoryContext(SETTINGS), NOON);
        assertThatThrownBy(() -> read(SHARDS + 1))
                .hasMessageContaining("has " + SHARDS + ". Give the new cluster as many");

        assertThatThrownBy(() -> BackupReader.open(only(), "other", SHARDS))
                .hasMessageContaining(
                        "of cluster other, as cluster.name says, but the one in " + only() + " is of mine");

        Path changed = only().resolve("log/shard-00000.bin");
        Files.write(changed, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> read(SHARDS)).hasMessageContaining("Expected " + changed + " as the manifest has it");
        Files.delete(changed);
        assertThatThrownBy(() -> read(SHARDS)).hasMessageContaining(changed + " is not there");

        Path manifest = only().resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replace("\"log/shard-00000.bin\"", "\"../../outside\""));
        assertThatThrownBy(() -> read(SHARDS)).hasMessageContaining("which is outside");
        Files.writeString(manifest, text.replace("\"format\" : 1", "\"format\" : 2"));
        assertThatThrownBy(() -> read(SHARDS)).hasMessageContaining("to be of format 1, but it is 2");

        run(
                new MemoryContext("{\"to\": \"nightly\", \"every\": \"1 hour\", \"keep\": 1, \"queries\": [\"high\"]}"),
                NOON.plusSeconds(1));
        assertThatThrownBy(() -> read(SHARDS)).hasMessageContaining("keeps chosen queries only");
    }

    @Test
    @DisplayName("tells all that is wrong with its settings")
    void shouldCheckSettings() {
        assertThat(check("{\"to\": \"nightly\", \"every\": \"1 hour\"}")).isEmpty();
        assertThat(check(SETTINGS)).isEmpty();
        assertThat(check("{}")).extracting(Fault::field).containsExactly("settings.to", "settings.every");
        assertThat(check("{\"to\": \"/etc\", \"every\": \"often\", \"keep\": 0, \"queries\": [], \"path\": \"/\"}"))
                .extracting(Fault::field)
                .containsExactlyInAnyOrder(
                        "settings.to", "settings.every", "settings.keep", "settings.queries", "settings.path");
        assertThat(check("{\"to\": \"nightly\", \"every\": \"10 ms\", \"keep\": 1.5, \"queries\": [1]}"))
                .extracting(Fault::field)
                .containsExactlyInAnyOrder("settings.every", "settings.keep", "settings.queries");
    }

    // ---- the test's own

    private BackupTask task(Instant now) {
        return new BackupTask(
                () -> catalog,
                history,
                new WholeLog("mine", this::image, () -> SESSIONS),
                new TreeMap<>(Map.of("nightly", folder)),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    /** Shard 1 has none. */
    private Optional<byte[]> image(int shard) {
        return shard == 1 ? Optional.empty() : Optional.of(new byte[] {1, 2, (byte) shard});
    }

    private BackupReader read(int shards) throws IOException {
        return BackupReader.open(only(), "mine", shards);
    }

    private List<Fault> check(String settings) {
        return task(NOON).check(MemoryContext.read(settings));
    }

    /** Until it waits. */
    private void run(MemoryContext context, Instant now) throws Exception {
        try {
            task(now).run(context);
        } catch (InterruptedException e) {
            assertThat(e).hasMessage("it would wait");
        }
    }

    private Path only() throws IOException {
        List<String> all = names(folder.resolve("mine"));
        assertThat(all).hasSize(1);
        return folder.resolve("mine").resolve(all.get(0));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> String.valueOf(path.getFileName())).sorted().toList();
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<String> with(Iterable<String> names, String more) {
        List<String> all = new ArrayList<>(List.of(more));
        names.forEach(all::add);
        return all;
    }

    private static <K, V> Map<K, V> values(SortedMap<K, Versioned<V>> versioned) {
        Map<K, V> values = new TreeMap<>();
        versioned.forEach((key, value) -> values.put(key, value.value()));
        return values;
    }

    /** Without the lines in which the EPL stood. */
    private static List<String> documents(CatalogSnapshot catalog) {
        return catalog.queries().values().stream()
                .map(query -> DocumentWriter.json(query.value()).toString())
                .toList();
    }

    private static CatalogSnapshot catalog(List<String> documents) {
        List<Document> read = new ArrayList<>();
        documents.forEach(text -> read.addAll(DocumentReader.read("documents", text)));
        read.sort(Comparator.comparing(document -> document.fold(event -> 0, query -> 1, instance -> 2)));
        return CatalogRules.apply(
                CatalogSnapshot.EMPTY, read.stream().map(CatalogChange::put).toList());
    }

    private static QueryPlans plans(CatalogSnapshot catalog) {
        SortedMap<String, QueryPlan> queries = new TreeMap<>();
        Map<String, EventType> types = values(catalog.eventTypes());
        for (Versioned<QueryDefinition> query : catalog.queries().values()) {
            queries.put(
                    query.value().name(),
                    new QueryPlan(1, new EsperQueryCompiler().compile(query.value(), types), List.of(), types));
        }
        return new QueryPlans(catalog.revision(), SHARDS, queries);
    }

    private List<List<LogBatch>> log() {
        EventType type = requireNonNull(catalog.eventTypes().get("Reading")).value();
        List<List<Cause>> causes = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            causes.add(new ArrayList<>());
        }
        for (int i = 0; i < EVENTS; i++) {
            Event event = new Event(type, new @Nullable Object[] {"e" + i, "s" + i % 17, i, null});
            Cause cause = new Cause.EventCause("m" + i, "e" + i, event, NOON.toEpochMilli() + i);
            for (int shard : plans.shardsOf(event)) {
                causes.get(shard).add(cause);
            }
        }
        List<List<LogBatch>> batches = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            Source source = new Source("readings", 1, 1, 0, 0, true);
            ShardRequest request = new ShardRequest(shard, source, new TreeMap<>(), CauseBlock.of(causes.get(shard)));
            batches.add(List.of(new LogBatch(1, 0, 0, new TreeMap<>(), request)));
        }
        return batches;
    }
}
