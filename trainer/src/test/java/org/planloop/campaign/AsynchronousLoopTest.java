package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.campaign.CampaignSettings.Mode;
import org.planloop.data.InvalidInputException;
import org.planloop.policy.ExpertSettings;

/** The driver checks the bounds of limiter and staleness and the books at every step. */
class AsynchronousLoopTest {
  private static final int ITERATIONS = 12;
  private static final int SEEDS = 200;

  /** A campaign whose settings a seed draws. */
  record Drawn(int seed, CampaignPlan plan) {
    @Override
    public String toString() {
      CampaignSettings settings = plan.campaign();
      return seed
          + ": "
          + settings.stepsPerIteration()
          + " steps or "
          + settings.episodesPerIteration()
          + " episodes, samples per insert "
          + settings.samplesPerInsert()
          + ", tolerance "
          + settings.limiterTolerance()
          + ", staleness "
          + settings.maxStaleness()
          + ", ahead "
          + settings.jobsAhead();
    }
  }

  static List<Drawn> anything() {
    return IntStream.range(0, SEEDS)
        .mapToObj(seed -> new Drawn(seed, plan(new SplittableRandom(seed))))
        .toList();
  }

  private static CampaignPlan plan(SplittableRandom random) {
    boolean bySteps = random.nextBoolean();
    return plan(
        Strategy.MIXED,
        LoopDriver.EXPERT,
        new CampaignSettings(
            ITERATIONS,
            bySteps ? 1 + random.nextInt(200) : 0,
            bySteps ? 0 : 1 + random.nextInt(6),
            0,
            FirstPolicy.EXPERT_MODEL,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            random.nextInt(3),
            Mode.ASYNCHRONOUS,
            random.nextBoolean() ? Double.NaN : 0.5 + 20 * random.nextDouble(),
            new double[] {0, 0.3, 1, 2.5}[random.nextInt(4)],
            random.nextInt(4),
            1 + random.nextInt(12)),
        random.nextBoolean() ? 4 : 0);
  }

  private static CampaignPlan plan(
      Strategy strategy, ExpertSettings expert, CampaignSettings settings, int evaluation) {
    return new CampaignPlan(
        "test",
        1,
        strategy,
        0.5,
        settings,
        new EvaluationSettings(evaluation, evaluation / 2, 2),
        expert,
        2,
        40,
        true);
  }

  private static CampaignSettings settings(
      double samplesPerInsert, double tolerance, int staleness) {
    return new CampaignSettings(
        ITERATIONS,
        100,
        0,
        0,
        FirstPolicy.EXPERT_MODEL,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        0,
        Mode.ASYNCHRONOUS,
        samplesPerInsert,
        tolerance,
        staleness,
        8);
  }

