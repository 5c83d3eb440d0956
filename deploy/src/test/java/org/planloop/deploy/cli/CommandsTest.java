package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.config.Experiments;
import org.planloop.deploy.report.Json;

@Timeout(120)
class CommandsTest {
  private static final List<String> COMMANDS =
      List.of(
          "train",
          "eval",
          "act",
          "compare",
          "record",
          "reproduce",
          "replay",
          "report",
          "export",
          "list",
          "certs",
          "doctor",
          "version");

  @TempDir Path folder;

  private CommandLineRun run(String... args) {
    return CommandLineRun.of(folder, ImaginedCampaign.finishing(4), args);
  }

  @Test
  void helpIsEverywhere() {
    assertThat(run().out()).contains(COMMANDS);
    assertThat(run("--help").out()).contains(COMMANDS);
    for (String command : COMMANDS) {
      CommandLineRun help = run(command, "--help");
      assertThat(help.code()).isZero();
      assertThat(help.out()).contains("Usage: planloop " + command).contains("--json");
    }
  }

  @Test
  void commandsOfLaterDaysAreNotPromised() {
    assertThat(run("--help").out()).doesNotContainPattern("(?m)^  import ");
    assertThat(run("node").code()).isEqualTo(2);
  }

  @Test
  void reproduceWithoutANameListsTheStudies() {
    CommandLineRun list = run("reproduce");
    assertThat(list.code()).isZero();
    assertThat(list.out()).contains("helicopter-hover", "neural-mixture");
  }

  @Test
  void reproduceRefusesWhatItCannotDo() throws IOException {
    CommandLineRun unknown = run("reproduce", "helicopter-hoover");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no study helicopter-hoover", "did you mean");

    assertThat(run("reproduce", "helicopter-hover", "--seeds", "0").err())
        .contains("--seeds 0: must be from 1 to");
    assertThat(run("reproduce", "helicopter-hover", "--story", "x.md").err())
        .contains("reproduce all");

    Files.writeString(folder.resolve("mine.txt"), "precious");
    CommandLineRun full = run("reproduce", "helicopter-hover", "--out", folder.toString());
    assertThat(full.code()).isEqualTo(2);
    assertThat(full.err()).contains("is not empty", "--keep", "--force");

    Files.writeString(folder.resolve("helicopter-hover.md"), "# An earlier page");
    CommandLineRun kept =
        run("reproduce", "helicopter-hover", "--keep", "--out", folder.toString());
    assertThat(kept.code()).isZero();
    assertThat(kept.out()).contains("helicopter-hover: kept as it is");
    assertThat(run("reproduce", "helicopter-hover", "--keep", "--force").code()).isEqualTo(2);
  }

  @Test
  void benchRefusesWhatItDoesNotKnow() {
    assertThat(run("bench", "--list").out()).contains("planning", "replay");
    CommandLineRun unknown = run("bench", "planing");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("no benchmark planing", "did you mean planning");
    assertThat(run("bench", "--compare", "a.json", "b.json").err()).contains("a.json");
    assertThat(run("bench", "--peers", "venv").err()).contains("add --against peers");
    assertThat(run("bench", "scale", "planning").err()).contains("is run alone");
    assertThat(run("bench", "--against", "everyone").code()).isEqualTo(2);
  }

  @Test
  void benchComparesRunsAndNamesWhatElseDiffers() throws IOException {
    String file =
        """
        {"schema": 1, "machine": {"java": "%s"}, "measurements": [{"name": "plan", "unit": "ms",
         "smaller_is_better": true, "samples": [%s]}]}
        """;
    Files.writeString(folder.resolve("old.json"), file.formatted("17", "10, 11, 12"));
    Files.writeString(folder.resolve("new.json"), file.formatted("25", "20, 22, 24"));

    CommandLineRun compared = run("bench", "--compare", "old.json", "new.json");

    assertThat(compared.code()).isZero();
    assertThat(compared.err()).contains("warning", "java: 17, then 25");
    assertThat(compared.out())
        .contains("first sample with first")
        .containsPattern("plan +time new/old 2.000 .* 3 pairs +slower");
    assertThat(run("bench", "--compare", "old.json", "old.json").err()).doesNotContain("warning");
  }

  @Test
  void listNamesEverything() throws IOException {
    CommandLineRun text = run("list");
    JsonNode json = Json.read(run("list", "--json").out());

    assertThat(text.out()).contains(Experiments.bundled());
    assertThat(text.out()).contains("sigma = 1.0", "mpc", "recorded");
    assertThat(json.path("experiments")).hasSize(Experiments.bundled().size());
    assertThat(json.findValuesAsText("name")).contains("helicopter-hover", "lqr");
  }

  @Test
  void doctorNeverFails() throws IOException {
    CommandLineRun text = run("doctor");
    JsonNode json = Json.read(run("doctor", "--json").out());

    assertThat(text.code()).isZero();
    assertThat(text.out()).contains("java", "cores", "memory", "pytorch", "gpu", "python", "disk");
    assertThat(json.path("findings")).hasSizeGreaterThanOrEqualTo(8);
  }

