package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.report.Quantiles;

/** Two seeds of a glimpse: who promises too much, and who keeps what it promises. */
class MountainCarStudyTest {
  @TempDir Path scratch;

  private static double median(Table returns, String strategy, String column) {
    return Quantiles.median(returns.where("strategy", strategy).numbers(column));
  }

  @Test
  void theExpertsDataAlonePromisesTooMuchAndTheMixtureMuchLess() {
    Findings findings = StudyRun.of(new MountainCarStudy(), scratch, 2);
    Table returns = findings.tables().get(0);
    double promised = median(returns, "EXPERT_ONLY", "return_in_model");
    double real = median(returns, "EXPERT_ONLY", "return");
    assertThat(promised).isBetween(-110.0, -30.0);
    assertThat(promised - real).isGreaterThan(50);
    double mixedPromised = median(returns, "MIXED", "return_in_model");
    double mixedReal = median(returns, "MIXED", "return");
    assertThat(mixedReal).isGreaterThan(real);
    assertThat(Math.abs(mixedPromised - mixedReal)).isLessThan((promised - real) / 2);
    assertThat(Arrays.stream(findings.tables().get(1).numbers("return")).boxed())
        .allMatch(value -> value >= -130 && value <= -100);
    assertThat(findings.figures().get(0).svg()).contains("in its own model", "given up");
  }
}
