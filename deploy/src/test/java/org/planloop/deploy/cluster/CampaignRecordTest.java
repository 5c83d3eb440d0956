package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.campaign.ProgressRow;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.report.RunFolder;

class CampaignRecordTest {
  @TempDir private Path folder;

  private static ProgressRow row(int i, double mean, double best, OptionalDouble ci95) {
    return new ProgressRow(
        i,
        200L * i,
        0,
        0,
        i,
        OptionalDouble.of(mean),
        ci95,
        OptionalDouble.of(best),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        i,
        0,
        0,
        1,
        0,
        false,
        0,
        0,
        0,
        Map.of(),
        Optional.empty());
  }

  @Test
  void theBestReturnIsToldWithTheIntervalOfTheIterationThatHadIt() throws IOException {
    Experiment experiment =
        new ExperimentReader(TestCluster.PARTS)
            .read("cartpole-swingup", ExperimentReader.Overrides.NONE);
    try (RunFolder run =
        RunFolder.create(folder.resolve("run"), experiment, InstantSource.system())) {
      CampaignRecord record = new CampaignRecord(experiment, run, task -> {}, () -> 0, row -> {});
      assertThat(record.standing("c", 0, 0).bestReturn()).isEmpty();
      record.row(row(1, 5, 5, OptionalDouble.of(0.5)));
      record.row(row(2, 3, 5, OptionalDouble.of(2)));
      assertThat(record.standing("c", 0, 0).bestReturn()).contains(5.0);
      assertThat(record.standing("c", 0, 0).bestReturnCi95()).contains(0.5);
      record.row(row(3, 7, 7, OptionalDouble.empty()));
      assertThat(record.standing("c", 0, 0).bestReturnCi95()).isEmpty();
      record.begin(List.of(row(1, 5, 5, OptionalDouble.of(0.5))), List.of());
      assertThat(record.standing("c", 0, 0).bestReturnCi95()).contains(0.5);
      record.begin(List.of(), List.of());
      assertThat(record.standing("c", 0, 0).bestReturn()).isEmpty();
    }
  }
}
