package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.data.Purpose;
import org.planloop.diagnostics.Caution;
import org.planloop.diagnostics.DiagnosticsSettings;
import org.planloop.diagnostics.DiagnosticsSettings.Alarm;
import org.planloop.policy.ExpertSettings;
import org.planloop.protocol.RolloutJob;

class SelfExaminationTest {
  private static CampaignPlan plan(
      ExpertSettings expert, FirstPolicy first, boolean acts, DiagnosticsSettings diagnostics) {
    return new CampaignPlan(
        "test",
        1,
        expert.present() ? Strategy.MIXED : Strategy.LEARNER_ONLY,
        0.5,
        new CampaignSettings(6, 0, 2, 0, first, Double.NaN, Double.POSITIVE_INFINITY, 0),
        new EvaluationSettings(2, 0, 2),
        expert,
        2,
        40,
        true,
        Optional.empty(),
        false,
        acts,
        diagnostics);
  }

  private static CampaignPlan plan(boolean difference, Alarm alarm) {
    return plan(
        LoopDriver.EXPERT,
        FirstPolicy.EXPERT_MODEL,
        true,
        new DiagnosticsSettings(difference, 4, alarm));
  }

  private static LoopDriver driver(CampaignPlan plan, CampaignState state) {
    return new LoopDriver(plan, state, LoopDriver.whole(40), LoopDriver::fitted);
  }

  private static LoopDriver run(CampaignPlan plan) {
    return driver(plan, CampaignState.EMPTY).run(99, new SplittableRandom(1));
  }

  private static List<RolloutJob> diagnosing(LoopDriver driver) {
    return driver.jobs.stream().filter(job -> job.purpose() == Purpose.DIAGNOSE).toList();
  }

  @Test
  void theLearnerFliesInBothWorldsEveryIterationAndTheExpertForRealOnce() {
    LoopDriver driver = run(plan(true, Alarm.OFF));

    assertThat(diagnosing(driver))
        .extracting(RolloutJob::policyVersion)
        .containsExactly(1, 1, 0, 0, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6);
    assertThat(diagnosing(driver)).extracting(RolloutJob::iteration).containsOnly(0);
    assertThat(driver.modelFlights)
        .extracting(Effect.FlyInModel::version)
        .containsExactly(1, 2, 3, 4, 5, 6);
    ProgressRow row = driver.finish.state().rows().get(2);
    Diagnosis found = row.diagnosis().orElseThrow();
    // Whole flights return their policy's version: 3, and 0 for the expert; 100 in the model.
    assertThat(found.gap().mean()).hasValue(3);
    assertThat(found.learnerFit().mean()).hasValue(-0.125);
    assertThat(found.expertFit().mean()).hasValue(100.25);
    assertThat(found.planning().mean().getAsDouble()).isCloseTo(-97.125, within(1e-12));
    assertThat(found.steps()).isEqualTo(40 * (3 * 4 + 4));
    assertThat(row.evalSteps()).as("diagnosis is in no other count").isEqualTo(3 * 2 * 40);
    assertThat(driver.finish.state().notes()).isEmpty();
  }

  @Test
  void aCampaignWithoutDiagnosisFliesNothingForIt() {
    LoopDriver driver = run(plan(false, Alarm.OFF));

    assertThat(diagnosing(driver)).isEmpty();
    assertThat(driver.modelFlights).isEmpty();
    assertThat(driver.finish.state().rows()).allMatch(row -> row.diagnosis().isEmpty());
  }

  @Test
  void theAlarmAloneLeavesTheExpertOnTheGround() {
    LoopDriver driver = run(plan(false, Alarm.WARN));

    assertThat(diagnosing(driver)).noneMatch(job -> job.policyVersion() == 0);
    assertThat(driver.modelFlights).noneMatch(Effect.FlyInModel::expert);
  }

  @Test
  void randomActionsWerePlannedInNoModel() {
    LoopDriver driver =
        run(
            plan(
                LoopDriver.EXPERT,
                FirstPolicy.RANDOM,
                true,
                new DiagnosticsSettings(true, 4, Alarm.OFF)));

    assertThat(driver.modelFlights).extracting(Effect.FlyInModel::version).startsWith(2);
    assertThat(driver.finish.state().rows().get(0).diagnosis()).isEmpty();
    assertThat(driver.finish.state().rows().get(1).diagnosis()).isPresent();
  }

