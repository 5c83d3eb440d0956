package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.AsynchronousState;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoredView;

/** Whole asynchronous campaigns in this process; every wire message goes through the serialiser. */
class AsynchronousRunTest {
  private static final Config SERIALISED =
      ConfigFactory.parseString("pekko.actor.serialize-messages = on");
  private static final Parts PARTS = Parts.on(AsynchronousRunTest.class.getClassLoader());
  private static final int PATIENCE_SECONDS = 120;

  /** Few and small fits: what is tested is the pipeline, not the learning. */
  private static final String[] SMALL = {
    "campaign.mode=asynchronous",
    "campaign.iterations=8",
    "campaign.steps-per-iteration=400",
    "trainer.steps=60",
    "planner.population=12",
    "planner.rounds=2",
    "planner.horizon=5",
    "planner.elites=4",
    "planner.keep=2",
    "dynamics.hidden=[8]",
    "dynamics.members=3",
    "evaluation.episodes=2",
    "evaluation.first-episodes=1",
    "evaluation.confirm-episodes=2",
    "strategy=mixed",
    "expert.kind=mpc",
    "rollout.workers=2",
    "replay.shards=2"
  };

  @TempDir Path folder;

  private static Experiment experiment(String name, List<String> settings) {
    return new ExperimentReader(PARTS)
        .read(name, new ExperimentReader.Overrides(settings, OptionalLong.of(0), Optional.empty()));
  }

  private static Experiment small(String... more) {
    List<String> settings = new ArrayList<>(List.of(SMALL));
    settings.addAll(List.of(more));
    return experiment("pendulum", settings);
  }

  /** Collects rows; lets a test wait for some of them, and a worker for each. */
  private static final class Rows implements CampaignObserver {
    final List<ProgressRow> rows = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch awaited;
    final Semaphore made = new Semaphore(0);

    Rows(int awaited) {
      this.awaited = new CountDownLatch(awaited);
    }

    @Override
    public void row(ProgressRow row) {
      rows.add(row);
      awaited.countDown();
      made.release();
    }

    double most(String metric) {
      return rows.stream()
          .mapToDouble(row -> row.metrics().getOrDefault(metric, 0.0))
          .max()
          .orElseThrow();
    }
  }

  private static RunningCampaign start(
      Experiment experiment,
      Path folder,
      CampaignObserver observer,
      BiFunction<Integer, Executor, Executor> flying) {
    return new LocalCampaigns(new SimpleMeterRegistry(), SERIALISED, flying)
        .start(experiment, PARTS, folder, observer);
  }

  private static RunningCampaign start(Experiment experiment, Path folder, Rows rows) {
    return start(experiment, folder, rows, (worker, threads) -> threads);
  }

