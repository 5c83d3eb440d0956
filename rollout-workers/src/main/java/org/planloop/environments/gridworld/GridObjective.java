package org.planloop.environments.gridworld;

import org.planloop.environment.Objective;

/** Entering the trophy pays 10, death -10, the dollar 1; each of them ends the episode. */
record GridObjective(GridMap map, double[] pays, boolean[] ends) implements Objective {
  static GridObjective of(GridMap map) {
    double[] pays = new double[map.states()];
    boolean[] ends = new boolean[map.states()];
    for (int state = 0; state < pays.length; state++) {
      ends[state] = map.ends(state);
      pays[state] =
          switch (map.symbol(state)) {
            case 'T' -> 10;
            case 'x' -> -10;
            case '$' -> 1;
            default -> 0;
          };
    }
    return new GridObjective(map, pays, ends);
  }

  @Override
  public double reward(double[] state, double[] action, double[] next) {
    return next[0] == state[0] ? 0 : pays[(int) next[0]];
  }

  @Override
  public boolean terminated(double[] state, double[] action, double[] next) {
    return ends[(int) next[0]];
  }
}
