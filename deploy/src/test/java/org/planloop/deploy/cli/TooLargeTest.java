package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.deploy.report.Json;

/** What cannot fit is refused by every command before it writes or starts anything. */
class TooLargeTest {
  @TempDir Path folder;

  private CommandLineRun run(String... args) {
    return CommandLineRun.of(
        folder,
        (experiment, parts, path, observer) -> {
          throw new AssertionError("it started");
        },
        args);
  }

  private void assertNothingWritten() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "planner.population=1000000 planner.particles=100 | planner.population",
        "planner.horizon=10000 planner.color-exponent=0 planner.particles=1000 | planner.horizon",
        "planner.particles=10000 planner.horizon=500 | planner.particles",
        "planner.elites=60000 planner.keep=60000 planner.population=60000 planner.horizon=1000"
            + " | planner.population",
        "rollout.environments-per-job=4096 evaluation.episodes=4096 planner.horizon=1000"
            + " | rollout.environments-per-job",
        "trainer.batch-size=65536 dynamics.members=100 dynamics.hidden=[999,999] | trainer.batch-size",
        "dynamics.hidden=[4096,4096,4096,4096] dynamics.members=100 | dynamics.hidden",
        "replay.capacity=9223372036854775807 campaign.iterations=1000000"
            + " campaign.steps-per-iteration=2147483647 | campaign.steps-per-iteration",
        "replay.capacity=100000000000 campaign.iterations=1000000 campaign.max-wall=1"
            + " campaign.steps-per-iteration=2147483647 campaign.stop-at-return=none"
            + " | replay.capacity",
        "expert.options.population=100000 expert.options.horizon=1000 | expert.options.population"
      })
  void settingsAtTheirLimitsAreRefused(String settings, String key) throws IOException {
    List<String> args =
        new ArrayList<>(List.of("train", "cartpole-swingup", "--out=" + folder.resolve("run")));
    for (String setting : settings.strip().split(" ")) {
      args.add("--set=" + setting);
    }

    CommandLineRun run = run(args.toArray(String[]::new));

    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith("planloop: " + key + " = ").contains(" need ", " x ", "lower");
    assertNothingWritten();
  }

  @Test
  void compareCountsTheProcessesThatRunAtATime() throws IOException {
    CommandLineRun run =
        run(
            "compare",
            "pendulum",
            "--strategies=learner-only",
            "--seeds=1000",
            "--jobs=1000",
            "--set=dynamics.hidden=[1000,1000]",
            "--set=trainer.batch-size=20000");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("for each of 1000 processes at a time, and this machine has")
        .contains("run fewer at a time with --jobs");
    assertNothingWritten();
  }

  @Test
  void recordingKeepsAllEpisodesInMemory() throws IOException {
    CommandLineRun run = run("record", "helicopter-hover", "--episodes=1000000", "--out=expert.h5");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--episodes = 1000000: the recorded transitions need");
    assertNothingWritten();
  }

  @Test
  void aDryRunShowsThePlanAndWritesNothing() throws IOException {
    CommandLineRun text = run("train", "pendulum", "--dry-run", "--set=planner.population=10000");
    JsonNode json = Json.read(run("train", "pendulum", "--dry-run", "--json").out());

    assertThat(text.code()).isZero();
    assertThat(text.out())
        .contains("planner.population 10000 x planner.horizon")
        .contains("Java heap (-Xmx)", "memory", "disk", "nothing was written");
    assertThat(json.path("experiment").asText()).isEqualTo("pendulum");
    assertThat(json.path("parts").findValuesAsText("what")).contains("predictions", "program");
    assertThat(json.path("memory").path("needed_bytes").asLong()).isGreaterThan(1 << 20);
    assertThat(json.path("memory").path("there_bytes").asLong()).isGreaterThan(1 << 20);
    assertNothingWritten();
  }

  @Test
  void aDryRunOfWhatDoesNotFitIsRefusedToo() throws IOException {
    CommandLineRun run =
        run(
            "train",
            "pendulum",
            "--dry-run",
            "--json",
            "--set=planner.population=1000000",
            "--set=planner.horizon=1000");

    assertThat(run.code()).isEqualTo(2);
    assertThat(Json.read(run.out()).path("error").asText()).startsWith("planner.population = ");
    assertNothingWritten();
  }

  @Test
  void aDryRunChecksTheConfiguration() throws IOException {
    CommandLineRun run =
        run("train", "pendulum", "--dry-run", "--set=planner.kind=value-iteration");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("planner.kind = value-iteration");
    assertNothingWritten();
  }

  @Test
  void anEvaluationIsHeldAgainstItsOwnBatches() {
    Path path = folder.resolve("run");
    CommandLineRun trained =
        CommandLineRun.of(
            folder,
            ImaginedCampaign.finishing(1),
            "train",
            "pendulum",
            "--out=" + path,
            "--set=planner.population=1000",
            "--set=planner.horizon=500",
            "--set=rollout.environments-per-job=4096");
    assertThat(trained.code()).as(trained.err()).isZero();

    CommandLineRun evaluated = run("eval", path.toString(), "--policy=truth", "--episodes=10000");

    assertThat(evaluated.code()).isEqualTo(2);
    assertThat(evaluated.err())
        .contains("planner.population 1000 x 4096 episodes at once x planner.horizon 500 x")
        .contains("lower planner.population or planner.horizon");
  }
}
