package org.planloop.policy;

import org.planloop.data.RandomStream;

/** The action of the grid's node that is nearest to the state, the corners' beyond the grid. */
record GriddedPolicy(PolicyDefinition.Gridded grid) implements Policy {
  @Override
  public Session begin(RandomStream[] random) {
    int dimensions = grid.nodes().length;
    return (active, states, actions) -> {
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          actions[g] = grid.actions()[nearest(states, g * dimensions)];
        }
      }
    };
  }

  private int nearest(double[] states, int offset) {
    int node = 0;
    for (int d = 0; d < grid.nodes().length; d++) {
      int last = grid.nodes()[d] - 1;
      double share = (states[offset + d] - grid.low()[d]) / (grid.high()[d] - grid.low()[d]);
      int index = (int) Math.rint(Math.min(1, Math.max(0, share)) * last);
      node = node * (last + 1) + index;
    }
    return node;
  }
}