  private static Summary end(RunningCampaign campaign) throws Exception {
    return campaign.result().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** What the last row counts is in the replay files, whole, and it is what its figures say. */
  private static CampaignState assertBooks(Path run, int shards) throws IOException {
    CampaignState state = new RunStore(run.resolve("iterations")).latest().orElseThrow().state();
    AsynchronousState books = state.asynchronous().orElseThrow();
    long rows = 0;
    long jobs = 0;
    for (int shard = 0; shard < shards; shard++) {
      Path files = run.resolve("replay").resolve("shard-" + shard);
      try (ReplayStore store = ReplayStore.open(files, ReplayStore.identityOf(files), 1 << 26)) {
        StoredView view = store.view(Integer.MAX_VALUE);
        List<JobKey> stored = view.jobs(Provenance.LEARNER);
        for (int i = 0; i < stored.size(); i++) {
          if (books.counted().contains(stored.get(i).iteration(), stored.get(i).job())) {
            jobs++;
            rows += view.start(Provenance.LEARNER, i + 1) - view.start(Provenance.LEARNER, i);
          }
        }
      }
    }
    assertThat(jobs).isEqualTo(books.counted().size());
    assertThat(rows).isEqualTo(state.learnerRows()).isEqualTo(state.envSteps());
    return state;
  }

  @Test
  void itReachesItsGoalAndStopsThere() throws Exception {
    Rows rows = new Rows(0);
    Experiment experiment =
        experiment(
            "gridworld-shortcut",
            List.of(
                "campaign.mode=asynchronous",
                "campaign.iterations=60",
                "campaign.stop-at-return=8",
                "rollout.workers=2"));
    Summary summary;
    try (RunningCampaign campaign = start(experiment, folder, rows)) {
      summary = end(campaign);
    }

    assertThat(summary.best().returns().mean()).hasValue(8.1);
    assertThat(rows.rows.size()).isLessThan(60);
    assertThat(rows.rows)
        .extracting(ProgressRow::iteration)
        .isEqualTo(IntStream.rangeClosed(1, rows.rows.size()).boxed().toList());
    assertThat(rows.rows.get(0).evalReturnMean()).as("the expert's model alone").hasValue(-10);
  }

  @Test
  void everyFitDrawsHalfFromEitherSideAndTheBooksAgree() throws Exception {
    Rows rows = new Rows(0);
    try (RunningCampaign campaign = start(small(), folder, rows)) {
      end(campaign);
    }

    assertThat(rows.rows).hasSize(8).allSatisfy(row -> assertThat(row.mixExpert()).hasValue(0.5));
    assertThat(rows.rows)
        .allSatisfy(
            row -> assertThat(row.envSteps()).isGreaterThanOrEqualTo(400L * row.iteration()));
    assertThat(rows.rows.stream().mapToDouble(row -> row.metrics().get("collect/jobs")).sum())
        .as("jobs of one episode of 200 steps, each in one row")
        .isEqualTo(rows.rows.get(7).envSteps() / 200.0);
    assertBooks(folder, 2);
  }

  /** 60 steps of 3 members with 32 of 64 rows: 5760 rows a fit, so 4 for each of 1440. */
  @Test
  void theLimiterHoldsFlyingAndFittingTogether() throws Exception {
    Rows rows = new Rows(0);
    try (RunningCampaign campaign =
        start(
            small(
                "campaign.samples-per-insert=4",
                "campaign.steps-per-iteration=1440",
                "campaign.jobs-ahead=3"),
            folder,
            rows)) {
      end(campaign);
    }

    for (ProgressRow row : rows.rows) {
      double drawn = 5760.0 * row.iteration();
      assertThat(drawn).isLessThanOrEqualTo(4.0 * row.envSteps());
      assertThat(4.0 * row.envSteps())
          .as("one fit's data ahead, and what is out")
          .isLessThan(drawn + 5760 + 4 * 3 * 200);
      assertThat(row.metrics().get("collect/jobs_ahead")).isLessThanOrEqualTo(3);
      assertThat(row.metrics().get("train/drawn_per_insert")).isLessThanOrEqualTo(4);
    }
    assertBooks(folder, 2);
  }

  @Test
  void stoppedInTheMiddleItGoesOnAndLosesNothing() throws Exception {
    CampaignState before = null;
    int made = 0;
    for (int part = 0; part < 3; part++) {
      Rows first = new Rows(2);
      try (RunningCampaign campaign = start(small(), folder, first)) {
        assertThat(first.awaited.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      }
      CampaignState state = assertBooks(folder, 2);
      assertThat(state.iteration()).isGreaterThanOrEqualTo(made + 2);
      if (before != null) {
        assertThat(state.rows().subList(0, before.iteration())).isEqualTo(before.rows());
      }
      before = state;
      made = state.iteration();
    }
    Rows last = new Rows(0);
    Summary summary;
    try (RunningCampaign campaign = start(small(), folder, last)) {
      summary = end(campaign);
    }

    assertThat(summary.iterations()).isEqualTo(8);
    assertThat(last.rows).extracting(ProgressRow::iteration).doesNotContain(made).endsWith(8);
    assertBooks(folder, 2);
  }

  /** After the first row each flight of the second worker begins only when a fit has ended. */
  @Test
  void aSlowWorkerHoldsNobodyUpAndItsRowsCount() throws Exception {
    Rows rows = new Rows(0);
    BiFunction<Integer, Executor, Executor> slow =
        (worker, threads) ->
            worker == 0
                ? threads
                : flight ->
                    threads.execute(
                        () -> {
                          if (!rows.rows.isEmpty()) {
                            rows.made.drainPermits();
                            rows.made.acquireUninterruptibly(); // Until the next row.
                          }
                          flight.run();
                        });
    Experiment experiment = small("evaluation.episodes=0", "campaign.iterations=12");
    try (RunningCampaign campaign = start(experiment, folder, rows, slow)) {
      end(campaign);
    }

    assertThat(rows.rows).hasSize(12);
    assertThat(rows.most("collect/staleness_max"))
        .as("a job that was in the air while a newer policy came out")
        .isGreaterThanOrEqualTo(1);
    assertBooks(folder, 2);
  }
}