  @ParameterizedTest
  @MethodSource("anything")
  void whateverComesFirstTheBoundsHoldAndTheCampaignEnds(Drawn drawn) {
    AsynchronousDriver driver =
        new AsynchronousDriver(drawn.plan(), new SplittableRandom(-1 - drawn.seed())).run(0);

    assertThat(driver.failures).isEmpty();
    assertThat(driver.finish.state().rows()).hasSize(ITERATIONS);
    assertThat(driver.forgotten(driver.finish.state())).isEmpty();
    assertThat(driver.finish.state().rows())
        .extracting(ProgressRow::iteration)
        .isEqualTo(IntStream.rangeClosed(1, ITERATIONS).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("anything")
  void killedAgainAndAgainItCountsEveryJobOnceAndForgetsNone(Drawn drawn) {
    AsynchronousDriver driver =
        new AsynchronousDriver(drawn.plan(), new SplittableRandom(-1 - drawn.seed())).run(6);

    assertThat(driver.failures).isEmpty();
    assertThat(driver.kills).isPositive();
    assertThat(driver.finish.state().rows()).hasSize(ITERATIONS);
    assertThat(driver.forgotten(driver.finish.state())).isEmpty();
  }

  /** What is too old is repeated by nobody, so nobody may wait for it. */
  @Test
  void aWorkerThatNeverComesBackHoldsNobodyUp() {
    int leftBehind = 0;
    for (Drawn drawn : anything()) {
      if (drawn.plan().campaign().jobsAhead() < AsynchronousDriver.WORKERS) {
        continue; // Then the job that is out is all that may be out.
      }
      AsynchronousDriver driver =
          new AsynchronousDriver(drawn.plan(), new SplittableRandom(-1 - drawn.seed()))
              .slow()
              .run(0);
      assertThat(driver.finish.state().rows()).as(drawn.toString()).hasSize(ITERATIONS);
      leftBehind += driver.leftBehind() ? 1 : 0;
    }
    assertThat(leftBehind).as("runs with a job that is still in the air").isGreaterThan(SEEDS / 10);
  }

  /** The driver loses workers and lets policies age: its checks are of something. */
  @Test
  void theRunsSeeLostWorkersAndPoliciesTooOld() {
    List<AsynchronousDriver> all =
        anything().stream()
            .map(
                drawn ->
                    new AsynchronousDriver(drawn.plan(), new SplittableRandom(-1 - drawn.seed()))
                        .run(0))
            .toList();

    assertThat(all.stream().mapToInt(driver -> driver.lost).sum()).isGreaterThan(SEEDS);
    assertThat(all.stream().mapToInt(driver -> driver.retired).sum()).isGreaterThan(SEEDS);
    assertThat(all.stream().filter(AsynchronousDriver::reachedJobsAhead).count())
        .isGreaterThan(SEEDS / 10);
  }

  @Test
  void theExpertComesFirstAndEveryFitKeepsItsShare() {
    AsynchronousDriver driver =
        new AsynchronousDriver(
                plan(Strategy.MIXED, LoopDriver.EXPERT, settings(Double.NaN, 0, 1), 0),
                new SplittableRandom(1))
            .run(0);

    assertThat(driver.fits.get(0).expertFraction()).isEqualTo(1);
    assertThat(driver.fits.get(0).learnerRows()).isZero();
    assertThat(driver.fits.subList(1, driver.fits.size()))
        .hasSize(ITERATIONS)
        .allSatisfy(fit -> assertThat(fit.expertFraction()).isEqualTo(0.5));
  }

  /** One fit for each 100 steps: fit n has at least n times as many. */
  @Test
  void withoutARatioEveryFitHasAnIterationsDataMore() {
    AsynchronousDriver driver =
        new AsynchronousDriver(
                plan(Strategy.MIXED, LoopDriver.EXPERT, settings(Double.NaN, 0, 1), 0),
                new SplittableRandom(2))
            .run(0);

    for (int n = 1; n <= ITERATIONS; n++) {
      assertThat(driver.fits.get(n).learnerRows()).isGreaterThanOrEqualTo(100L * n);
    }
  }

  @Test
  void aReturnCountsForThePolicyThatFlewIt() {
    AsynchronousDriver driver =
        new AsynchronousDriver(
                plan(Strategy.MIXED, LoopDriver.EXPERT, settings(Double.NaN, 0, 3), 0),
                new SplittableRandom(3))
            .run(0);

    assertThat(driver.finish.state().rows())
        .allSatisfy(
            row -> assertThat(row.returnMean().orElse(row.iteration())).isEqualTo(row.iteration()))
        .anySatisfy(row -> assertThat(row.metrics().get("collect/staleness_max")).isGreaterThan(0));
  }

  @Test
  void whatTheModeCannotDoIsRefusedByName() {
    ExpertSettings online = new ExpertSettings("lqr", 1, true, 0, "", 0.01, java.util.Map.of());
    assertThatThrownBy(
            () -> {
              CampaignSettings random =
                  new CampaignSettings(
                      3,
                      100,
                      0,
                      0,
                      FirstPolicy.RANDOM,
                      Double.NaN,
                      9,
                      0,
                      Mode.ASYNCHRONOUS,
                      Double.NaN,
                      0,
                      1,
                      8);
              plan(Strategy.MIXED, online, random, 0);
            })
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expert.each-iteration = true")
        .hasMessageContaining("asynchronous");
    assertThatThrownBy(() -> plan(Strategy.EXPERT_ONLY, LoopDriver.EXPERT, settings(8, 0, 1), 0))
        .hasMessageContaining("campaign.samples-per-insert = 8.0");
    assertThatThrownBy(() -> settings(-1, 0, 1))
        .hasMessageContaining("campaign.samples-per-insert = -1.0");
    assertThatThrownBy(() -> settings(Double.NaN, Double.NaN, 1))
        .hasMessageContaining("campaign.limiter-tolerance = NaN");
    assertThatThrownBy(() -> settings(Double.NaN, 0, -1))
        .hasMessageContaining("campaign.max-staleness = -1");
  }
}
