package org.planloop.environments.gridworld;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.StatedModels;
import org.planloop.environment.Environment;

/**
 * What may be believed of a grid before anything was tried. Walls and arrows are on the map, so a
 * blocked move is known to stay put; where a free move leads is not known:
 *
 * <ul>
 *   <li>{@code optimistic}: straight to the trophy;
 *   <li>{@code pessimistic}: nowhere, it stays put;
 *   <li>{@code dollar}: nowhere, except on to a dollar beside it, which has been seen.
 * </ul>
 */
public final class GridModels implements StatedModels {
  @Override
  public String environment() {
    return "gridworld";
  }

  @Override
  public Map<String, ModelParameters> models() {
    return models(GridMap.of("shortcut"));
  }

  @Override
  public Map<String, ModelParameters> models(Environment environment) {
    return models(((GridObjective) environment.objective()).map());
  }

  private static Map<String, ModelParameters> models(GridMap map) {
    int trophy = map.find('T');
    Map<String, ModelParameters> models = new LinkedHashMap<>();
    models.put("optimistic", model(map, (from, to) -> trophy));
    models.put("pessimistic", model(map, (from, to) -> from));
    models.put("dollar", model(map, (from, to) -> map.symbol(to) == '$' ? to : from));
    return Collections.unmodifiableMap(models);
  }

  /**
   * @param belief where a free move leads, given where it starts and where it really leads
   */
  private static ModelParameters.Tabular model(GridMap map, IntBinaryOperator belief) {
    int[][] next = new int[map.states()][GridMap.ACTIONS];
    for (int state = 0; state < next.length; state++) {
      for (int action = 0; action < GridMap.ACTIONS; action++) {
        next[state][action] =
            map.open(state, action) ? belief.applyAsInt(state, map.next(state, action)) : state;
      }
    }
    return ModelParameters.Tabular.deterministic(next);
  }
}
