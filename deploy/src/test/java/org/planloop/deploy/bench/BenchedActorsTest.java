package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.Provenance;
import org.planloop.policy.PolicyDefinition;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;

/** What is timed is what it says it is. */
@Timeout(180)
class BenchedActorsTest {
  @TempDir Path folder;

  @Test
  void everyTransitionOfTheWorkersIsInTheReplayFiles() throws IOException {
    double flown;
    try (WorkerPath path = new WorkerPath("pendulum", folder, 2)) {
      path.run();
      path.run();
      flown = 2 * path.transitions();
    }
    try (ReplayStore store = ReplayStore.open(folder, new StoreIdentity("bench", 2, 1), 1 << 28)) {
      assertThat((double) store.rows(Provenance.LEARNER)).isEqualTo(flown);
    }
  }

  @Test
  void aPolicyReachesEveryWorkerOfTheOtherNode() {
    try (TwoNodes nodes = new TwoNodes(8)) {
      // Returns only when all have it.
      nodes.broadcast(new PolicyDefinition.RandomActions());
      nodes.broadcast(new PolicyDefinition.RandomActions());
      assertThat(nodes.broadcasts()).isEqualTo(2);
    }
  }

  @Test
  void theLimitsArePositive() {
    MachineLimits limits = MachineLimits.measure(new Stopwatch(System::nanoTime, 0, 1));

    assertThat(
            List.of(
                limits.flops(),
                limits.flopsAllCores(),
                limits.bf16Flops(),
                limits.bf16FlopsAllCores(),
                limits.readBytes(),
                limits.socketBytes()))
        .allMatch(limit -> limit > 0 && Double.isFinite(limit));
  }
}
