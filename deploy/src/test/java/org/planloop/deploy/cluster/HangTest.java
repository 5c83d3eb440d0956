package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HangTest {
  private static Campaigning.Standing campaign(String phase, String reason, int waiting) {
    return new Campaigning.Standing(
        "hover",
        "hover",
        phase,
        reason,
        3,
        10,
        500,
        Optional.empty(),
        Optional.empty(),
        waiting,
        0,
        130,
        List.of(),
        List.of(),
        "");
  }

  private static Campaigning.WorkerStanding worker(String campaign, double flying, double silent) {
    return new Campaigning.WorkerStanding(
        "planloop@10.0.0.7:25520/worker-0", campaign, "COLLECT-3/0@v3", flying, 100, 5, silent);
  }

  @Test
  void aMissingShardIsNamed() {
    Hang hang = Hang.of(campaign("WAITING_FOR_REPLAY", "no answer from shard-1", 0), List.of());
    assertThat(hang.cause()).contains("no answer from shard-1", "start its node again");
    assertThat(hang.text()).contains("waits since 130 s");
  }

  @Test
  void withoutWorkersJobsWaitForOne() {
    assertThat(Hang.of(campaign("RUNNING", "", 4), List.of()).cause()).contains("--roles worker");
    assertThat(Hang.of(campaign("RUNNING", "", 4), List.of()).waits())
        .contains("4 jobs wait for a worker");
    assertThat(Hang.of(campaign("RUNNING", "", 4), List.of(worker("other", 5, 0))).cause())
        .contains("add workers");
  }

  @Test
  void aWorkerThatFliesTooLongIsToldFromOneThatIsSilent() {
    Hang slow = Hang.of(campaign("RUNNING", "", 0), List.of(worker("hover", 120, 0.3)));
    assertThat(slow.cause()).contains("10.0.0.7:25520/worker-0", "hangs");
    assertThat(slow.nodes()).containsExactly("planloop@10.0.0.7:25520");
    assertThat(slow.waits().get(1)).contains("COLLECT-3/0@v3 waits for", "given out 120 s ago");
    Hang silent = Hang.of(campaign("RUNNING", "", 0), List.of(worker("hover", 120, 60)));
    assertThat(silent.cause()).contains("cut off or stands still");
  }

  @Test
  void whereNobodyFliesItIsTheTrainer() {
    Hang hang = Hang.of(campaign("RUNNING", "", 0), List.of(worker("", 0, 0.2)));
    assertThat(hang.cause()).contains("trainer's node computes");
    assertThat(hang.nodes()).isEmpty();
  }
}
