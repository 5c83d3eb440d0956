package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.planloop.campaign.AuditEntry.Decision;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Purpose;
import org.planloop.diagnostics.DiagnosticsSettings;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.Rescuer;
import org.planloop.protocol.RolloutJob;

/** What the loop does with supervision and a pre-flight check. */
class SafeCampaignTest {
  private static final int ALL = Integer.MAX_VALUE;

  private static CampaignPlan plan(
      int iterations, Optional<Rescuer> rescuer, boolean preflight, ExpertSettings expert) {
    return plan(iterations, rescuer, preflight, expert, Double.NaN, 0);
  }

  private static CampaignPlan plan(
      int iterations,
      Optional<Rescuer> rescuer,
      boolean preflight,
      ExpertSettings expert,
      double stopAt,
      int keep) {
    return new CampaignPlan(
        "test",
        1,
        Strategy.MIXED,
        0.5,
        new CampaignSettings(
            iterations, 0, 1, 0, FirstPolicy.EXPERT_MODEL, stopAt, Double.POSITIVE_INFINITY, keep),
        new EvaluationSettings(2, 0, 2),
        expert,
        1,
        40,
        true,
        rescuer,
        preflight,
        false,
        DiagnosticsSettings.OFF);
  }

  private static LoopDriver run(CampaignPlan plan, LoopDriver.Flight flight, IntPredicate refused) {
    return new LoopDriver(plan, CampaignState.EMPTY, flight, LoopDriver::fitted)
        .refusing(refused)
        .run(ALL, new SplittableRandom(1));
  }

  /** Collecting, odd versions are rescued for 5 of 40 steps, and version 5 crashes. */
  private static final LoopDriver.Flight SOME_RESCUED =
      (job, episode) ->
          new EpisodeResult(
              episode,
              job.policyVersion(),
              40,
              job.policyVersion() == 5 ? End.CRASHED : End.TRUNCATED,
              "",
              job.purpose() == Purpose.COLLECT && job.policyVersion() % 2 == 1 ? 5 : 0);

  @Test
  void onlyCollectingIsSupervised() {
    LoopDriver driver =
        run(
            plan(3, Optional.of(Rescuer.EXPERT), false, LoopDriver.EXPERT),
            SOME_RESCUED,
            version -> false);

    assertThat(driver.jobs)
        .allMatch(job -> job.supervised() == (job.purpose() == Purpose.COLLECT))
        .filteredOn(RolloutJob::supervised)
        .extracting(RolloutJob::rescuer)
        .containsExactly(0, 0, 0);
    assertThat(driver.finish.state().rows())
        .extracting(ProgressRow::interventions)
        .containsExactly(5, 0, 5);
  }

  @Test
  void thePolicyThatFlewAloneLastRescuesTheNext() {
    LoopDriver driver =
        run(
            plan(7, Optional.of(Rescuer.LAST_ACCEPTED), false, LoopDriver.EXPERT),
            SOME_RESCUED,
            version -> false);

    assertThat(driver.jobs.stream().filter(RolloutJob::supervised))
        .extracting(RolloutJob::rescuer)
        .containsExactly(0, 0, 2, 2, 4, 4, 6);
  }

  @Test
  void theRescuerStaysOnDisk() {
    CampaignState state = CampaignState.EMPTY.withSafety(Safety.NONE.trusting(3));

    assertThat(new Retention(1).keeps(state, 3)).isTrue();
    assertThat(new Retention(1).keeps(state, -1)).isFalse();
  }

  @Test
  void aRescuedReturnNeitherStopsTheCampaignNorStandsInForTheBest() {
    LoopDriver.Flight rescuedIsSplendid =
        (job, episode) ->
            new EpisodeResult(
                episode,
                job.purpose() == Purpose.COLLECT && job.policyVersion() == 1 ? 100 : 1,
                40,
                End.TRUNCATED,
                "",
                job.policyVersion() == 1 ? 40 - 1 : 0);
    LoopDriver driver =
        run(
            plan(3, Optional.of(Rescuer.EXPERT), false, LoopDriver.EXPERT, 50, 0),
            rescuedIsSplendid,
            version -> false);

    assertThat(driver.finish.state().rows()).hasSize(3);
    assertThat(driver.finish.state().bestCollected()).hasValue(2);
  }

