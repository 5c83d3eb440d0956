package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.Json;
import org.planloop.expert.RecordedData;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredChunk;

@Timeout(120)
class ReplayCommandTest {
  /** Pendulum's widths. */
  private static final StoreIdentity IDENTITY = new StoreIdentity("campaign", 2, 1);

  private static final long SEGMENT_BYTES = 1 << 20;
  private static final int ROWS = 6;

  @TempDir Path folder;
  private Path run;
  private Path replay;

  private CommandLineRun run(String... args) {
    List<String> line = new ArrayList<>(List.of("replay"));
    line.addAll(List.of(args));
    return CommandLineRun.of(folder, ImaginedCampaign.finishing(1), line.toArray(String[]::new));
  }

  private JsonNode json(String... args) throws IOException {
    List<String> line = new ArrayList<>(List.of(args));
    line.add("--json");
    CommandLineRun result = run(line.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return Json.read(result.out());
  }

  private ReplayStore open() throws IOException {
    return ReplayStore.open(replay, IDENTITY, SEGMENT_BYTES);
  }

  /** Two episodes that fly side by side, as a job's do: rows change between them. */
  private static TransitionBatch rows(int job, int chunk) {
    TransitionBatch rows = TransitionBatch.allocate(ROWS, 2, 1);
    for (int row = 0; row < ROWS; row++) {
      rows.episodes()[row] = 2 * job + row % 2;
      rows.steps()[row] = chunk * ROWS / 2 + row / 2;
      rows.states()[2 * row] = job + 0.1f * row;
      rows.states()[2 * row + 1] = chunk;
      rows.actions()[row] = -0.5f;
      rows.rewards()[row] = -1e-5f * row;
    }
    return rows;
  }

  @BeforeEach
  void fill() throws IOException {
    run = Files.createDirectories(folder.resolve("run"));
    replay = run.resolve("replay");
    try (ReplayStore store = open()) {
      store.fence(3);
      for (int job = 0; job < 2; job++) {
        append(store, Provenance.EXPERT, 0, job, 0);
      }
      for (int iteration = 1; iteration <= 3; iteration++) {
        append(store, Provenance.LEARNER, iteration, 0, 0);
        append(store, Provenance.LEARNER, iteration, 0, 1);
      }
      store.commit();
    }
  }

  private static void append(ReplayStore store, Provenance side, int iteration, int job, int chunk)
      throws IOException {
    store.append(
        new ChunkKey(new JobKey(side, iteration, job, 0), chunk),
        iteration,
        store.epoch(),
        rows(job, chunk));
  }

  private void writeConfig() throws IOException {
    Files.writeString(run.resolve("config.conf"), "include \"pendulum\"\n");
  }

  private StoredChunk chunk(Provenance side, int iteration) throws IOException {
    return StoreScan.of(replay, false).jobs().stream()
        .filter(job -> job.key().equals(new JobKey(side, iteration, 0, 0)))
        .findFirst()
        .orElseThrow()
        .chunks()
        .get(0);
  }

  private static void flip(StoredChunk chunk, int byteOfIt) throws IOException {
    try (FileChannel channel =
        FileChannel.open(chunk.segment(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one, chunk.offset() + byteOfIt);
      one.put(0, (byte) ~one.get(0)).rewind();
      channel.write(one, chunk.offset() + byteOfIt);
    }
  }

  private static void tear(StoredChunk chunk) throws IOException {
    try (FileChannel channel = FileChannel.open(chunk.segment(), StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 10);
    }
  }

  private static void assertRefused(CommandLineRun run, String... texts) {
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(2);
    assertThat(run.err()).contains(texts);
    assertThat(run.err().lines().filter(line -> line.startsWith("planloop: "))).hasSize(1);
  }

  @Test
  void everySubcommandHasHelpAndJson() {
    for (String command : List.of("ls", "show", "export", "delete", "quarantine", "reshard")) {
      assertThat(run(command, "--help").out())
          .contains("Usage: planloop replay " + command)
          .contains("--json");
    }
    assertThat(run("--help").out()).contains("not the worker");
    assertThat(run().code()).isEqualTo(2);
  }

  @Test
  void lsCountsAsTheStoreDoes() throws IOException {
    JsonNode all = json("ls", run.toString());
    try (ReplayStore store = open()) {
      assertThat(all.path("rows").asLong())
          .isEqualTo(store.rows(Provenance.EXPERT) + store.rows(Provenance.LEARNER));
      assertThat(all.path("bytes").asLong()).isEqualTo(store.bytes());
    }
    assertThat(all.path("iterations")).hasSize(4);
    JsonNode expert = all.path("iterations").path(0);
    assertThat(expert.toString())
        .isEqualTo(
            "{\"side\":\"expert\",\"iteration\":0,\"jobs\":2,\"chunks\":2,\"rows\":12,"
                + "\"policy_versions\":[0],\"epochs\":[3]}");
    assertThat(run("ls", replay.toString()).out())
        .containsPattern("learner +3 +1 +2 +12 +3 +3")
        .contains("48 rows; campaign campaign");
  }

  @Test
  void lsFiltersAndSaysWhatThereIs() throws IOException {
    JsonNode one = json("ls", run.toString(), "--side", "learner", "--iteration", "2");
    assertThat(one.path("rows").asInt()).isEqualTo(12);
    assertThat(json("ls", run.toString(), "--job", "1").path("rows").asInt()).isEqualTo(6);
    assertThat(json("ls", run.toString(), "--policy-version", "3").path("rows").asInt())
        .isEqualTo(12);
    assertRefused(
        run("ls", run.toString(), "--side", "learner", "--iteration", "9"),
        "--iteration 9: there are no such rows; there is 1, 2, 3");
    assertRefused(run("ls", run.toString(), "--job", "7"), "--job 7", "there is 0, 1");
    assertRefused(run("ls", run.toString(), "--policy-version", "4"), "--policy-version 4");
    assertRefused(run("ls", run.toString(), "--side", "teacher"), "EXPERT, LEARNER", "teacher");
  }

  @Test
  void shardsAreOne() throws IOException {
    Path sharded = folder.resolve("sharded/replay");
    for (int shard = 0; shard < 2; shard++) {
      try (ReplayStore store =
          ReplayStore.open(sharded.resolve("shard-" + shard), IDENTITY, SEGMENT_BYTES)) {
        store.fence(1);
        append(store, Provenance.EXPERT, 0, shard, 0);
        store.commit();
      }
    }
    JsonNode all = json("ls", folder.resolve("sharded").toString());
    assertThat(all.path("stores")).hasSize(2);
    assertThat(all.path("iterations").path(0).path("jobs").asInt()).isEqualTo(2);
    assertThat(json("show", sharded.toString(), "--job", "1").path("rows_there").asInt())
        .isEqualTo(6);
  }

  @Test
  void whatIsNoReplayFolderIsRefused() throws IOException {
    assertRefused(run("ls", folder.toString()), "holds no replay files", "name a run's folder");
    assertRefused(run("ls", "nowhere"), "is no folder");
    Files.writeString(
        replay.resolve("store.json"), Files.readString(replay.resolve("store.json")) + " ");
    assertThat(run("ls", run.toString()).code()).isZero();
    Files.writeString(replay.resolve("store.json"), "{\"format\": 2}");
    assertRefused(run("ls", run.toString()), "store.json", "damaged", "move it away");
  }

  @Test
  void showNamesTheStatesWhereTheRunTellsThem() throws IOException {
    String[] line = {
      "show", run.toString(), "--side", "expert", "--iteration", "0", "--job", "1", "--rows", "2"
    };
    assertThat(run(line).out()).contains("s0", "s1", "next_s1", "2 of 6 rows");
    writeConfig();
    JsonNode named = json(line);
    assertThat(named.path("columns").toString())
        .isEqualTo(
            "[\"side\",\"iteration\",\"job\",\"version\",\"episode\",\"step\",\"theta\","
                + "\"theta_dot\",\"a0\",\"reward\",\"next_theta\",\"next_theta_dot\","
                + "\"terminated\",\"truncated\",\"intervention\"]");
    List<String> script = new ArrayList<>(List.of(line));
    script.add("--json");
    assertThat(run(script.toArray(String[]::new)).out())
        .contains("[ \"expert\", 0, 1, 0, 3, 0, 1.1, 0, -0.5, -0.00001, 0, 0, 0, 0, 0 ]");
    assertRefused(run("show", run.toString(), "--rows", "0"), "--rows 0: must be from 1");
  }

  @Test
  void aConfigurationThatCannotBeReadCostsTheNamesAlone() throws IOException {
    Files.writeString(run.resolve("config.conf"), "environment.name = puck\n");
    CommandLineRun shown = run("show", run.toString());
    assertThat(shown.code()).isZero();
    assertThat(shown.err()).contains("columns go by number", "puck");
  }

  @Test
  void csvHoldsEveryRowAndIsNeverWrittenOver() throws IOException {
    Path file = folder.resolve("rows.csv");
    JsonNode answer = json("export", run.toString(), "--side", "learner", "--out", "rows.csv");
    assertThat(answer.path("rows").asInt()).isEqualTo(36);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(37);
    assertThat(lines.get(0))
        .isEqualTo(
            "side,iteration,job,attempt,chunk,policy_version,epoch,episode,step,s0,s1,a0,reward,"
                + "next_s0,next_s1,terminated,truncated,intervention");
    assertThat(lines.get(2)).isEqualTo("learner,1,0,0,0,1,3,1,0,0.1,0,-0.5,-0.00001,0,0,0,0,0");
    assertRefused(run("export", run.toString(), "--out", "rows.csv"), "exists already");
    assertRefused(run("export", run.toString(), "--out", "rows.npz"), "must end in .csv");
    assertThat(run("export", run.toString(), "--out", "no/such/rows.csv").code()).isEqualTo(2);
    assertThat(temporaries()).isEmpty();
  }

  private List<Path> temporaries() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> path.toString().endsWith(".tmp")).toList();
    }
  }

  @Test
  void hdf5IsReadAsRecordedData() throws IOException {
    assertRefused(run("export", run.toString(), "--out", "rows.h5"), "add --side");
    assertRefused(
        run("export", run.toString(), "--out", "rows.h5", "--side", "expert"), "no config.conf");
    writeConfig();
    assertThat(run("export", run.toString(), "--out", "rows.h5", "--side", "expert").code())
        .isZero();

    Parts parts = Parts.on(getClass().getClassLoader());
    TransitionBatch back =
        RecordedData.read(
            folder.resolve("rows.h5"),
            parts.environment(
                new ExperimentReader(parts)
                    .read(
                        "pendulum",
                        new ExperimentReader.Overrides(
                            List.of(), OptionalLong.empty(), Optional.empty()))));
    assertThat(back.episodes()).containsExactly(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3);
    assertThat(back.steps()).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
    assertThat(back.states()[2]).isEqualTo(0.2f);
  }

  @Test
  void aTornEndIsWarnedOf() throws IOException {
    tear(chunk(Provenance.LEARNER, 3));
    CommandLineRun ls = run("ls", run.toString());
    assertThat(ls.code()).isZero();
    assertThat(ls.err()).contains("warning: ", "was cut short at byte ", "torn");
    assertThat(run("export", run.toString(), "--out", "rows.csv").code()).isZero();
    assertThat(run("quarantine", run.toString(), "--verify").code()).isZero();
    assertThat(json("ls", run.toString()).path("flaws").path(0).path("torn_end").asBoolean())
        .isTrue();
  }

  @Test
  void damageInTheMiddleIsNotExportedOver() throws IOException {
    StoredChunk first = chunk(Provenance.LEARNER, 1);
    flip(first, 0);
    String place = "no chunk begins here at byte " + first.offset();
    assertThat(run("ls", run.toString()).err())
        .contains(place, "5 whole chunks with 30 rows are behind it");
    assertRefused(
        run("export", run.toString(), "--out", "rows.csv"),
        first.segment().toString(),
        place,
        "resume the run");
    assertThat(folder.resolve("rows.csv")).doesNotExist();
  }

  @Test
  void aFlippedByteIsFoundWhereRowsAreRead() throws IOException {
    StoredChunk first = chunk(Provenance.LEARNER, 1);
    flip(first, 60);
    String place = "checksum is wrong at byte " + first.offset();
    assertThat(run("ls", run.toString()).code()).isZero();
    assertRefused(
        run("export", run.toString(), "--out", "rows.csv"),
        first.segment().toString(),
        place,
        "quarantine --verify");
    assertThat(folder.resolve("rows.csv")).doesNotExist();
    assertThat(temporaries()).isEmpty();
    assertRefused(run("show", run.toString(), "--side", "learner"), place);
    assertThat(run("show", run.toString(), "--side", "expert").code()).isZero();
    CommandLineRun verified = run("quarantine", run.toString(), "--verify");
    assertThat(verified.code()).isEqualTo(1);
    assertThat(verified.err()).contains(place, "5 whole chunks");
  }

  @Test
  void deleteAsksFirstAndForgetsForGood() throws IOException {
    String[] line = {"delete", run.toString(), "--side", "learner", "--before", "3"};
    assertRefused(run(line), "would delete 2 jobs with 24 rows of the learner", "--yes");
    assertThat(json("ls", run.toString()).path("rows").asInt()).isEqualTo(48);

    JsonNode done = json("delete", run.toString(), "--side=learner", "--before=3", "--yes");
    assertThat(done.path("rows").asInt()).isEqualTo(24);
    JsonNode left = json("ls", run.toString());
    assertThat(left.path("rows").asInt()).isEqualTo(24);
    assertThat(left.path("evicted_chunks").asInt()).isEqualTo(4);
    assertRefused(run(line), "--before 3: no job of the learner comes before it");
    assertThat(run("delete", run.toString(), "--side=expert", "--before=0/1", "--yes").code())
        .isZero();
    assertThat(json("ls", run.toString(), "--side=expert").path("rows").asInt()).isEqualTo(6);
    assertRefused(
        run("delete", run.toString(), "--side=expert", "--before=x"), "must be an iteration, 7");
  }

  @Test
  void aRunningStoreIsLookedIntoAndNotDeletedFrom() throws IOException {
    try (ReplayStore store = open()) {
      assertRefused(
          run("delete", run.toString(), "--side=learner", "--before=3", "--yes"),
          "another run has these replay files open; stop it");
      assertThat(run("ls", run.toString()).code()).isZero();
      assertThat(run("quarantine", run.toString(), "--verify").code()).isZero();
      store.fence(4);
      append(store, Provenance.LEARNER, 4, 0, 0);
      store.commit();
      assertThat(json("ls", run.toString()).path("rows").asInt()).isEqualTo(54);
    }
  }

  @Test
  void quarantineIsListedAndDropped() throws IOException {
    assertThat(run("quarantine", run.toString()).out()).contains("nothing was set aside");
    StoredChunk first = chunk(Provenance.LEARNER, 1);
    flip(first, 60);
    open().close();

    JsonNode listed = json("quarantine", run.toString(), "--verify");
    JsonNode part = listed.path("parts").path(0);
    assertThat(part.path("segment").asText()).isEqualTo("learner-000001.segment");
    assertThat(part.path("offset").asLong()).isEqualTo(first.offset());
    assertThat(part.path("reason").asText()).isEqualTo("a chunk's checksum is wrong");
    assertThat(part.path("whole_rows").asInt()).isEqualTo(30);
    assertThat(listed.path("flaws")).isEmpty();
    assertThat(run("quarantine", run.toString()).out()).contains("5 whole chunks with 30 rows");

    assertRefused(run("quarantine", run.toString(), "--yes"), "--drop");
    assertRefused(run("quarantine", run.toString(), "--drop"), "would delete 1 parts", "--yes");
    assertThat(replay.resolve("quarantine")).isDirectory();
    assertThat(run("quarantine", run.toString(), "--drop", "--yes").code()).isZero();
    assertThat(replay.resolve("quarantine")).doesNotExist();
  }
}
