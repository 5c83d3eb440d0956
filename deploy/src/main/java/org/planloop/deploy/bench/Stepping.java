package org.planloop.deploy.bench;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;

/** Copies of an environment with actions in a box, flown for an episode with random ones. */
final class Stepping implements Runnable, AutoCloseable {
  private final ActionSpace.Box box;
  private final int copies;
  private final int episode;
  private final VectorEnvironment environment;
  private final RandomStream random = new RandomStream(1);
  private final double[] actions;
  private final boolean[] active;
  private final StepResult result;

  Stepping(Environment environment, int copies) {
    this.box = (ActionSpace.Box) environment.actions();
    this.copies = copies;
    this.episode = environment.maxSteps();
    this.environment = environment.open(copies);
    this.actions = new double[copies * box.size()];
    this.active = new boolean[copies];
    this.result = new StepResult(copies, environment.states().size());
    Arrays.fill(active, true);
  }

  /** Steps of one run, all copies together. */
  double steps() {
    return (double) copies * episode;
  }

  /** Flies one episode; a copy that ends begins anew. */
  @Override
  public void run() {
    for (int slot = 0; slot < copies; slot++) {
      environment.reset(slot, random.split());
    }
    for (int step = 0; step < episode; step++) {
      for (int i = 0; i < actions.length; i++) {
        int a = i % box.size();
        actions[i] = random.nextDouble(box.low()[a], box.high()[a]);
      }
      environment.step(active, actions, result);
      for (int slot = 0; slot < copies; slot++) {
        if (result.terminated[slot]) {
          environment.reset(slot, random.split());
        }
      }
    }
  }

  @Override
  public void close() {
    environment.close();
  }
}
