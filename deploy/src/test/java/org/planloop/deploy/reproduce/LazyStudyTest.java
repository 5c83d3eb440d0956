package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relations on few seeds and short campaigns. */
@Timeout(300)
class LazyStudyTest {
  @TempDir Path folder;

  @Test
  void lazyPlanningReachesTheExpertForAFractionOfTheCost() {
    Findings findings = StudyRun.of(new LazyStudy(), folder, 2);

    assertThat(findings.claims()).isNotEmpty().allMatch(Claim::agrees);
    assertThat(findings.tables().get(0).values("planner")).containsExactly("full", "lazy");
    Table flights = findings.tables().get(1);
    assertThat(Arrays.stream(flights.where("planner", "lazy-lqr").numbers("rounds")).min())
        .hasValue(10);
    assertThat(findings.figures().get(0).svg()).startsWith("<svg").contains("lazy-lqr");
  }
}
