package org.planloop.environments.helicopter;

import java.util.Map;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.StatedModels;

/**
 * The initial model of Ross and Bagnell (2012): everything stays as it is, and a command adds to
 * the controls. Planned in it, the best command is none.
 */
public final class HoverModels implements StatedModels {
  @Override
  public String environment() {
    return "helicopter-hover";
  }

  @Override
  public Map<String, ModelParameters> models() {
    int size = HoverDynamics.OBSERVED;
    double[] stays = new double[size * size];
    for (int i = 0; i < size; i++) {
      stays[i * size + i] = 1;
    }
    double[] adds = new double[size * 4];
    for (int i = 0; i < 4; i++) {
      adds[(HoverDynamics.CONTROLS + i) * 4 + i] = 1;
    }
    return Map.of("integrator", new ModelParameters.Linear(size, 4, stays, adds));
  }
}
