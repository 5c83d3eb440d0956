package org.planloop.deploy.bench;

import java.util.concurrent.locks.LockSupport;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;

/** A robot: each step takes a fixed time of waiting and hardly any computing. */
record WaitingRobot(long stepNanos) implements Simulator {
  static final int STEPS = 200;

  Environment environment() {
    return Environment.simulated(
        "waiting-robot",
        StateSpace.of("position", "speed"),
        ActionSpace.Box.symmetric(1, 1),
        STEPS,
        (state, action, next) -> -next[0] * next[0],
        this);
  }

  @Override
  public int size() {
    return 2;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    full[0] = random.nextDouble();
    full[1] = 0;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    long end = System.nanoTime() + stepNanos;
    for (long left = stepNanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    full[1] += 0.005 * action[0];
    full[0] += 0.005 * full[1];
  }
}
