package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.Diagnosis;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.SelectedBy;
import org.planloop.campaign.Summary;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;

/** Whole campaigns in this process; every wire message goes through the serialiser. */
class LocalRunTest {
  private static final Config SERIALISED =
      ConfigFactory.parseString("pekko.actor.serialize-messages = on");
  private static final Parts PARTS = Parts.on(LocalRunTest.class.getClassLoader());

  @TempDir Path folder;

  private static Experiment experiment(String name, String... settings) {
    return new ExperimentReader(PARTS)
        .read(
            name,
            new ExperimentReader.Overrides(
                List.of(settings), OptionalLong.of(0), Optional.empty()));
  }

  /** Collects rows; lets a test wait for one of them. */
  private static final class Rows implements CampaignObserver {
    final List<ProgressRow> rows = Collections.synchronizedList(new ArrayList<>());
    final List<AuditEntry> decisions = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch awaited;

    Rows(int awaited) {
      this.awaited = new CountDownLatch(awaited);
    }

    @Override
    public void row(ProgressRow row) {
      rows.add(row);
      awaited.countDown();
    }

    @Override
    public void decided(AuditEntry entry) {
      decisions.add(entry);
    }

    List<Diagnosis> diagnoses() {
      return rows.stream().map(row -> row.diagnosis().orElseThrow()).toList();
    }

    List<Double> returns() {
      return rows.stream().map(row -> row.returnMean().orElseThrow()).toList();
    }
  }

  private static RunningCampaign start(
      Experiment experiment, Path folder, CampaignObserver observer) {
    return new LocalCampaigns(new SimpleMeterRegistry(), SERIALISED)
        .start(experiment, PARTS, folder, observer);
  }

