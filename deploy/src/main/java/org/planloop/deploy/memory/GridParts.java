package org.planloop.deploy.memory;

import java.util.Arrays;
import java.util.List;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.StateGrid;

/** What value iteration on a grid holds: rewards, corners and weights of every node and action. */
final class GridParts {
  private GridParts() {}

  static List<Part> of(Environment environment) {
    if (!(environment.objective() instanceof StateGrid grid)
        || !(environment.actions() instanceof ActionSpace.Discrete actions)) {
      return List.of();
    }
    double nodes = Arrays.stream(grid.nodes()).asDoubleStream().reduce(1, (a, b) -> a * b);
    double corners = Math.pow(2, grid.nodes().length);
    Product pairs =
        Product.ONE
            .times(nodes, "nodes of the environment's grid")
            .times(actions.count(), "actions");
    double each = Double.BYTES + corners * (Integer.BYTES + Float.BYTES);
    return List.of(
        Part.of("nodes of the grid", Place.HEAP, pairs.bytes(each))
            .withArray(pairs.times(corners, "corners")));
  }
}
