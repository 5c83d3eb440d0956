package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two grid worlds and the counterexample: everything in them is exact. */
class GridStudiesTest {
  @TempDir Path scratch;

  @Test
  void inTheShortCutTheExpertsDataAloneKills() {
    Findings findings = StudyRun.of(new ShortcutStudy(), scratch, 1);
    assertThat(findings.claims()).hasSize(5).allMatch(Claim::agrees);
    Table flights = findings.tables().get(0);
    Table expertOnly = flights.where("strategy", "EXPERT_ONLY");
    assertThat(expertOnly.values("path")).containsExactly("6 11");
    assertThat(expertOnly.values("path_in_model")).containsExactly("6 13");
    assertThat(flights.where("strategy", "MIXED").where("iteration", 6).values("path"))
        .containsExactly("6 7 8 13");
    // What is believed wrongly is the short cut alone, and MIXED corrects it at once.
    Table beliefs = findings.tables().get(1);
    assertThat(wrong(beliefs, "EXPERT_ONLY", 6)).isEqualTo(1);
    assertThat(wrong(beliefs, "MIXED", 1)).isEqualTo(1);
    assertThat(wrong(beliefs, "MIXED", 2)).isZero();
  }

  private static int wrong(Table beliefs, String strategy, int iteration) {
    Table at = beliefs.where("strategy", strategy).where("iteration", iteration);
    double[] believed = at.numbers("believed");
    double[] truth = at.numbers("true");
    int count = 0;
    for (int i = 0; i < believed.length; i++) {
      count += believed[i] == truth[i] ? 0 : 1;
    }
    return count;
  }

  @Test
  void theOneDollarKeepsTheLearnersDataAloneAndTheCounterexampleIsExact() {
    Findings findings = StudyRun.of(new OneDollarStudy(), scratch, 1);
    assertThat(findings.claims()).hasSize(10).allMatch(Claim::agrees);
    Table counterexample = findings.tables().get(2);
    assertThat(counterexample.where("arm", "EXPERT_ONLY from M1").numbers("return"))
        .containsOnly(-10);
    assertThat(counterexample.where("arm", "LEARNER_ONLY from M2").numbers("return"))
        .containsOnly(1);
    assertThat(counterexample.where("arm", "LEARNER_ONLY from M1").numbers("return"))
        .containsExactly(-10, 1, 1, 1, 1);
    assertThat(counterexample.where("arm", "MIXED from M1").numbers("return"))
        .containsExactly(new double[] {-10, 8.1, 8.1, 8.1, 8.1}, within(1e-12));
    assertThat(counterexample.where("arm", "MIXED from M2").numbers("return"))
        .containsExactly(new double[] {1, -10, 8.1, 8.1, 8.1}, within(1e-12));
    assertThat(findings.figures().get(0).svg())
        .contains("LEARNER_ONLY", "one dollar", "repeatCount=\"indefinite\"");
  }
}