  @Test
  void aRefusedCandidateIsNotFlown() {
    LoopDriver driver =
        run(
            plan(4, Optional.empty(), true, LoopDriver.EXPERT),
            LoopDriver.whole(40),
            version -> version == 3 || version == 4);

    assertThat(driver.published).containsExactly(1, 2, -3, -4, 5);
    assertThat(driver.checks)
        .extracting(check -> check.rows().version())
        .containsExactly(1, 2, 3, 4, 5);
    assertThat(driver.checks.get(2).rows()).isEqualTo(new Effect.Fit(3, 2, 0.5, 80, 40));
    assertThat(driver.finish.state().rows())
        .extracting(row -> row.metrics().get("preflight/refused"))
        .containsExactly(0.0, 1.0, 1.0, 0.0);
    assertThat(driver.finish.state().safety().accepted()).isEqualTo(5);
    assertThat(driver.warnings).isEmpty();
  }

  @Test
  void theExpertFliesUntilACandidateIsAccepted() {
    ExpertSettings noisy = new ExpertSettings("lqr", 1, false, 0, "", 0.3, java.util.Map.of());
    LoopDriver driver =
        run(plan(2, Optional.empty(), true, noisy), LoopDriver.whole(40), version -> version < 3);

    assertThat(driver.published).containsExactly(1, 2, 3);
    assertThat(driver.policies.subList(0, 2))
        .containsOnly(new PolicyDefinition.Expert("lqr", 0, java.util.Map.of()));
  }

  @Test
  void nobodyFallsBackOnAPolicyThatWasNeverChecked() {
    LoopDriver driver =
        new LoopDriver(
                plan(3, Optional.empty(), true, LoopDriver.EXPERT),
                CampaignState.EMPTY,
                LoopDriver.whole(40),
                LoopDriver::fitted)
            .refusing(version -> version == 2 || version == 4)
            .uncheckedFirst()
            .run(ALL, new SplittableRandom(1));

    assertThat(driver.published).containsExactly(1, 2, 3, -4);
    assertThat(driver.policies.get(0)).isInstanceOf(PolicyDefinition.RandomActions.class);
    assertThat(driver.policies.get(1)).isInstanceOf(PolicyDefinition.Expert.class);
    assertThat(driver.finish.state().safety().audit().get(0).decision())
        .isEqualTo(Decision.UNCHECKED);
  }

  @Test
  void anAcceptedPolicyThatCrashedDoesNotFlyAgain() {
    LoopDriver.Flight secondCrashes =
        (job, episode) ->
            new EpisodeResult(
                episode, 1, 40, job.policyVersion() == 2 ? End.CRASHED : End.TRUNCATED, "", 0);
    LoopDriver driver =
        run(
            plan(4, Optional.empty(), true, LoopDriver.EXPERT),
            secondCrashes,
            version -> version == 3 || version == 4);

    assertThat(driver.published).containsExactly(1, 2, 3, 4, 5);
    assertThat(driver.policies.subList(2, 4)).hasOnlyElementsOfType(PolicyDefinition.Expert.class);
    assertThat(driver.finish.state().safety().audit())
        .filteredOn(entry -> entry.version() == 3 && entry.decision() == Decision.PUBLISHED)
        .singleElement()
        .extracting(AuditEntry::reason)
        .asString()
        .contains("what flew before crashed");
  }

