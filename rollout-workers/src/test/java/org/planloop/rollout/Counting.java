package org.planloop.rollout;

import java.util.Map;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.policy.Policy;
import org.planloop.protocol.RolloutJob;

/**
 * An environment whose every number can be told on paper: the state counts the steps from a random
 * whole start, the reward of a step is the new count, noise adds a random number to a second
 * dimension. It terminates when the count reaches {@code end}.
 */
final class Counting {
  static final int MAX_STEPS = 10;

  private Counting() {}

  static Environment environment(int end, Map<Integer, RuntimeException> failures) {
    Simulator simulator =
        new Simulator() {
          @Override
          public int size() {
            return 2;
          }

          @Override
          public void start(double[] full, RandomStream random) {
            full[0] = 0;
            full[1] = random.nextInt(1000);
          }

          @Override
          public void step(double[] full, double[] action, RandomStream random) {
            full[0] += 1;
            full[1] += random.nextInt(1000);
            RuntimeException failure = failures.get((int) full[0]);
            if (failure != null) {
              throw failure;
            }
          }
        };
    Objective objective =
        new Objective() {
          @Override
          public double reward(double[] state, double[] action, double[] next) {
            return next[0];
          }

          @Override
          public boolean terminated(double[] state, double[] action, double[] next) {
            return next[0] >= end;
          }
        };
    return Environment.simulated(
        "counting",
        StateSpace.of("count", "noise"),
        ActionSpace.Box.symmetric(1, 1),
        MAX_STEPS,
        objective,
        simulator);
  }

  static Environment environment(int end) {
    return environment(end, Map.of());
  }

  /** Acts with a random number of its own stream, far outside the bounds every third step. */
  static Policy policy() {
    return random ->
        (active, states, actions) -> {
          for (int slot = 0; slot < active.length; slot++) {
            if (active[slot]) {
              double draw = random[slot].nextDouble();
              actions[slot] = states[2 * slot] % 3 == 2 ? 100 : draw;
            }
          }
        };
  }

  static RolloutJob job(int firstEpisode, int episodes, int maxSteps, int keepRows) {
    return new RolloutJob(
        org.planloop.data.Purpose.COLLECT,
        1,
        0,
        0,
        1,
        7,
        firstEpisode,
        episodes,
        maxSteps,
        keepRows);
  }
}
