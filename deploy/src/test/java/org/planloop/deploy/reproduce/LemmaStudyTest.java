package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The identity, the exact terms, and who is to blame on few seeds. */
@Timeout(300)
class LemmaStudyTest {
  @TempDir Path folder;

  @Test
  void theTermsCloseAndEachStrategyFailsByATermOfItsOwn() {
    Findings findings = StudyRun.of(new LemmaStudy(), folder, 2);

    assertThat(findings.claims()).isNotEmpty().allMatch(Claim::agrees);
    Table finite = findings.tables().get(1);
    Table pessimist = finite.where("arm", "LEARNER_ONLY from M2");
    assertThat(pessimist.numbers("expert_fit")).containsOnly(new double[] {-8.1}, within(1e-12));
    assertThat(pessimist.numbers("lazy_expert_fit"))
        .containsOnly(new double[] {-8.1}, within(1e-12));
    assertThat(finite.where("arm", "MIXED from M1").numbers("gap"))
        .startsWith(new double[] {-18.1}, within(1e-12));
    assertThat(findings.figures().get(0).svg())
        .startsWith("<svg")
        .contains("fit on learner data", "fit on expert data", "planner", "real difference");
  }
}