  @Test
  void everyDecisionIsInTheAuditLog() {
    LoopDriver driver =
        run(
            plan(2, Optional.empty(), true, LoopDriver.EXPERT),
            LoopDriver.whole(40),
            version -> version == 2);

    assertThat(driver.finish.state().safety().audit())
        .extracting(AuditEntry::iteration, AuditEntry::version, AuditEntry::decision)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0, 1, Decision.ACCEPTED),
            org.assertj.core.groups.Tuple.tuple(0, 1, Decision.PUBLISHED),
            org.assertj.core.groups.Tuple.tuple(1, 2, Decision.REFUSED),
            org.assertj.core.groups.Tuple.tuple(1, 2, Decision.PUBLISHED),
            org.assertj.core.groups.Tuple.tuple(2, 3, Decision.ACCEPTED),
            org.assertj.core.groups.Tuple.tuple(2, 3, Decision.PUBLISHED),
            org.assertj.core.groups.Tuple.tuple(2, 3, Decision.SELECTED));
    assertThat(driver.finish.state().safety().audit().get(2).reason()).isEqualTo("crashes: true");
    assertThat(driver.finish.state().safety().audit().get(3).reason()).contains("pi_1 flies again");
  }

  @Test
  void manyRefusalsInARowAreAWarning() {
    LoopDriver driver =
        run(
            plan(12, Optional.empty(), true, LoopDriver.EXPERT),
            LoopDriver.whole(40),
            version -> version > 2 && version != 9);

    // Refused are 3 to 8 (the fifth is 7) and 10 to 13.
    assertThat(driver.warnings)
        .singleElement()
        .asString()
        .contains("5 candidates in a row", "pi_2 flies", "rollout.supervision = envelope");
    assertThat(driver.finish.state().notes()).containsExactlyElementsOf(driver.warnings);
  }

  @Test
  void resumedAfterAnyRowItDecidesTheSame() {
    CampaignPlan plan = plan(7, Optional.of(Rescuer.LAST_ACCEPTED), true, LoopDriver.EXPERT);
    IntPredicate refused = version -> version % 3 == 0;
    LoopDriver whole = run(plan, SOME_RESCUED, refused);
    for (int row = 1; row <= 7; row++) {
      CampaignState state =
          new LoopDriver(plan, CampaignState.EMPTY, SOME_RESCUED, LoopDriver::fitted)
              .refusing(refused)
              .run(row, new SplittableRandom(3))
              .checkpoints
              .get(row - 1);
      LoopDriver resumed =
          new LoopDriver(plan, state, SOME_RESCUED, LoopDriver::fitted)
              .refusing(refused)
              .run(ALL, new SplittableRandom(4));

      assertThat(resumed.finish.state().safety()).isEqualTo(whole.finish.state().safety());
      assertThat(resumed.finish.state().rows())
          .usingRecursiveComparison()
          .ignoringFields("wallSeconds")
          .isEqualTo(whole.finish.state().rows());
    }
  }

  @Test
  void anEnvelopeThatLeavesNoStepEndsTheCampaign() {
    LoopDriver.Flight neverOwn =
        (job, episode) ->
            new EpisodeResult(
                episode,
                1,
                job.supervised() ? 0 : 40,
                End.TRUNCATED,
                "",
                job.supervised() ? 40 : 0);
    LoopDriver driver =
        run(
            plan(3, Optional.of(Rescuer.EXPERT), false, LoopDriver.EXPERT),
            neverOwn,
            version -> false);

    assertThat(driver.failures).singleElement().asString().contains("widen rollout.envelope");
  }

  @Test
  void withoutADemonstratorNobodyCanRescueOrStandIn() {
    ExpertSettings none = LoopDriver.NO_EXPERT;
    for (boolean preflight : List.of(true, false)) {
      assertThatThrownBy(
              () ->
                  new CampaignPlan(
                      "test",
                      1,
                      Strategy.LEARNER_ONLY,
                      0.5,
                      new CampaignSettings(
                          1, 0, 1, 0, FirstPolicy.RANDOM, 0, Double.POSITIVE_INFINITY, 0),
                      new EvaluationSettings(0, 0, 1),
                      none,
                      1,
                      40,
                      true,
                      preflight ? Optional.empty() : Optional.of(Rescuer.EXPERT),
                      preflight,
                      false,
                      DiagnosticsSettings.OFF))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(preflight ? "preflight.kind" : "rollout.supervision")
          .hasMessageContaining("expert.kind = none");
    }
  }
}
