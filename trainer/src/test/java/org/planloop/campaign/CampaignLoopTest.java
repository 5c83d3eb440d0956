package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Purpose;
import org.planloop.policy.ExpertSettings;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.RolloutJob;

class CampaignLoopTest {
  private static final int ALL = Integer.MAX_VALUE;

  @Test
  void mixedFliesTheExpertFirstThenFitsHalfAndHalfOnceAnIteration() {
    LoopDriver driver =
        run(plan(Strategy.MIXED, LoopDriver.EXPERT, 3, 0, 2, FirstPolicy.EXPERT_MODEL, 0, 0));

    assertThat(driver.jobs.get(0).purpose()).isEqualTo(Purpose.EXPERT);
    assertThat(driver.fits)
        .containsExactly(
            new Effect.Fit(1, 0, 1, 0, 40),
            new Effect.Fit(2, 1, 0.5, 80, 40),
            new Effect.Fit(3, 2, 0.5, 160, 40),
            new Effect.Fit(4, 3, 0.5, 240, 40));
    assertThat(driver.published).containsExactly(1, 2, 3, 4);
    assertThat(driver.checkpoints).hasSize(3);
  }

  @Test
  void learnerOnlyLeavesTheExpertOnTheGround() {
    LoopDriver driver =
        run(plan(Strategy.LEARNER_ONLY, LoopDriver.EXPERT, 2, 0, 1, FirstPolicy.RANDOM, 0, 0));

    assertThat(driver.jobs).noneMatch(job -> job.purpose() == Purpose.EXPERT);
    assertThat(driver.fits).extracting(Effect.Fit::expertFraction).containsOnly(0.0);
  }

  @Test
  void expertOnlyFliesItsOwnEpisodesButFitsToTheExpertsRows() {
    LoopDriver driver =
        run(plan(Strategy.EXPERT_ONLY, LoopDriver.EXPERT, 2, 0, 1, FirstPolicy.RANDOM, 0, 0));

    assertThat(driver.jobs.stream().filter(job -> job.purpose() == Purpose.COLLECT)).hasSize(2);
    assertThat(driver.fits).extracting(Effect.Fit::expertFraction).containsOnly(1.0);
  }

  @Test
  void expertOfEachIterationFliesBesideTheLearner() {
    ExpertSettings online = new ExpertSettings("lqr", 1, true, 50, "", 0.01, java.util.Map.of());
    LoopDriver driver = run(plan(Strategy.MIXED, online, 2, 0, 1, FirstPolicy.INITIAL_MODEL, 0, 0));

    assertThat(driver.jobs.stream().filter(job -> job.purpose() == Purpose.EXPERT))
        .extracting(RolloutJob::iteration)
        .containsExactly(1, 2);
    assertThat(driver.jobs.stream().filter(job -> job.purpose() == Purpose.EXPERT))
        .extracting(RolloutJob::keepRows)
        .containsOnly(50);
  }

  @Test
  void stepsOfAnIterationAreFlownExactlyAndOnlyTheLastEpisodeIsCut() {
    // Episodes of 30 steps under a limit of 40: 100 steps are two whole ones (60), one more (90),
    // then 10 steps that are cut.
    LoopDriver driver =
        run(
            plan(Strategy.LEARNER_ONLY, LoopDriver.NO_EXPERT, 1, 100, 0, FirstPolicy.RANDOM, 0, 0),
            LoopDriver.whole(30));

    assertThat(driver.jobs).extracting(RolloutJob::episodes).containsExactly(2, 1, 1);
    assertThat(driver.jobs).extracting(RolloutJob::maxSteps).containsExactly(0, 0, 10);
    assertThat(driver.jobs).extracting(RolloutJob::firstEpisode).containsExactly(0, 2, 3);
    ProgressRow row = driver.checkpoints.get(0).rows().get(0);
    assertThat(row.envSteps()).isEqualTo(100);
    assertThat(row.episodes()).as("the cut episode is left out of return_mean").isEqualTo(3);
  }

