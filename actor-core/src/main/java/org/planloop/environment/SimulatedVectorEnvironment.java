package org.planloop.environment;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/** Copies of a simulated system. Steps without allocation; the arithmetic is double throughout. */
final class SimulatedVectorEnvironment implements VectorEnvironment {
  private final Environment environment;
  private final Simulator simulator;
  private final Objective objective;
  private final int stateSize;
  private final int actionSize;
  private final double[][] full;
  private final RandomStream[] random;
  private final int[] steps;
  private final double[] states;
  private final double[] state;
  private final double[] action;
  private final double[] next;

  private record Saved(double[] full, RandomStream random, int step) implements SavedState {}

  SimulatedVectorEnvironment(Environment environment, Simulator simulator, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one copy: " + count);
    }
    this.environment = environment;
    this.simulator = simulator;
    this.objective = environment.objective();
    this.stateSize = environment.states().size();
    this.actionSize = environment.actions().size();
    this.full = new double[count][simulator.size()];
    this.random = new RandomStream[count];
    for (int i = 0; i < count; i++) {
      random[i] = new RandomStream(i);
    }
    this.steps = new int[count];
    this.states = new double[count * stateSize];
    this.state = new double[stateSize];
    this.action = new double[actionSize];
    this.next = new double[stateSize];
  }

  @Override
  public int count() {
    return full.length;
  }

  @Override
  public void reset(int slot, RandomStream stream) {
    random[slot].copyFrom(stream);
    Arrays.fill(full[slot], 0);
    simulator.start(full[slot], random[slot]);
    begin(slot, 0);
  }

  @Override
  public void resetTo(int slot, double[] target, RandomStream stream) {
    random[slot].copyFrom(stream);
    Arrays.fill(full[slot], 0);
    simulator.embed(target, full[slot]);
    begin(slot, 0);
  }

  private void begin(int slot, int step) {
    steps[slot] = step;
    simulator.observe(full[slot], next);
    System.arraycopy(next, 0, states, slot * stateSize, stateSize);
  }

  @Override
  public double[] states() {
    return states;
  }

  @Override
  public void step(boolean[] active, double[] actions, StepResult result) {
    for (int slot = 0; slot < full.length; slot++) {
      if (active[slot]) {
        result.failures[slot] = null;
        try {
          stepSlot(slot, actions, result);
        } catch (RuntimeException e) {
          // A user's environment may throw anything; its episode fails, the other slots go on.
          result.failures[slot] = e.toString();
        }
      }
    }
  }

  private void stepSlot(int slot, double[] actions, StepResult result) {
    System.arraycopy(states, slot * stateSize, state, 0, stateSize);
    System.arraycopy(actions, slot * actionSize, action, 0, actionSize);
    environment.actions().clip(action, 0);
    simulator.step(full[slot], action, random[slot]);
    simulator.observe(full[slot], next);
    boolean terminated = objective.terminated(state, action, next);
    double reward = objective.reward(state, action, next);
    steps[slot]++;
    if (terminated) {
      reward += objective.terminalReward(environment.maxSteps() - steps[slot]);
    }
    if (!finite(next) || !Double.isFinite(reward)) {
      result.failures[slot] =
          "state or reward is not finite at step "
              + steps[slot]
              + ": "
              + Arrays.toString(next)
              + ", reward "
              + reward;
      return;
    }
    System.arraycopy(next, 0, states, slot * stateSize, stateSize);
    System.arraycopy(next, 0, result.nextStates, slot * stateSize, stateSize);
    result.rewards[slot] = reward;
    result.terminated[slot] = terminated;
    result.truncated[slot] = !terminated && steps[slot] >= environment.maxSteps();
  }

  private static boolean finite(double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public SavedState save(int slot) {
    return new Saved(full[slot].clone(), random[slot].copy(), steps[slot]);
  }

  @Override
  public void restore(int slot, SavedState saved) {
    if (!(saved instanceof Saved own) || own.full.length != full[slot].length) {
      throw new IllegalArgumentException(
          "the saved state comes from another kind of environment: " + saved.getClass().getName());
    }
    System.arraycopy(own.full, 0, full[slot], 0, full[slot].length);
    random[slot].copyFrom(own.random);
    begin(slot, own.step);
  }

  @Override
  public void close() {}
}
