package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;

/** Stopped runs whose number of shards is changed from the command line. */
class ReplayReshardCommandTest {
  private static final StoreIdentity IDENTITY = new StoreIdentity("campaign", 2, 1);
  private static final ExperimentReader READER =
      new ExperimentReader(Parts.on(ReplayReshardCommandTest.class.getClassLoader()));
  private static final int SHARDS = 2;
  private static final int JOBS = 5;

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void fly() throws IOException {
    run = folder.resolve("run");
    RunFolder.create(
            run,
            READER.read(
                "pendulum",
                new ExperimentReader.Overrides(
                    List.of("replay.shards=" + SHARDS), OptionalLong.of(1), Optional.empty())),
            InstantSource.system())
        .close();
    Files.createDirectories(run.resolve("iterations"));
    Files.writeString(run.resolve("iterations/id"), "campaign");
    Files.writeString(run.resolve("audit.jsonl"), "{}");
    for (int shard = 0; shard < SHARDS; shard++) {
      try (ReplayStore store = open(shard)) {
        for (int job = 0; job < JOBS; job++) {
          JobKey key = new JobKey(Provenance.LEARNER, 1, job, 0);
          if (RolloutJob.shardOf(key, SHARDS) == shard) {
            store.append(new ChunkKey(key, 0), 1, 0, TransitionBatch.allocate(3, 2, 1));
          }
        }
        store.commit();
      }
    }
  }

  private ReplayStore open(int shard) throws IOException {
    return ReplayStore.open(run.resolve("replay/shard-" + shard), IDENTITY, 1 << 20);
  }

  private CommandLineRun reshard(String... args) {
    List<String> line = new ArrayList<>(List.of("replay", "reshard"));
    line.addAll(List.of(args));
    return CommandLineRun.of(folder, ImaginedCampaign.finishing(1), line.toArray(String[]::new));
  }

  private void assertRefused(CommandLineRun run, String... texts) throws IOException {
    assertThat(run.code()).as(run.out() + run.err()).isEqualTo(2);
    assertThat(run.err()).contains(texts);
    assertThat(run.err().lines().filter(line -> line.startsWith("planloop: "))).hasSize(1);
    try (var left = Files.list(folder)) {
      assertThat(left).containsExactly(this.run);
    }
  }

  @Test
  void aRunFolderIsMadeThatCanBeResumed() throws IOException {
    CommandLineRun made = reshard("run", "--shards", "3", "--out", "more", "--json");
    assertThat(made.code()).as(made.err()).isZero();
    JsonNode answer = Json.read(made.out());
    assertThat(answer.path("shards")).hasSize(3);
    long rows = 0;
    for (JsonNode shard : answer.path("shards")) {
      rows += shard.path("learner_rows").asLong();
    }
    assertThat(rows).isEqualTo(3L * JOBS);
    Path more = folder.resolve("more");
    assertThat(RunFolder.experiment(more, READER).replay().shards()).isEqualTo(3);
    assertThat(more.resolve("audit.jsonl")).hasContent("{}");
    assertThat(more.resolve("iterations/id")).hasContent("campaign");
    RunFolder.resume(more, READER, InstantSource.system()).close();
    CommandLineRun listed =
        CommandLineRun.of(folder, ImaginedCampaign.finishing(1), "replay", "ls", "more");
    assertThat(listed.out()).contains(3 * JOBS + " rows; campaign campaign");

    CommandLineRun one = reshard("more", "--shards", "1", "--out", "one");
    assertThat(one.code()).as(one.err()).isZero();
    assertThat(one.out())
        .contains("shard 0: 0 expert and 15 learner rows", "planloop train --resume");
    assertThat(folder.resolve("one/replay/store.json")).exists();
  }

  @Test
  void whatAKilledAttemptLeftIsNotInTheWay() throws IOException {
    Path left = Files.createDirectories(folder.resolve(".more.unfinished/replay/shard-0"));
    Files.writeString(left.resolve("learner-000001.segment"), "half");
    assertThat(reshard("run", "--shards", "3", "--out", "more").code()).isZero();
    assertThat(left).doesNotExist();
    assertThat(folder.resolve("more/replay/shard-0/store.json")).exists();
  }

  @Test
  void numbersOfShardsThatMakeNoSenseAreRefused() throws IOException {
    assertRefused(reshard("run", "--out", "x"), "--shards: say how many");
    for (String shards : List.of("0", "-1", "1025")) {
      assertRefused(
          reshard("run", "--shards", shards, "--out", "x"),
          "--shards = " + shards + ": must be from 1 to 1024");
    }
    assertRefused(reshard("run", "--shards", "many", "--out", "x"), "--shards");
    assertRefused(
        CommandLineRun.of(
            folder,
            ImaginedCampaign.finishing(1),
            "restore",
            "s3://bucket/prefix/campaign",
            "--out",
            "x",
            "--shards",
            "0"),
        "--shards = 0: must be from 1 to 1024");
    assertRefused(
        CommandLineRun.of(
            folder,
            ImaginedCampaign.finishing(1),
            "campaign",
            "retry",
            "campaign",
            "--cluster",
            "127.0.0.1",
            "--shards",
            "2"),
        "--shards 2: is for restore");
  }

  @Test
  void runsAndTargetsThatCannotBeUsedAreRefused() throws IOException {
    assertRefused(reshard("nowhere", "--shards", "3", "--out", "x"), "nowhere: is no run folder");
    assertRefused(reshard("run", "--shards", "3", "--out", "run"), "is not empty");
    assertRefused(
        reshard("run", "run/replay/shard-0", "--shards", "3", "--out", "x"),
        "2 shards, and 1 folders are named");
    Files.writeString(run.resolve("cluster.json"), "{}");
    assertRefused(reshard("run", "--shards", "3", "--out", "x"), "follows a campaign of a cluster");
    Files.delete(run.resolve("cluster.json"));
    Files.writeString(run.resolve("summary.json"), "{}");
    assertRefused(reshard("run", "--shards", "3", "--out", "x"), "the run is finished");
  }

  @Test
  void aRunThatGoesOnIsRefused() throws IOException {
    try (ReplayStore store = open(1)) {
      assertThat(store.sound()).isTrue();
      assertRefused(
          reshard("run", "--shards", "3", "--out", "x"), "shard-1: two runs in one folder");
    }
    try (RunFolder held = RunFolder.resume(run, READER, InstantSource.system())) {
      assertRefused(
          reshard("run", "--shards", "3", "--out", "x"), held.path() + ": another run is writing");
    }
  }

  @Test
  void aTornEndIsToldOfAndDamageBeforeItIsRefused() throws IOException {
    Path segment = run.resolve("replay/shard-0/learner-000001.segment");
    byte[] whole = Files.readAllBytes(segment);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(whole.length - 1);
    }
    CommandLineRun made = reshard("run", "--shards", "1", "--out", "torn");
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.err()).contains("warning: left out: ", segment.toString(), "are torn");
    assertThat(made.out()).contains("shard 0: 0 expert and 12 learner rows");
    try (var files = Files.walk(folder.resolve("torn"))) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }

    whole[260] ^= 1;
    Files.write(segment, whole);
    assertRefused(
        reshard("run", "--shards", "1", "--out", "x"),
        segment + ": ",
        "whole chunks with",
        "backup");
  }
}
