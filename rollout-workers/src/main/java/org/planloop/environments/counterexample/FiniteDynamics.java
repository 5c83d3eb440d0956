package org.planloop.environments.counterexample;

import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Simulator;

/**
 * A finite MDP that is stepped: the next state is drawn from its row by inverse distribution, one
 * random number a step.
 *
 * @param table the transition probabilities
 * @param startState where every episode starts
 */
record FiniteDynamics(ModelParameters.Tabular table, int startState) implements Simulator {
  @Override
  public int size() {
    return 1;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    full[0] = startState;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    full[0] = table.draw((int) full[0], (int) action[0], random);
  }
}