  @Test
  void versionIsThatOfTheBuild() throws IOException {
    assertThat(run("version").out()).startsWith("planloop " + Version.current());
    assertThat(Json.read(run("version", "--json").out()).path("version").asText())
        .isEqualTo(Version.current());
    assertThat(run("--version").out()).contains(Version.current());
  }

  @Test
  void aReportOnOneRunOrSeveral() throws IOException {
    Path one = folder.resolve("one");
    Path two = folder.resolve("two");
    run("train", "pendulum", "--out=" + one);
    run("train", "pendulum", "--seed=1", "--out=" + two);

    CommandLineRun single = run("report", one.toString());
    CommandLineRun both = run("report", one.toString(), two.toString(), "--out=both.html");

    assertThat(single.code()).isZero();
    assertThat(single.out()).contains("best so far 180");
    assertThat(both.code()).isZero();
    assertThat(Files.readString(folder.resolve("both.html"))).contains("2 runs", ">seed<");
    assertThat(run("report", one.toString(), two.toString()).err()).contains("--out");
    assertThat(run("report", one.toString(), "--out=both.html").err()).contains("exists already");
    assertThat(run("report", folder.toString()).err()).contains("is no run folder");
    Files.writeString(one.resolve("progress.csv"), "iteration,env_steps\n1,x\n");
    assertThat(run("report", one.toString()).err())
        .contains("progress.csv, line 2: env_steps = x is no number");
  }

  @Test
  void anUnfinishedRunHasNoBestPolicy() throws IOException {
    Path path = folder.resolve("run");
    run("train", "pendulum", "--out=" + path);

    CommandLineRun eval = run("eval", path.toString());

    assertThat(eval.code()).isEqualTo(2);
    assertThat(eval.err()).contains("has no best policy yet");
    assertThat(run("eval", folder.toString()).err()).contains("is neither a run nor a policy");
    assertThat(run("export", path.toString(), "--out=x").code()).isEqualTo(2);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  @Test
  void aRandomPolicyIsEvaluatedTheSameTwice() throws IOException {
    Path path = folder.resolve("run");
    run("train", "cartpole-balance", "--out=" + path);
    String[] command = {
      "eval", path.toString(), "--policy=random", "--episodes=30", "--seed=4", "--json"
    };

    JsonNode first = Json.read(run(command).out());
    JsonNode second = Json.read(run(command).out());

    assertThat(first).isEqualTo(second);
    assertThat(first.path("returns")).hasSize(30);
    assertThat(first.path("return_mean").asDouble()).isBetween(10.0, 40.0);
    assertThat(run("eval", path.toString(), "--policy=worst").err()).contains("must be one of");
    assertThat(run("eval", path.toString(), "--episodes=0").code()).isEqualTo(2);
  }

  @Test
  void anEpisodeIsDrawnAsAMovingPicture() throws IOException {
    Path path = folder.resolve("run");
    run("train", "pendulum", "--out=" + path);

    CommandLineRun drawn =
        run("eval", path.toString(), "--policy=random", "--episodes=1", "--render=episode.svg");

    assertThat(drawn.code()).isZero();
    assertThat(Files.readString(folder.resolve("episode.svg")))
        .contains("<animateTransform", "theta_dot")
        .doesNotContain("NaN", "<script");
    assertThat(run("eval", path.toString(), "--policy=random", "--render=episode.svg").err())
        .contains("exists already");
    assertThat(run("eval", path.toString(), "--render=episode.gif").err())
        .contains("must end in .html or .svg");
  }

  @Test
  void actTakesAStateAndRefusesOthers() throws IOException {
    Path path = folder.resolve("run");
    run("train", "pendulum", "--out=" + path);
    String run = path.toString();

    CommandLineRun acted = run("act", run, "--policy=random", "--", "-0.5", "1");

    assertThat(acted.code()).isZero();
    assertThat(Json.read(acted.out()).path("action").get(0).asDouble()).isBetween(-2.0, 2.0);
    assertThat(run("act", run, "--policy=random", "1").err())
        .contains("has 1 numbers; a state of pendulum has 2: theta, theta_dot");
    assertThat(run("act", run, "--policy=random", "NaN", "1").err())
        .contains("theta must be a finite number");
    assertThat(run("act", run, "--policy=random", "x", "1").code()).isEqualTo(2);
  }

  @Test
  void recordWritesWhatTrainingReads() throws IOException {
    CommandLineRun recorded =
        run("record", "helicopter-hover", "--out=expert.h5", "--episodes=2", "--json");

    JsonNode object = Json.read(recorded.out());
    assertThat(recorded.code()).isZero();
    assertThat(object.path("transitions").asInt()).isEqualTo(800);
    assertThat(object.path("return_mean").asDouble()).isBetween(-120.0, -20.0);
    assertThat(run("record", "helicopter-hover", "--out=expert.h5").err())
        .contains("exists already");
    assertThat(run("record", "pendulum", "--out=p.h5").err())
        .contains("expert.kind = none: cannot act");
    assertThat(folder.resolve("p.h5")).doesNotExist();
  }
}
