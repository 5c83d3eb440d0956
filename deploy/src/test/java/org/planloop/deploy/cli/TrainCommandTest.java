package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.ProgressTable;
import org.planloop.deploy.report.Rows;

@Timeout(60)
class TrainCommandTest {
  @TempDir Path folder;

  private CommandLineRun run(ImaginedCampaign campaign, String... args) {
    return CommandLineRun.of(folder, campaign, args);
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aRunShowsItsRowsATableAndWhatToDoNext() throws IOException {
    Path out = folder.resolve("run");

    CommandLineRun run =
        run(ImaginedCampaign.finishing(8), "train", "cartpole-swingup", "--seed=5", "--out=" + out);

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .contains(
            "iteration 3/8  steps 600  return 138.75  best 138.75",
            "best policy  180.08 ± 1.29 (pi_8, 3 episodes on fresh seeds)",
            "planloop eval " + out);
    assertThat(run.err()).contains("warning: the wind is up");
    assertThat(names(out)).contains("summary.json", "report.html", "progress.csv");
  }

  @Test
  void jsonIsExactlyOneObject() throws IOException {
    CommandLineRun run =
        run(
            ImaginedCampaign.finishing(2),
            "train",
            "--json",
            "pendulum",
            "--strategy=learner-only");

    JsonNode object = Json.read(run.out());

    assertThat(run.code()).isZero();
    assertThat(object.path("best").path("return_mean").isNumber()).isTrue();
    Path path = Path.of(object.path("run").asText());
    assertThat(path.getParent()).isEqualTo(folder.resolve("runs"));
    assertThat(path.getFileName().toString()).matches("pendulum-\\d{8}T\\d{6}Z");
    assertThat(run.err()).contains("iteration 2/10");
  }

  @Test
  void badUsageIsOneLineAndLeavesNothing() throws IOException {
    ImaginedCampaign never = ImaginedCampaign.finishing(1);

    CommandLineRun unknown = run(never, "train", "cartpole-swingupp");
    CommandLineRun key = run(never, "train", "pendulum", "--set", "planner.horizn=3");
    CommandLineRun none = run(never, "train");
    CommandLineRun option = run(never, "train", "pendulum", "--sed", "3");
    CommandLineRun number = run(never, "train", "pendulum", "--seed", "three");
    CommandLineRun command = run(never, "tran", "pendulum");

    for (CommandLineRun run : List.of(unknown, key, none, option, number, command)) {
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).hasSize(1);
      assertThat(run.err()).startsWith("planloop: ");
    }
    assertThat(unknown.err()).contains("did you mean cartpole-swingup?");
    assertThat(key.err()).contains("did you mean planner.horizon?");
    assertThat(option.err()).contains("--sed");
    assertThat(command.err()).contains("train");
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void aSubmissionIsOfANewCampaignOfACluster() {
    for (String[] args :
        List.of(
            new String[] {"train", "pendulum", "--submission=a"},
            new String[] {"train", "pendulum", "--cluster=127.0.0.1", "--submission="},
            new String[] {"train", "--attach=x", "--cluster=127.0.0.1", "--submission=a"})) {
      CommandLineRun run = run(ImaginedCampaign.finishing(1), args);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--submission").contains("new campaign of a cluster");
    }
  }

  @Test
  void anErrorIsJsonTooWhereJsonIsAskedFor() throws IOException {
    CommandLineRun run = run(ImaginedCampaign.finishing(1), "train", "nowhere", "--json");
    CommandLineRun usage = run(ImaginedCampaign.finishing(1), "train", "--json", "--nonsense");

    assertThat(Json.read(run.out()).path("exit_code").asInt()).isEqualTo(2);
    assertThat(Json.read(run.out()).path("error").asText()).contains("nowhere");
    assertThat(Json.read(usage.out()).path("error").asText()).contains("--nonsense");
  }

  @Test
  void aCampaignThatCannotBeginLeavesNoFolder() throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            folder,
            (experiment, parts, path, observer) -> {
              throw new InvalidInputException("expert.h5: row 3 holds NaN");
            },
            "train",
            "pendulum",
            "--out=" + folder.resolve("run"));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("planloop: expert.h5: row 3 holds NaN\n");
    assertThat(names(folder)).isEmpty();
  }

  @Test
  void aCampaignThatFailsKeepsItsRowsAndSaysHowToGoOn() {
    ImaginedCampaign failing = new ImaginedCampaign(List.of(), Rows.rows(2), () -> {});
    failing.result.completeExceptionally(
        new CampaignFailedException("every episode of iteration 3 failed"));
    Path out = folder.resolve("run");

    CommandLineRun run = run(failing, "train", "pendulum", "--out=" + out);

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("planloop: every episode of iteration 3 failed\n");
    assertThat(run.out()).contains("planloop train --resume " + out);
    assertThat(failing.closed).isTrue();
    assertThat(ProgressTable.read(out.resolve("progress.csv")).rows()).hasSize(2);
    assertThat(out.resolve("summary.json")).doesNotExist();
  }

  @Test
  void aSignalStopsTheCampaignAndResumingGoesOn() throws IOException {
    Path out = folder.resolve("run");
    Signals signals = new Signals(code -> {}, System::nanoTime);
    ImaginedCampaign stopped =
        new ImaginedCampaign(List.of(), Rows.rows(3), () -> signals.raise(15));

    CommandLineRun first =
        CommandLineRun.of(
            folder, stopped, signals, "train", "pendulum", "--seed=9", "--out=" + out);

    assertThat(first.code()).isEqualTo(143);
    assertThat(stopped.closed).isTrue();
    assertThat(first.err()).contains("go on with: planloop train --resume " + out);

    ImaginedCampaign resumed = new ImaginedCampaign(Rows.rows(3), List.of(Rows.row(4)), () -> {});
    resumed.result.complete(Rows.summary(4));
    CommandLineRun second = run(resumed, "train", "--resume=" + out);

    assertThat(second.code()).isZero();
    assertThat(second.out()).contains("going on after iteration 3");
    assertThat(resumed.experiment.seed()).isEqualTo(9);
    assertThat(ProgressTable.read(out.resolve("progress.csv")).rows()).hasSize(4);
  }

  @Test
  void theSecondSignalExitsAtOnceUnlessItIsTheFirstPassedOn() {
    int[] exit = new int[1];
    int[] stops = new int[1];
    long[] now = {-5_000_000_000L};
    Signals signals = new Signals(code -> exit[0] = code, () -> now[0]);
    signals.listen(number -> stops[0]++);

    signals.raise(2);
    signals.raise(15);
    now[0] += 999_999_999L;
    signals.raise(15);
    assertThat(exit[0]).isZero();
    now[0]++;
    signals.raise(2);
    assertThat(exit[0]).isEqualTo(130);
    assertThat(stops[0]).isEqualTo(1);
  }

  @Test
  void resumingTakesNoExperimentAndNoSettings() throws IOException {
    ImaginedCampaign never = ImaginedCampaign.finishing(1);
    Path out = folder.resolve("run");

    for (List<String> more :
        List.of(List.of("pendulum"), List.of("--set=seed=3"), List.of("--seed=3"))) {
      List<String> args = new java.util.ArrayList<>(List.of("train", "--resume=" + out));
      args.addAll(more);
      CommandLineRun run = run(never, args.toArray(String[]::new));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("--resume").contains("leave them out");
    }
    assertThat(run(never, "train", "--resume=" + out).err()).contains("is no run folder");
  }
}
