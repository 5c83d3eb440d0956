package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.Provenance;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreIdentity;
import org.planloop.torch.Precision;

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
  void aPolicyReachesEveryWorkerAndEveryNodeOnce() {
    Config tls = NodeActors.mutualTls(folder);
    try (BroadcastNodes nodes = new BroadcastNodes(3, 4, tls)) {
      // Returns only when all have it.
      nodes.broadcast(new PolicyDefinition.RandomActions());
      nodes.broadcast(new PolicyDefinition.RandomActions());
      assertThat(nodes.broadcasts()).isEqualTo(2);
      assertThat(nodes.received())
          .isEqualTo(
              3L
                  * (bytes(new PolicySnapshot(1, new PolicyDefinition.RandomActions()))
                      + bytes(new PolicySnapshot(2, new PolicyDefinition.RandomActions()))));
    }
  }

  private static long bytes(PolicySnapshot snapshot) {
    return PolicyCodec.toBytes(snapshot).length;
  }

  @Test
  void theLimitsArePositive() {
    MachineLimits limits = MachineLimits.measure(new Stopwatch(System::nanoTime, 0, 1));

    assertThat(
            List.of(
                limits.flops(), limits.flopsAllCores(), limits.readBytes(), limits.socketBytes()))
        .allMatch(limit -> limit > 0 && Double.isFinite(limit));
    assertThat(List.of(limits.bf16Flops(), limits.bf16FlopsAllCores()))
        .allMatch(limit -> limit >= 0 && Double.isFinite(limit));
    assertThat(limits.bf16Flops() > 0).isEqualTo(Precision.processorMultipliesBfloat16());
    assertThat(limits.bf16FlopsAllCores() > 0).isEqualTo(limits.multiplyBf16());
  }
}
