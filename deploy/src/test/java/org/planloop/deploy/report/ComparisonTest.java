package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.Strategy;

class ComparisonTest {
  private static final Build BUILD = new Build("1", Optional.empty());

  @TempDir Path folder;

  private static Comparison.Run run(Strategy strategy, long seed, int rows) {
    return new Comparison.Run(
        strategy,
        seed,
        new RunData(
            strategy + "-" + seed,
            Map.of(),
            ProgressTable.of(Rows.rows(rows)),
            Optional.of(SummaryJson.of(Rows.summary(rows), BUILD)),
            Optional.empty()));
  }

  private final Comparison comparison =
      new Comparison(
          "cartpole-swingup",
          List.of(
              run(Strategy.MIXED, 0, 3),
              run(Strategy.MIXED, 1, 2),
              run(Strategy.EXPERT_ONLY, 0, 3)));

  @Test
  void everyRowOfEveryRunIsThere() throws Exception {
    comparison.write(folder);

    List<String> rows = Files.readAllLines(folder.resolve("compare.csv"));
    List<String> summaries = Files.readAllLines(folder.resolve("summary.csv"));

    assertThat(rows).hasSize(1 + 3 + 2 + 3);
    assertThat(rows.get(0)).startsWith("strategy,seed,iteration,env_steps,");
    assertThat(rows.get(4)).startsWith("MIXED,1,1,200,200,400,1.5,46.25,,46.25,");
    assertThat(summaries).hasSize(4);
    assertThat(summaries.get(0))
        .startsWith("strategy,seed,env_steps,wall_s,iterations,best_iteration,best_return_mean,");
    assertThat(summaries.get(3)).startsWith("EXPERT_ONLY,0,600,12.346,3,3,180.083");
    assertThat(Files.readString(folder.resolve("compare.svg")))
        .contains("MIXED", "EXPERT_ONLY", "median and quartiles of 2 seeds", "expert")
        .doesNotContain("NaN", "Infinity");
  }

  @Test
  void theTableHasOneLineAStrategy() {
    assertThat(comparison.table()).hasSize(3);
    assertThat(comparison.table().get(1)).startsWith("MIXED").contains("180.08 ± 0.00");
    assertThat(comparison.json().path("strategies")).hasSize(2);
  }

  @Test
  void quantilesInterpolate() {
    double[] sorted = {1, 2, 3, 4};

    assertThat(Quantiles.of(sorted, 0.5)).isEqualTo(2.5);
    assertThat(Quantiles.of(sorted, 0.25)).isEqualTo(1.75);
    assertThat(Quantiles.of(sorted, 1)).isEqualTo(4);
    assertThat(Quantiles.of(new double[0], 0.5)).isNaN();
  }
}