  @Test
  void aCutEpisodeCountsWhereItIsTheOnlyOne() {
    LoopDriver driver =
        run(
            plan(Strategy.LEARNER_ONLY, LoopDriver.NO_EXPERT, 1, 10, 0, FirstPolicy.RANDOM, 0, 0),
            LoopDriver.whole(40));

    assertThat(driver.checkpoints.get(0).rows().get(0).returnMean()).hasValue(1.0);
  }

  @Test
  void rowsAddUpAndRememberTheBest() {
    LoopDriver.Flight worsening =
        (job, episode) ->
            new EpisodeResult(episode, 10 - job.policyVersion(), 40, End.TRUNCATED, "", 0);
    LoopDriver driver =
        run(plan(Strategy.MIXED, LoopDriver.EXPERT, 3, 0, 2, FirstPolicy.RANDOM, 0, 0), worsening);

    List<ProgressRow> rows = driver.checkpoints.get(2).rows();
    assertThat(rows).extracting(ProgressRow::envSteps).containsExactly(80L, 160L, 240L);
    assertThat(rows)
        .extracting(row -> row.returnMean().getAsDouble())
        .containsExactly(9.0, 8.0, 7.0);
    assertThat(rows).extracting(row -> row.bestReturnMean().getAsDouble()).containsOnly(9.0);
    assertThat(rows).extracting(ProgressRow::expertSteps).containsOnly(40L);
  }

  @Test
  void theOrderOfArrivalChangesNothing() {
    CampaignPlan plan =
        plan(Strategy.MIXED, LoopDriver.EXPERT, 4, 0, 5, FirstPolicy.EXPERT_MODEL, 8, 4);
    LoopDriver.Flight noisy =
        (job, episode) ->
            new EpisodeResult(
                episode, Math.sin(job.policyVersion() * 7 + episode), 40, End.TRUNCATED, "", 0);
    LoopDriver one = run(plan, noisy, 1);
    LoopDriver other = run(plan, noisy, 2);

    assertThat(other.finish.selection()).isEqualTo(one.finish.selection());
    assertThat(other.finish.state().rows())
        .usingRecursiveComparison()
        .ignoringFields("wallSeconds")
        .isEqualTo(one.finish.state().rows());
  }

  @Test
  void theBestOfAllIsChosenAndMeasuredOnFreshSeeds() {
    LoopDriver.Flight thirdIsBest =
        (job, episode) ->
            new EpisodeResult(
                episode,
                -Math.abs(job.policyVersion() - 3) + (job.purpose() == Purpose.CONFIRM ? -0.5 : 0),
                40,
                End.TRUNCATED,
                "",
                0);
    LoopDriver driver =
        run(
            plan(Strategy.MIXED, LoopDriver.EXPERT, 4, 0, 1, FirstPolicy.RANDOM, 8, 6),
            thirdIsBest);

    Selection selection = driver.finish.selection();
    assertThat(selection.chosen()).isEqualTo(3);
    assertThat(selection.selectedBy()).isEqualTo(SelectedBy.CONFIRMATION);
    assertThat(selection.confirmed().mean()).hasValue(-0.5);
    assertThat(selection.confirmed().episodes()).isEqualTo(6);
    assertThat(selection.candidates())
        .extracting(Candidate::version)
        .containsExactly(1, 2, 3, 4, 5);
    assertThat(driver.jobs.stream().filter(job -> job.purpose() == Purpose.CONFIRM))
        .allMatch(job -> job.policyVersion() == 3 && job.iteration() == 0);
  }

  @Test
  void hopelessCandidatesGetFewEpisodes() {
    LoopDriver driver =
        run(
            plan(Strategy.MIXED, LoopDriver.EXPERT, 7, 0, 1, FirstPolicy.RANDOM, 16, 0),
            LoopDriver.whole(40));

    // Eight candidates: 2 episodes each, 4 for the better four, 8 for two, 16 for none since one is
    // left.
    assertThat(driver.finish.selection().candidates())
        .extracting(candidate -> candidate.returns().size())
        .containsExactly(2, 2, 2, 2, 4, 4, 8, 8);
    assertThat(driver.finish.selection().selectedBy()).isEqualTo(SelectedBy.EVALUATION);
  }

