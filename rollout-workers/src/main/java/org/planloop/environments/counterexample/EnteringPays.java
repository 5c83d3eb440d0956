package org.planloop.environments.counterexample;

import org.planloop.environment.Objective;

/** The reward belongs to the place that is entered; the end ends the episode. */
record EnteringPays() implements Objective {
  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return Place.pay(next[0]);
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return next[0] == Place.END;
  }
}
