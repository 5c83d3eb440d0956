package org.planloop.preflight;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.diagnostics.EpisodeStarts;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.policy.Policy;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;

/** Flies a policy in a second simulator, hidden state and noise included; keeps no row. */
final class SimulatorFlights {
  private final Environment simulator;
  private final double discount;

  /**
   * @param discount factor a step in the returns
   */
  SimulatorFlights(Environment simulator, double discount) {
    this.simulator = simulator;
    this.discount = discount;
  }

  /** Whole episodes side by side, the same ones for every policy. */
  List<EpisodeResult> fly(Policy policy, long seed, int episodes) {
    try (VectorEnvironment copies = simulator.open(episodes)) {
      RandomStream[] noise = streams(seed, episodes, "environment");
      for (int slot = 0; slot < episodes; slot++) {
        copies.reset(slot, noise[slot]);
      }
      return fly(policy.begin(streams(seed, episodes, "policy")), copies);
    }
  }

  private static RandomStream[] streams(long seed, int episodes, String use) {
    return EpisodeStarts.streams(seed, Purpose.PREFLIGHT, 0, 0, episodes, use);
  }

  private List<EpisodeResult> fly(Policy.Session session, VectorEnvironment copies) {
    int count = copies.count();
    boolean[] active = new boolean[count];
    Arrays.fill(active, true);
    EpisodeResult[] results = new EpisodeResult[count];
    double[] returns = new double[count];
    double[] actions = new double[count * simulator.actions().size()];
    StepResult stepped = new StepResult(count, simulator.states().size());
    double weight = 1;
    int left = count;
    for (int step = 1; left > 0; step++) {
      session.act(active, copies.states().clone(), actions);
      copies.step(active, actions, stepped);
      for (int slot = 0; slot < count; slot++) {
        if (active[slot]) {
          String failure = stepped.failures[slot];
          returns[slot] += failure == null ? weight * stepped.rewards[slot] : 0;
          End end = end(stepped, slot, step);
          if (end != null) {
            active[slot] = false;
            left--;
            results[slot] =
                new EpisodeResult(
                    slot, returns[slot], step, end, failure == null ? "" : failure, 0);
          }
        }
      }
      weight *= discount;
    }
    return new ArrayList<>(Arrays.asList(results));
  }

  private @Nullable End end(StepResult stepped, int slot, int step) {
    if (stepped.failures[slot] != null) {
      return End.FAILED;
    }
    if (stepped.terminated[slot]) {
      return simulator.objective().terminationIsCrash() ? End.CRASHED : End.TERMINATED;
    }
    return stepped.truncated[slot] || step >= simulator.maxSteps() ? End.TRUNCATED : null;
  }
}