  @Test
  void withoutEvaluationTheBestCollectedIterationStandsIn() {
    LoopDriver driver =
        run(plan(Strategy.MIXED, LoopDriver.EXPERT, 3, 0, 1, FirstPolicy.RANDOM, 0, 5));

    assertThat(driver.finish.selection().chosen()).isEqualTo(3);
    assertThat(driver.finish.selection().selectedBy()).isEqualTo(SelectedBy.COLLECTION);
    assertThat(driver.jobs)
        .noneMatch(job -> job.purpose() == Purpose.EVALUATE || job.purpose() == Purpose.CONFIRM);
  }

  @Test
  void resumedAfterAnyRowItGoesOnAsIfNothingHadHappened() {
    CampaignPlan plan =
        plan(Strategy.MIXED, LoopDriver.EXPERT, 4, 0, 2, FirstPolicy.EXPERT_MODEL, 4, 2);
    LoopDriver whole = run(plan, LoopDriver.whole(40), 1);
    for (int row = 1; row <= 4; row++) {
      CampaignState state =
          new LoopDriver(plan, CampaignState.EMPTY, LoopDriver.whole(40), LoopDriver::fitted)
              .run(row, new SplittableRandom(3))
              .checkpoints
              .get(row - 1);
      LoopDriver resumed =
          new LoopDriver(plan, state, LoopDriver.whole(40), LoopDriver::fitted)
              .run(ALL, new SplittableRandom(4));

      assertThat(resumed.finish.selection()).isEqualTo(whole.finish.selection());
      assertThat(resumed.finish.state().evalSteps()).isEqualTo(whole.finish.state().evalSteps());
      assertThat(resumed.finish.state().rows())
          .usingRecursiveComparison()
          .ignoringFields("wallSeconds")
          .isEqualTo(whole.finish.state().rows());
    }
  }

  @Test
  void aFailedFitFliesTheOldPolicyAgainAndThreeEndTheCampaign() {
    CampaignPlan plan = plan(Strategy.MIXED, LoopDriver.EXPERT, 5, 0, 1, FirstPolicy.RANDOM, 0, 0);
    LoopDriver once =
        new LoopDriver(
                plan,
                CampaignState.EMPTY,
                LoopDriver.whole(40),
                version ->
                    version == 3
                        ? new Event.FitFailed(3, "NaN loss", false, 1)
                        : LoopDriver.fitted(version))
            .run(ALL, new SplittableRandom(1));
    assertThat(once.published).containsExactly(1, 2, -3, 4, 5, 6);
    assertThat(once.checkpoints.get(1).rows().get(1).fitFailed()).isTrue();
    assertThat(once.checkpoints.get(1).rows().get(1).modelLossExpert()).isEmpty();
    assertThat(once.failures).isEmpty();

    LoopDriver always =
        new LoopDriver(
                plan,
                CampaignState.EMPTY,
                LoopDriver.whole(40),
                version -> new Event.FitFailed(version, "NaN loss", false, 1))
            .run(ALL, new SplittableRandom(1));
    assertThat(always.failures)
        .singleElement()
        .asString()
        .contains("3 fits in a row")
        .contains("NaN loss");
  }

