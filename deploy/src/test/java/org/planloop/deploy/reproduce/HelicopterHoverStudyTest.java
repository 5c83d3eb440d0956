package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The published relations on few seeds and short campaigns. */
@Timeout(300)
class HelicopterHoverStudyTest {
  @TempDir Path folder;

  @Test
  void everyBatchArmCrashesUnderDelayAndHalfAndHalfDoesNot() {
    Findings findings = StudyRun.of(new HelicopterHoverStudy(), folder, 2);

    assertThat(findings.claims()).isNotEmpty().allMatch(Claim::agrees);
    Table last = findings.tables().get(1);
    assertThat(last.where("delay", 1).where("arm", "batch nu_en").numbers("last_crashed"))
        .containsOnly(1);
    assertThat(last.where("delay", 1).where("arm", "MIXED nu_en").numbers("last_crashed"))
        .containsOnly(0);
    assertThat(findings.figures().get(0).svg()).startsWith("<svg").contains("MIXED nu_en");
  }
}
