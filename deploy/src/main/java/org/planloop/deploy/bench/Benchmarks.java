package org.planloop.deploy.bench;

import java.util.List;
import java.util.Optional;

/** The benchmarks, in the order of the loop. */
public final class Benchmarks {
  private Benchmarks() {}

  /** All of them. */
  public static List<Benchmark> all() {
    return List.of(
        new RolloutBenchmark(),
        new ReplayBenchmark(),
        new FittingBenchmark(),
        new LinearBenchmark(),
        new PlanningBenchmark(),
        new RemoteReplayBenchmark(),
        new FleetBenchmark(),
        new BroadcastBenchmark(),
        new StartBenchmark(),
        new CampaignBenchmark());
  }

  /** The benchmark of that name. */
  public static Optional<Benchmark> named(String name) {
    return all().stream().filter(benchmark -> benchmark.name().equals(name)).findFirst();
  }
}