  @Test
  void anEarlierPolicyThatSomebodyAsksForFliesInThePlaceOfTheNextCandidate() {
    CampaignPlan plan = plan(Strategy.MIXED, LoopDriver.EXPERT, 5, 0, 1, FirstPolicy.RANDOM, 0, 0);
    LoopDriver driver =
        new LoopDriver(plan, CampaignState.EMPTY, LoopDriver.whole(40), LoopDriver::fitted)
            .rollingBack(3, 2)
            .run(ALL, new SplittableRandom(1));
    assertThat(driver.published).containsExactly(1, 2, 3, -4, 5, 6);
    assertThat(driver.rolledBackTo).containsExactly(2);
    assertThat(driver.checkpoints.get(4).safety().audit())
        .filteredOn(entry -> entry.version() == 4)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.decision()).isEqualTo(AuditEntry.Decision.PUBLISHED);
              assertThat(entry.reason()).contains("on request", "pi_2 flies again");
            });
  }

  @Test
  void lostRowsEndTheCampaignAtOnce() {
    LoopDriver driver =
        new LoopDriver(
                plan(Strategy.MIXED, LoopDriver.EXPERT, 5, 0, 1, FirstPolicy.RANDOM, 0, 0),
                CampaignState.EMPTY,
                LoopDriver.whole(40),
                version -> new Event.FitFailed(version, "rows are gone", true, 1))
            .run(ALL, new SplittableRandom(1));

    assertThat(driver.failures).containsExactly("rows are gone");
    assertThat(driver.fits).hasSize(1);
  }

  @Test
  void aBrokenEnvironmentEndsTheCampaignButAFailedEpisodeDoesNot() {
    CampaignPlan plan = plan(Strategy.MIXED, LoopDriver.EXPERT, 3, 0, 4, FirstPolicy.RANDOM, 0, 0);
    LoopDriver.Flight oneFails =
        (job, episode) ->
            job.purpose() == Purpose.COLLECT && episode == 2
                ? new EpisodeResult(episode, 0, 7, End.FAILED, "NaN state", 0)
                : new EpisodeResult(episode, 1, 40, End.TRUNCATED, "", 0);
    LoopDriver some = run(plan, oneFails);
    assertThat(some.failures).isEmpty();
    assertThat(some.checkpoints.get(0).rows().get(0).failedEpisodes()).isEqualTo(1);
    assertThat(some.checkpoints.get(0).rows().get(0).episodes()).isEqualTo(3);

    LoopDriver.Flight learnerFails =
        (job, episode) ->
            job.purpose() == Purpose.COLLECT
                ? new EpisodeResult(episode, 0, 1, End.FAILED, "engine on fire", 0)
                : new EpisodeResult(episode, 1, 40, End.TRUNCATED, "", 0);
    LoopDriver all = run(plan, learnerFails);
    assertThat(all.failures)
        .singleElement()
        .asString()
        .contains("episodes in a row failed")
        .contains("engine on fire");
  }

  @Test
  void stopsOnceTheReturnIsReachedAndSaysSo() {
    CampaignSettings settings =
        new CampaignSettings(9, 0, 1, 0, FirstPolicy.RANDOM, 2.0, Double.POSITIVE_INFINITY, 0);
    CampaignPlan plan =
        new CampaignPlan(
            "test",
            1,
            Strategy.MIXED,
            0.5,
            settings,
            new EvaluationSettings(0, 0, 1),
            LoopDriver.EXPERT,
            2,
            40,
            true);
    LoopDriver driver = run(plan);

    assertThat(driver.checkpoints).hasSize(2);
    assertThat(driver.finish.state().notes()).singleElement().asString().contains("stop-at-return");
  }

  @Test
  void mixedWithoutAnExpertIsRefusedBeforeAnythingFlies() {
    assertThatThrownBy(
            () -> plan(Strategy.MIXED, LoopDriver.NO_EXPERT, 1, 0, 1, FirstPolicy.RANDOM, 0, 0))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("expert.kind = none")
        .hasMessageContaining("LEARNER_ONLY");
  }

  private static CampaignPlan plan(
      Strategy strategy,
      ExpertSettings expert,
      int iterations,
      int steps,
      int episodes,
      FirstPolicy first,
      int evaluation,
      int confirm) {
    return new CampaignPlan(
        "test",
        1,
        strategy,
        0.5,
        new CampaignSettings(
            iterations, steps, episodes, 0, first, Double.NaN, Double.POSITIVE_INFINITY, 0),
        new EvaluationSettings(evaluation, confirm, 2),
        expert,
        2,
        40,
        true);
  }

  private static LoopDriver run(CampaignPlan plan) {
    return run(plan, LoopDriver.whole(40));
  }

  private static LoopDriver run(CampaignPlan plan, LoopDriver.Flight flight) {
    return run(plan, flight, 1);
  }

  private static LoopDriver run(CampaignPlan plan, LoopDriver.Flight flight, int order) {
    return new LoopDriver(plan, CampaignState.EMPTY, flight, LoopDriver::fitted)
        .run(ALL, new SplittableRandom(order));
  }
}
