package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All three manoeuvres on three seeds. */
@Timeout(300)
class AerobaticsStudyTest {
  @TempDir Path folder;

  @Test
  void theFusedTargetIsBetterThanTheBestDemonstrationAndIsFlown() {
    Findings findings = StudyRun.of(new AerobaticsStudy(), folder, 3);

    assertThat(findings.claims()).hasSize(6).allMatch(Claim::agrees);
    Table distances = findings.tables().get(0);
    double[] off = distances.where("path", "flown, half and half").numbers("to_fused");
    assertThat(off).hasSize(9);
    assertThat(Arrays.stream(off).max().orElseThrow()).isLessThan(0.25);
    assertThat(findings.figures().get(1).svg()).contains("animate", "tic-toc");
  }
}
