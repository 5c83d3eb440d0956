package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.AuditEntry;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;

class RunFolderTest {
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05Z"));
  private static final Build BUILD = new Build("1.2.3", Optional.of("abc"));

  @TempDir Path folder;

  private final ExperimentReader reader =
      new ExperimentReader(Parts.on(RunFolderTest.class.getClassLoader()));
  private final Experiment experiment =
      reader.read("cartpole-swingup", ExperimentReader.Overrides.NONE);

  private RunFolder create(Path path) {
    return RunFolder.create(path, experiment, CLOCK);
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void theFilesAreThoseOfTheContract() throws IOException {
    Path path = folder.resolve("a/run");
    try (RunFolder run = create(path)) {
      run.begin(List.of());
      Rows.rows(3).forEach(run::append);
      run.finish(experiment, Rows.summary(3), BUILD);
    }

    assertThat(names(path))
        .containsExactly(
            ".lock",
            "audit.jsonl",
            "config.conf",
            "metrics.jsonl",
            "progress.csv",
            "report.html",
            "summary.json",
            "tensorboard");
    assertThat(Files.readAllLines(path.resolve("progress.csv")))
        .startsWith(
            "iteration,env_steps,expert_steps,eval_steps,wall_s,return_mean,return_ci95,"
                + "best_return_mean,eval_return_mean,eval_return_ci95,model_loss_expert,"
                + "model_loss_learner,mix_expert,policy_version,crashes,interventions,episodes,"
                + "failed_episodes,fit_failed,collect_s,fit_s,eval_s,real_learner_mean,"
                + "model_learner_mean,real_expert_mean,model_expert_mean,gap_mean,gap_ci95,"
                + "gap_learner_fit,gap_learner_fit_ci95,gap_expert_fit,gap_expert_fit_ci95,"
                + "gap_planning,gap_planning_ci95,exploited,alarm_level,diagnose_steps",
            "1,200,200,400,1.5,46.25,,46.25,44.25,3.5,0.00001,,0.5,1,0,0,1,0,0,0.7,0.6,0.2"
                + ",,,,,,,,,,,,,,,",
            "2,400,200,800,3,92.5,,92.5,90.5,3.5,0.00002,0.01,0.5,2,0,0,1,0,0,0.7,0.6,0.2"
                + ",90,100,110,105,-20,0,-10,0,-5,0,-5,0,1,2,800")
        .hasSize(4);
  }

  @Test
  void decisionsAreLinesOfTheAuditLog() throws IOException {
    Path path = folder.resolve("run");
    AuditEntry early = new AuditEntry(0, 1, AuditEntry.Decision.PUBLISHED, "random actions");
    try (RunFolder run = create(path)) {
      run.begin(List.of(), List.of(early));
      run.append(new AuditEntry(1, 2, AuditEntry.Decision.REFUSED, "3 of 5 \"crash\""));
    }

    assertThat(Files.readAllLines(path.resolve(RunFolder.AUDIT)))
        .containsExactly(
            "{\"iteration\":0,\"version\":1,\"decision\":\"published\",\"reason\":\"random"
                + " actions\"}",
            "{\"iteration\":1,\"version\":2,\"decision\":\"refused\",\"reason\":\"3 of 5"
                + " \\\"crash\\\"\"}");
  }

  @Test
  void everyMetricsLineKeepsTheSchema() throws IOException {
    Path path = folder.resolve("run");
    try (RunFolder run = create(path)) {
      run.begin(Rows.rows(2));
    }
    SmallSchema schema = new SmallSchema("metrics.schema.json");

    List<String> lines = Files.readAllLines(path.resolve("metrics.jsonl"));

    assertThat(lines).hasSize(2);
    for (String line : lines) {
      assertThat(schema.errors(Json.read(line))).isEmpty();
    }
    assertThat(lines.get(0)).contains("\"return_ci95\":null", "\"train/steps\":3000");
  }

  @Test
  void theSummaryKeepsTheSchema() throws IOException {
    SmallSchema schema = new SmallSchema("summary.schema.json");
    JsonNode summary = SummaryJson.of(Rows.summary(4), BUILD);

    assertThat(schema.errors(Json.read(Json.pretty(summary)))).isEmpty();
    assertThat(summary.path("best").path("selected_by").asText()).isEqualTo("confirmation");
    assertThat(summary.path("expert").path("iteration").isNull()).isTrue();
    assertThat(Json.line(summary)).contains("\"wall_s\":12.346").doesNotContain("E-", "NaN");

    ObjectNode broken = ((ObjectNode) summary).put("seed", "seven");
    broken.remove("git");
    assertThat(schema.errors(broken)).hasSize(2);
  }

  @Test
  void resumingRewritesTheFilesToTheRowsOfTheCheckpoint() throws IOException {
    Path path = folder.resolve("run");
    try (RunFolder run = create(path)) {
      run.begin(List.of());
      Rows.rows(3).forEach(run::append);
    }
    Files.writeString(path.resolve("progress.csv"), "half a li");

    try (RunFolder run = RunFolder.resume(path, reader, CLOCK)) {
      run.begin(Rows.rows(2));
      run.append(Rows.row(3));
    }

    assertThat(ProgressTable.read(path.resolve("progress.csv")).column("env_steps"))
        .containsExactly(200, 400, 600);
    assertThat(names(path.resolve("tensorboard"))).hasSize(1);
  }

  @Test
  void aFolderWithSomethingInItIsLeftAlone() throws IOException {
    Path path = Files.createDirectory(folder.resolve("mine"));
    Files.writeString(path.resolve("thesis.tex"), "...");

    assertThatThrownBy(() -> create(path))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not empty; choose another folder with --out");
    assertThat(names(path)).containsExactly("thesis.tex");
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    try (RunFolder run = create(Files.createDirectory(folder.resolve("empty")))) {
      assertThat(run.path()).exists();
    }
  }

  @Test
  void aFileInTheWayIsNamedAndNothingIsLeft() throws IOException {
    Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> create(folder.resolve("file/run")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("cannot be written");
    assertThatThrownBy(() -> create(folder.resolve("file")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("a file of this name is in the way");
    assertThat(names(folder)).containsExactly("file");
  }

  @Test
  void twoRunsCannotShareAFolder() throws IOException {
    Path path = folder.resolve("run");
    try (RunFolder first = create(path)) {
      assertThatThrownBy(() -> create(path)).hasMessageContaining("is not empty");
      assertThatThrownBy(() -> RunFolder.resume(path, reader, CLOCK))
          .hasMessageContaining("another run is writing to this folder");
      assertThat(first.path()).isEqualTo(path);
    }
    RunFolder.resume(path, reader, CLOCK).close();
  }

  @Test
  void aChangedConfigurationIsNotResumed() throws IOException {
    Path path = folder.resolve("run");
    create(path).close();
    Path config = path.resolve("config.conf");
    Files.writeString(config, Files.readString(config).replace("horizon = 20", "horizon = 21"));

    assertThatThrownBy(() -> RunFolder.resume(path, reader, CLOCK))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("was changed since the run began");
  }

  @Test
  void aReformattedConfigurationIsResumed() throws IOException {
    Path path = folder.resolve("run");
    create(path).close();
    Path config = path.resolve("config.conf");
    Files.writeString(config, "# mine\n" + Files.readString(config).replace(" = ", "="));

    RunFolder.resume(path, reader, CLOCK).close();
  }

  @Test
  void aFinishedRunIsNotResumed() throws IOException {
    Path path = folder.resolve("run");
    try (RunFolder run = create(path)) {
      run.begin(Rows.rows(1));
      run.finish(experiment, Rows.summary(1), BUILD);
    }

    assertThatThrownBy(() -> RunFolder.resume(path, reader, CLOCK))
        .hasMessageContaining("the run is finished");
  }

  @Test
  void anyOtherFolderIsNotResumed() {
    assertThatThrownBy(() -> RunFolder.resume(folder, reader, CLOCK))
        .hasMessageContaining("is no run folder");
  }

  @Test
  void theDefaultFolderIsNamedByTimeAndNeverTaken() throws IOException {
    Instant now = Instant.parse("2026-01-02T03:04:05Z");

    Path first = RunFolder.unused(folder, "pendulum", now);
    Files.createDirectory(first);

    assertThat(first.getFileName()).hasToString("pendulum-20260102T030405Z");
    assertThat(RunFolder.unused(folder, "pendulum", now).getFileName())
        .hasToString("pendulum-20260102T030405Z-2");
  }

  @Test
  void theReportIsOnePageThatAsksTheNetworkForNothing() throws IOException {
    Path path = folder.resolve("run");
    try (RunFolder run = create(path)) {
      run.begin(Rows.rows(6));
      Path best = Files.createDirectory(path.resolve("best"));
      Files.writeString(
          best.resolve("selection.json"),
          """
          {"schema": 1, "iteration": 4, "selected_by": "confirmation", "confirmation": null,
           "candidates": [{"iteration": 4, "return_mean": 180.5, "return_ci95": 0.25,
                           "episodes": 3, "returns": [180, 181, null]}]}
          """);
      run.finish(experiment, Rows.summary(6), BUILD);
    }

    String html = Files.readString(path.resolve("report.html"));

    assertThat(html)
        .contains("<svg", "180.08", "one &lt;note&gt;", "planner.horizon", "tr class=\"chosen\"")
        .doesNotContain("<script", "<link", "src=", "@import", "href=", "NaN");
    assertThat(html.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
    RunData again = RunData.read(path);
    assertThat(again.setting("name")).isEqualTo("cartpole-swingup");
    assertThat(HtmlReport.of(List.of(again, again))).contains("2 runs");
    assertThat(new SmallSchema("selection.schema.json").errors(again.selection().orElseThrow()))
        .isEmpty();
  }
}
