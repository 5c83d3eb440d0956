package org.planloop.environments.helicopter;

import java.util.Map;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.StatedModels;

/**
 * The initial model of the funnel: in the world everything stays as it is, a command adds to the
 * controls, and the target moves on. Seen from the target the world then moves by what is known of
 * the task alone; what the helicopter does is left to be learned. Planned in it, the best command
 * is none.
 */
public final class FunnelModels implements StatedModels {
  private static final double DIFFERENCE = 1e-4;

  @Override
  public String environment() {
    return Funnel.NAME;
  }

  @Override
  public Map<String, ModelParameters> models() {
    return Map.of(
        "integrator",
        stays(TrackingDynamics.fromHover(new HoverDynamics(0, 0), Funnel.target()), Funnel.STEPS));
  }

  /** What is seen from the target where the world stands still. */
  static ModelParameters.TimeVaryingLinear stays(TrackingDynamics dynamics, int steps) {
    int size = TrackingDynamics.OBSERVED;
    double[] stateMatrices = new double[steps * size * size];
    double[] actionMatrices = new double[steps * size * 4];
    double[] state = new double[size];
    for (int t = 0; t < steps; t++) {
      state[TrackingDynamics.ONE] = 1;
      state[TrackingDynamics.TIME] = t;
      double[] still = shifted(dynamics, state);
      int matrix = t * size * size;
      for (int j = 0; j < TrackingDynamics.ONE; j++) {
        state[j] = DIFFERENCE;
        double[] above = shifted(dynamics, state);
        state[j] = -DIFFERENCE;
        double[] below = shifted(dynamics, state);
        state[j] = 0;
        for (int i = 0; i < TrackingDynamics.ONE; i++) {
          stateMatrices[matrix + i * size + j] = (above[i] - below[i]) / (2 * DIFFERENCE);
        }
      }
      for (int i = 0; i < TrackingDynamics.ONE; i++) {
        stateMatrices[matrix + i * size + TrackingDynamics.ONE] = still[i];
      }
      stateMatrices[matrix + TrackingDynamics.ONE * size + TrackingDynamics.ONE] = 1;
      stateMatrices[matrix + TrackingDynamics.TIME * size + TrackingDynamics.ONE] = 1;
      stateMatrices[matrix + TrackingDynamics.TIME * size + TrackingDynamics.TIME] = 1;
      for (int i = 0; i < 4; i++) {
        actionMatrices[(t * size + HoverDynamics.CONTROLS + i) * 4 + i] = 1;
      }
    }
    return new ModelParameters.TimeVaryingLinear(
        size, 4, TrackingDynamics.TIME, stateMatrices, actionMatrices);
  }

  private static double[] shifted(TrackingDynamics dynamics, double[] state) {
    double[] full = new double[dynamics.size()];
    double[] seen = new double[state.length];
    dynamics.embed(state, full);
    full[dynamics.size() - 1]++;
    dynamics.observe(full, seen);
    return seen;
  }
}
