package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The measured plan in the truth, and the relations between the arms on one seed. */
@Timeout(300)
class HelicopterFunnelStudyTest {
  @TempDir Path folder;

  @Test
  void theLoopFliesTheFunnelBeforeAnyBatchFitDoes() {
    Findings findings = StudyRun.of(new HelicopterFunnelStudy(), folder, 1);

    assertThat(findings.claims()).hasSizeGreaterThan(6).allMatch(Claim::agrees);
    Table best = findings.tables().get(1);
    assertThat(best.where("arm", "MIXED nu_en").numbers("best_cost")[0]).isLessThan(60);
    assertThat(best.where("arm", "batch nu_e").numbers("best_cost")[0]).isGreaterThan(1000);
    assertThat(best.where("arm", "LEARNER_ONLY").numbers("best_cost")[0]).isGreaterThan(1000);
    assertThat(findings.figures().get(1).svg()).contains("animate", "MIXED nu_en");
  }
}