  @Test
  void anExpertThatCannotActLeavesTermsEmptyAndTheSummarySaysWhy() {
    DiagnosticsSettings on = new DiagnosticsSettings(true, 4, Alarm.OFF);
    LoopDriver own = run(plan(LoopDriver.EXPERT, FirstPolicy.RANDOM, false, on));
    assertThat(own.finish.state().notes())
        .singleElement()
        .asString()
        .contains("without its terms")
        .contains("expert.kind = lqr");
    Diagnosis found = own.finish.state().rows().get(1).diagnosis().orElseThrow();
    assertThat(found.learnerFit().mean()).isPresent();
    assertThat(found.expertFit().mean()).isEmpty();

    LoopDriver none = run(plan(LoopDriver.NO_EXPERT, FirstPolicy.RANDOM, false, on));
    assertThat(none.finish.state().notes()).singleElement().asString().contains("no expert");
  }

  @Test
  void theExpertsShareRisesWhileTheAlarmRingsAndFallsAgain() {
    LoopDriver driver =
        driver(plan(false, Alarm.EXPERT_SHARE), CampaignState.EMPTY)
            .promising(version -> version <= 2 ? 50 : -50)
            .run(99, new SplittableRandom(1));

    // pi_1 and pi_2 are promised too much: the fits of T_2 and T_3 lean on the expert.
    assertThat(driver.fits)
        .extracting(Effect.Fit::expertFraction)
        .containsExactly(1.0, 0.6, 0.7, 0.6, 0.5, 0.5, 0.5);
    assertThat(driver.fits).extracting(Effect.Fit::caution).containsOnly(Caution.NONE);
    assertThat(driver.finish.state().rows())
        .extracting(row -> row.diagnosis().orElseThrow().alarmLevel())
        .containsExactly(1, 2, 1, 0, 0, 0);
    assertThat(driver.finish.state().notes())
        .containsExactly(
            "the model promised the learner more than it got (model exploitation) in 2 of 6"
                + " iterations, the first of them 1, the last 2");
  }

  @Test
  void anAlarmThatNeverStopsIsAnsweredWithinBounds() {
    LoopDriver shorter =
        driver(plan(false, Alarm.HORIZON), CampaignState.EMPTY)
            .promising(version -> 50)
            .run(99, new SplittableRandom(1));
    assertThat(shorter.fits)
        .extracting(fit -> fit.caution().horizonShare())
        .containsExactly(1.0, 0.8, 0.6, 1 - 3 / 5.0, 1 - 4 / 5.0, 1 - 4 / 5.0, 1 - 4 / 5.0);
    assertThat(shorter.fits.subList(1, 7)).extracting(Effect.Fit::expertFraction).containsOnly(0.5);

    LoopDriver wary =
        driver(plan(false, Alarm.DISAGREEMENT), CampaignState.EMPTY)
            .promising(version -> 50)
            .run(99, new SplittableRandom(1));
    assertThat(wary.fits)
        .extracting(fit -> fit.caution().disagreement())
        .containsExactly(0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.0);
  }

  @Test
  void aWarningChangesNothing() {
    LoopDriver driver =
        driver(plan(false, Alarm.WARN), CampaignState.EMPTY)
            .promising(version -> 50)
            .run(99, new SplittableRandom(1));

    assertThat(driver.fits).extracting(Effect.Fit::caution).containsOnly(Caution.NONE);
    assertThat(driver.fits.subList(1, 7)).extracting(Effect.Fit::expertFraction).containsOnly(0.5);
    assertThat(driver.finish.state().notes()).singleElement().asString().contains("6 of 6");
    assertThat(driver.finish.state().rows().get(0).diagnosis().orElseThrow().warning())
        .hasValueSatisfying(
            text -> assertThat(text).contains("promises the learner 51.13, it gets 1"));
  }

  @Test
  void neitherOrderNorAnInterruptionChangesWhatIsFound() {
    CampaignPlan plan = plan(true, Alarm.EXPERT_SHARE);
    LoopDriver whole =
        driver(plan, CampaignState.EMPTY)
            .promising(version -> version % 3 == 0 ? -50 : 50)
            .run(99, new SplittableRandom(1));
    for (int row = 1; row <= 6; row++) {
      CampaignState state =
          driver(plan, CampaignState.EMPTY)
              .promising(version -> version % 3 == 0 ? -50 : 50)
              .run(row, new SplittableRandom(2))
              .checkpoints
              .get(row - 1);
      LoopDriver resumed =
          driver(plan, state)
              .promising(version -> version % 3 == 0 ? -50 : 50)
              .run(99, new SplittableRandom(3));

      assertThat(resumed.finish.state().rows())
          .usingRecursiveComparison()
          .ignoringFields("wallSeconds")
          .isEqualTo(whole.finish.state().rows());
      assertThat(resumed.fits).isEqualTo(whole.fits.subList(row + 1, whole.fits.size()));
      assertThat(resumed.finish.state().notes()).isEqualTo(whole.finish.state().notes());
    }
  }
}
