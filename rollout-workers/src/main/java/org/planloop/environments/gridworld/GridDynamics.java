package org.planloop.environments.gridworld;

import org.planloop.data.RandomStream;
import org.planloop.environment.Simulator;

/**
 * Moves on a map; nothing is random.
 *
 * @param next the cell that follows, shape [states, actions]
 * @param start where every episode starts
 */
record GridDynamics(int[][] next, int start) implements Simulator {
  static GridDynamics of(GridMap map) {
    int[][] next = new int[map.states()][GridMap.ACTIONS];
    for (int state = 0; state < next.length; state++) {
      for (int action = 0; action < GridMap.ACTIONS; action++) {
        next[state][action] = map.next(state, action);
      }
    }
    return new GridDynamics(next, map.find('S'));
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public void start(double[] full, RandomStream random) {
    full[0] = start;
  }

  @Override
  public void step(double[] full, double[] action, RandomStream random) {
    full[0] = next[(int) full[0]][(int) action[0]];
  }
}