  private static Summary run(Experiment experiment, Path folder, CampaignObserver observer)
      throws InterruptedException, TimeoutException {
    try (RunningCampaign campaign = start(experiment, folder, observer)) {
      return campaign.result().get(120, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private List<Double> returns(String... settings) throws InterruptedException, TimeoutException {
    Rows rows = new Rows(0);
    run(experiment("counterexample", settings), folder.resolve(String.join("-", settings)), rows);
    return rows.returns();
  }

  /**
   * The table of the counterexample: expert only, learner only and mixed from both initial models.
   */
  @Test
  void theCounterexamplesReturnsAreExact() throws Exception {
    double trophy = 8.1;
    assertThat(returns("strategy=expert-only", "dynamics.initial=M1")).containsOnly(-10.0);
    List<Double> stuck = returns("strategy=learner-only", "dynamics.initial=M2");
    assertThat(stuck).containsOnly(1.0);
    List<Double> learner = returns("strategy=learner-only", "dynamics.initial=M1");
    assertThat(learner.get(0)).isEqualTo(-10);
    assertThat(learner.subList(1, learner.size())).containsOnly(1.0);
    List<Double> fromOptimist = returns("strategy=mixed", "dynamics.initial=M1");
    assertThat(fromOptimist.get(0)).isEqualTo(-10);
    assertThat(fromOptimist.subList(1, fromOptimist.size()))
        .allSatisfy(value -> assertThat(value).isEqualTo(trophy));
    List<Double> fromPessimist = returns("strategy=mixed", "dynamics.initial=M2");
    assertThat(fromPessimist.subList(0, 2)).containsExactly(1.0, -10.0);
    assertThat(fromPessimist.subList(2, fromPessimist.size()))
        .allSatisfy(value -> assertThat(value).isEqualTo(trophy));
  }

  /** A table by counting: the completion decides which side's data fails alone. */
  @Test
  void inTheGridWorldsOnlyTheMixtureReachesTheTrophyInBoth() throws Exception {
    double trophy = 8.1;
    assertThat(grid("shortcut", "expert-only")).containsExactly(-10.0, -10.0, -10.0, -10.0);
    assertThat(grid("shortcut", "mixed")).containsExactly(-10.0, trophy, trophy, trophy);
    // The optimistic learner tries everything, the trophy's way included.
    assertThat(grid("shortcut", "learner-only")).containsExactly(trophy, -10.0, trophy, trophy);
    assertThat(grid("one-dollar", "learner-only")).containsExactly(1.0, 1.0, 1.0, 1.0);
    assertThat(grid("one-dollar", "mixed")).containsExactly(1.0, trophy, trophy, trophy);
    // The pessimist imitates the expert.
    assertThat(grid("one-dollar", "expert-only")).containsExactly(1.0, trophy, trophy, trophy);
  }

  private List<Double> grid(String world, String strategy) throws Exception {
    Rows rows = new Rows(0);
    String[] settings = {"strategy=" + strategy, "campaign.iterations=4"};
    run(experiment("gridworld-" + world, settings), folder.resolve(world + strategy), rows);
    return rows.returns();
  }

  /** Few and small fits: what is tested is the pipeline, not the learning. */
  private static final String[] SMALL = {
    "campaign.iterations=3", "campaign.steps-per-iteration=50", "trainer.steps=60",
        "planner.population=12", "planner.rounds=2",
    "planner.horizon=5", "planner.elites=4", "planner.keep=2", "dynamics.hidden=[8]",
        "dynamics.members=3",
    "evaluation.episodes=2", "evaluation.first-episodes=1", "evaluation.confirm-episodes=2",
        "strategy=mixed", "expert.kind=mpc"
  };

  private static Experiment small(String... more) {
    List<String> settings = new ArrayList<>(List.of(SMALL));
    settings.addAll(List.of(more));
    return experiment("pendulum", settings.toArray(String[]::new));
  }

  @Test
  void anyNumberOfWorkersAndShardsGivesTheSameBytes() throws Exception {
    run(small("rollout.workers=1"), folder.resolve("one"), new Rows(0));
    run(
        small("rollout.workers=4", "replay.shards=3", "rollout.chunk-rows=7"),
        folder.resolve("four"),
        new Rows(0));

    for (String file :
        List.of(
            "best/selection.json",
            "best/policy.json",
            "best/model.safetensors",
            "iterations/0002/model.safetensors",
            "iterations/0004/model.safetensors")) {
      assertThat(folder.resolve("four").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
  }

  @Test
  void stoppedAndResumedItEndsTheSame() throws Exception {
    Rows whole = new Rows(0);
    run(small(), folder.resolve("whole"), whole);
    Rows first = new Rows(1);
    try (RunningCampaign campaign = start(small(), folder.resolve("parts"), first)) {
      assertThat(first.awaited.await(60, TimeUnit.SECONDS)).isTrue();
    }
    Rows second = new Rows(0);
    Summary summary = run(small(), folder.resolve("parts"), second);

    assertThat(second.rows).hasSizeLessThan(3);
    assertThat(second.returns()).isEqualTo(whole.returns().subList(3 - second.rows.size(), 3));
    assertThat(summary.iterations()).isEqualTo(3);
    for (String file :
        List.of(
            "best/selection.json", "best/model.safetensors", "iterations/0004/model.safetensors")) {
      assertThat(folder.resolve("parts").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
  }

  /** The pendulum's candidates are rescued and checked; half of what they plan is refused. */
  private static final String[] SAFE = {
    "rollout.supervision=envelope",
    "rollout.envelope.limits=[\"theta_dot < 3\"]",
    "rollout.envelope.return-after=3",
    "rollout.envelope.rescuer-steps=expert-data",
    "preflight.kind=bootstrap",
    "preflight.episodes=2",
    "preflight.min-return=-900"
  };

  private static Experiment safe(String... more) {
    List<String> settings = new ArrayList<>(List.of(SAFE));
    settings.addAll(List.of(more));
    return small(settings.toArray(String[]::new));
  }

  private static final List<String> SAME_BYTES =
      List.of(
          "best/selection.json",
          "best/model.safetensors",
          "iterations/0002/policy.json",
          "iterations/0004/policy.json",
          "iterations/0004/model.safetensors");

  @Test
  void supervisedAndCheckedTheSameBytesComeFromAnyNumberOfWorkers() throws Exception {
    Rows one = new Rows(0);
    run(safe("rollout.workers=1"), folder.resolve("one"), one);
    Rows four = new Rows(0);
    run(
        safe("rollout.workers=4", "replay.shards=3", "rollout.chunk-rows=7"),
        folder.resolve("four"),
        four);

    assertThat(one.rows).extracting(ProgressRow::interventions).allMatch(steps -> steps > 0);
    assertThat(one.rows).allMatch(row -> row.metrics().containsKey("preflight/refused"));
    assertThat(four.decisions).isEqualTo(one.decisions).isNotEmpty();
    assertThat(four.returns()).isEqualTo(one.returns());
    for (String file : SAME_BYTES) {
      assertThat(folder.resolve("four").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("one").resolve(file));
    }
  }

  @Test
  void supervisedAndCheckedItResumesExactly() throws Exception {
    Rows whole = new Rows(0);
    run(safe(), folder.resolve("whole"), whole);
    Rows first = new Rows(1);
    try (RunningCampaign campaign = start(safe(), folder.resolve("parts"), first)) {
      assertThat(first.awaited.await(60, TimeUnit.SECONDS)).isTrue();
    }
    Rows second = new Rows(0);
    List<AuditEntry> decisions = new ArrayList<>();
    try (RunningCampaign campaign = start(safe(), folder.resolve("parts"), second)) {
      decisions.addAll(campaign.decided());
      campaign.result().get(120, TimeUnit.SECONDS);
    }

    decisions.addAll(second.decisions);
    assertThat(decisions).isEqualTo(whole.decisions);
    assertThat(second.returns()).isEqualTo(whole.returns().subList(3 - second.rows.size(), 3));
    for (String file : SAME_BYTES) {
      assertThat(folder.resolve("parts").resolve(file))
          .as(file)
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
  }

  @Test
  void aLazyPlannerGoesThroughTheCounterexampleAsTheFullOneDoes() throws Exception {
    String lazy = "planner.kind=lazy-value-iteration";
    assertThat(returns(lazy, "strategy=mixed", "dynamics.initial=M1"))
        .containsExactly(-10.0, 8.1, 8.1, 8.1, 8.1);
    assertThat(returns(lazy, "strategy=mixed", "dynamics.initial=M2"))
        .containsExactly(1.0, -10.0, 8.1, 8.1, 8.1);
  }

  @Test
  void aLazyCampaignResumesExactly() throws Exception {
    Experiment experiment =
        experiment(
            "helicopter-hover",
            "planner.kind=lazy-lqr",
            "campaign.iterations=8",
            "evaluation.confirm-episodes=1");
    run(experiment, folder.resolve("whole"), new Rows(0));
    Rows first = new Rows(6);
    try (RunningCampaign campaign = start(experiment, folder.resolve("parts"), first)) {
      assertThat(first.awaited.await(60, TimeUnit.SECONDS)).isTrue();
    }
    run(experiment, folder.resolve("parts"), new Rows(0));

    assertThat(folder.resolve("parts/iterations/0009/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/iterations/0009/model.safetensors"));
  }

  /** The optimist is exploited; the pessimist does not believe the expert. */
  @Test
  void theCounterexampleSaysWhoIsToBlame() throws Exception {
    assertThat(blamed("expert-only", "M1"))
        .allSatisfy(found -> assertTerms(found, -18.1, -20, 0, 1.9));
    assertThat(blamed("learner-only", "M2"))
        .allSatisfy(found -> assertTerms(found, -7.1, 0, -8.1, 1));
    List<Diagnosis> mixed = blamed("mixed", "M1");
    assertTerms(mixed.get(0), -18.1, -20, 0, 1.9);
    assertThat(mixed.get(0).exploited()).isTrue();
    assertThat(mixed.subList(1, mixed.size())).allSatisfy(found -> assertTerms(found, 0, 0, 0, 0));
    assertThat(mixed.subList(1, mixed.size())).noneMatch(Diagnosis::exploited);
  }

  private List<Diagnosis> blamed(String strategy, String initial) throws Exception {
    Rows rows = new Rows(0);
    run(
        experiment(
            "counterexample",
            "strategy=" + strategy,
            "dynamics.initial=" + initial,
            "campaign.iterations=3",
            "diagnostics.performance-difference=on",
            "diagnostics.episodes=2"),
        folder.resolve("blamed-" + strategy + initial),
        rows);
    return rows.diagnoses();
  }

  private static void assertTerms(
      Diagnosis found, double gap, double learnerFit, double expertFit, double planning) {
    assertThat(found.gap().mean().orElseThrow()).isCloseTo(gap, within(1e-12));
    assertThat(found.learnerFit().mean().orElseThrow()).isCloseTo(learnerFit, within(1e-12));
    assertThat(found.expertFit().mean().orElseThrow()).isCloseTo(expertFit, within(1e-12));
    assertThat(found.planning().mean().orElseThrow()).isCloseTo(planning, within(1e-12));
  }

  @Test
  void theDiagnosisIsTheSameForAnyNumberOfWorkersAndThroughAStop() throws Exception {
    List<String> on =
        List.of(
            "diagnostics.performance-difference=on",
            "diagnostics.episodes=2",
            "diagnostics.alarm=expert-share",
            "planner.rounds=1",
            "expert.options.population=20",
            "expert.options.horizon=5");
    Rows whole = new Rows(0);
    run(small(with(on, "rollout.workers=1")), folder.resolve("whole"), whole);
    Rows first = new Rows(1);
    Experiment spread = small(with(on, "rollout.workers=3"));
    try (RunningCampaign campaign = start(spread, folder.resolve("parts"), first)) {
      assertThat(first.awaited.await(60, TimeUnit.SECONDS)).isTrue();
    }
    Rows second = new Rows(0);
    run(spread, folder.resolve("parts"), second);

    assertThat(whole.diagnoses())
        .hasSize(3)
        .allSatisfy(
            found -> {
              assertThat(found.gap().mean()).isPresent();
              assertThat(
                      found.learnerFit().mean().getAsDouble()
                          + found.expertFit().mean().getAsDouble()
                          + found.planning().mean().getAsDouble())
                  .isCloseTo(
                      found.realLearnerMean().getAsDouble() - found.realExpertMean().getAsDouble(),
                      within(1e-9));
            });
    assertThat(second.diagnoses())
        .isNotEmpty()
        .isEqualTo(whole.diagnoses().subList(3 - second.rows.size(), 3));
    assertThat(folder.resolve("parts/iterations/0004/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("whole/iterations/0004/model.safetensors"));
  }

  private static String[] with(List<String> settings, String one) {
    List<String> all = new ArrayList<>(settings);
    all.add(one);
    return all.toArray(String[]::new);
  }

  @Test
  void halfOfEveryBatchIsTheExperts() throws Exception {
    Rows rows = new Rows(0);
    Summary summary = run(small(), folder, rows);

    assertThat(rows.rows).allSatisfy(row -> assertThat(row.mixExpert()).hasValue(0.5));
    assertThat(rows.rows).extracting(ProgressRow::envSteps).containsExactly(50L, 100L, 150L);
    assertThat(rows.rows).extracting(ProgressRow::expertSteps).containsOnly(200L);
    assertThat(summary.best().selectedBy()).isEqualTo(SelectedBy.CONFIRMATION);
    assertThat(summary.best().returns().episodes()).isEqualTo(2);
    assertThat(summary.last().iteration()).isEqualTo(4);
    assertThat(summary.expert().orElseThrow().returns().episodes()).isEqualTo(1);
  }

  @Test
  void twoRunsInOneFolderAreRefused() throws IOException {
    try (RunningCampaign first = start(small(), folder, new Rows(0))) {
      assertThat(first.earlier()).isEmpty();
      assertThatThrownBy(() -> start(small(), folder, new Rows(0)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(folder.toString());
    }
  }

  @Test
  void replayFilesOfAnotherRunAreRefused() throws Exception {
    String shared = "replay.path=\"" + folder.resolve("shared") + "\"";
    try (RunningCampaign first = start(small(shared), folder.resolve("one"), new Rows(0))) {
      assertThat(first.earlier()).isEmpty();
    }
    assertThatThrownBy(() -> start(small(shared), folder.resolve("two"), new Rows(0)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("shared");
    assertThat(Files.exists(folder.resolve("two/replay"))).isFalse();
  }
}
