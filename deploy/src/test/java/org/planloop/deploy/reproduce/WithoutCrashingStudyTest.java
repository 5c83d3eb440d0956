package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The measured relations on one seed and short campaigns. */
@Timeout(600)
class WithoutCrashingStudyTest {
  @TempDir Path folder;

  private static double sum(Table table, String column) {
    return Arrays.stream(table.numbers(column)).sum();
  }

  @Test
  void halfTheLimitsKeepTheLearnerInTheAirAndTooNarrowOnesStarveIt() {
    StudySetting setting = StudyRun.setting(folder, 1);
    Table flown = SafetyFlights.envelopes(setting, "envelopes", 1, 15);
    Table half = flown.where("envelope", SafetyFlights.HALF);
    Table free = flown.where("envelope", SafetyFlights.NONE);
    Table narrow = flown.where("envelope", SafetyFlights.NARROW);

    assertThat(sum(free, "crashes")).isGreaterThan(20);
    assertThat(sum(half, "crashes")).isLessThanOrEqualTo(1);
    assertThat(sum(narrow, "crashes")).isZero();
    assertThat(sum(free, "interventions")).isZero();
    assertThat(sum(narrow, "interventions")).isGreaterThan(0.9 * sum(narrow, "steps"));
    Table expertOnly = flown.where("envelope", SafetyFlights.EXPERT_ONLY).where("delay", 1);
    assertThat(expertOnly.numbers("final_crashed")).containsOnly(1);
    assertThat(narrow.where("delay", 1).numbers("final_crashed")).containsOnly(1);
  }

  @Test
  void aStrictSimulatorRefusesEverythingAndAnEnvelopeHelpsTheCheck() {
    StudySetting setting = StudyRun.setting(folder, 1);
    Table flown = SafetyFlights.preflights(setting, "preflights", 1, 10);
    Table strict = flown.where("check", SafetyFlights.STRICT);

    assertThat(sum(strict, "refused")).isEqualTo(sum(strict, "episodes") + strict.rows().size());
    assertThat(sum(strict, "crashes")).isZero();
    assertThat(sum(flown.where("check", SafetyFlights.OFF), "refused")).isZero();
    assertThat(sum(flown.where("check", SafetyFlights.BOOTSTRAP), "refused")).isPositive();
    assertThat(sum(flown.where("check", SafetyFlights.BOTH), "crashes"))
        .isLessThan(sum(flown.where("check", SafetyFlights.OFF), "crashes"));
  }

  @Test
  void claimsAndFiguresComeFromTheTables() {
    Table.Rows envelopes =
        Table.of(
            "e",
            "delay",
            "expert",
            "envelope",
            "seed",
            "episodes",
            "crashes",
            "interventions",
            "steps",
            "refused",
            "final_cost",
            "final_crashed");
    for (int delay = 0; delay < 2; delay++) {
      for (String noise : SafetyFlights.NOISES) {
        for (String width : SafetyFlights.WIDTHS) {
          int crashes = width.equals(SafetyFlights.NONE) ? 25 : 0;
          envelopes.add(delay, noise, width, 0, 50, crashes, 0, 100, 0, 60.0 + crashes, 0);
        }
      }
    }
    Table.Rows preflights =
        Table.of(
            "p",
            "expert",
            "check",
            "seed",
            "episodes",
            "crashes",
            "interventions",
            "steps",
            "refused",
            "final_cost",
            "final_crashed");
    for (String noise : SafetyFlights.NOISES) {
      for (String check : SafetyFlights.CHECKS) {
        int refused = check.equals(SafetyFlights.STRICT) ? 21 : 3;
        int crashes = check.equals(SafetyFlights.BOOTSTRAP) ? 2 : 0;
        preflights.add(noise, check, 0, 20, crashes, 0, 100, refused, 70.0, 0);
      }
    }
    Table.Rows rail =
        Table.of(
            "r",
            "strategy",
            "envelope",
            "seed",
            "episodes",
            "crashes",
            "interventions",
            "steps",
            "refused",
            "final_cost",
            "final_crashed");
    for (org.planloop.campaign.Strategy strategy : SafetyFlights.RAIL_STRATEGIES) {
      for (String width : SafetyFlights.RAIL_WIDTHS) {
        int crashes = width.equals(SafetyFlights.NONE) ? 4 : 1;
        rail.add(strategy, width, 0, 6, crashes, 0, 100, 0, -170.0, 0);
      }
    }
    WithoutCrashingFindings findings =
        new WithoutCrashingFindings(envelopes.done(), preflights.done(), rail.done());

    assertThat(findings.claims(false)).hasSize(4).allMatch(Claim::agrees);
    assertThat(findings.claims(false).get(0).found()).startsWith("0 against 100");
    assertThat(findings.text())
        .contains("crashed 100 times", "0 times. The four", "(21 of 21 candidates)")
        .contains("crashed 4 times in 6 unsupervised episodes and 1 times in 6");
    assertThat(findings.envelopeFigure()).startsWith("<svg").contains("0.15", "nu_en");
    assertThat(findings.preflightFigure()).startsWith("<svg").contains("bootstrap");
  }
}
