package org.planloop.deploy.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How rollouts scale with workers where a step is waiting and not computing: 1, 4, 16 and 64
 * workers on four nodes, a robot of 5 ms a step, a linear policy, every row confirmed.
 */
final class FleetBenchmark implements Benchmark {
  private static final long STEP_NANOS = 5_000_000;
  private static final int NODES = 4;

  /** Episodes of each worker in one repeat. */
  private static final int EPISODES = 3;

  @Override
  public String name() {
    return "fleet";
  }

  @Override
  public String title() {
    return "robots of 5 ms a step: 1, 4, 16 and 64 workers on four nodes, against the ideal";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    List<Measurement> all = new ArrayList<>();
    for (int workers : new int[] {1, 4, 16, 64}) {
      setting.progress().accept("robots of 5 ms a step, " + workers + " workers");
      try (RobotFleet fleet =
          new RobotFleet(
              setting.scratch().resolve("fleet-" + workers),
              new WaitingRobot(STEP_NANOS),
              NODES,
              workers)) {
        double steps = (double) workers * EPISODES * WaitingRobot.STEPS;
        all.add(
            Measurement.rate(
                "fleet-" + workers,
                "steps/s",
                steps,
                setting.stopwatch().time(() -> fleet.fly(workers * EPISODES)),
                new Reference("the ideal", workers * 1e9 / STEP_NANOS)));
      }
    }
    return all;
  }
}
