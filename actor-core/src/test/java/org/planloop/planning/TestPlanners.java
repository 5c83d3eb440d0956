package org.planloop.planning;

import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Objective;
import org.planloop.planning.PlannerSettings.Execute;
import org.planloop.planning.PlannerSettings.Kind;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/** Planner settings and problems for tests. */
final class TestPlanners {
  private TestPlanners() {}

  static PlannerSettings settings(Kind kind, int horizon, int population, int rounds) {
    return settings(kind, horizon, population, rounds, Execute.BEST);
  }

  static PlannerSettings settings(
      Kind kind, int horizon, int population, int rounds, Execute execute) {
    return new PlannerSettings(
        kind,
        horizon,
        population,
        rounds,
        Math.max(1, population / 8),
        Math.min(3, population / 8),
        1.25,
        1,
        0.5,
        0.1,
        execute,
        0.05,
        1,
        Propagation.EXPECTATION,
        false,
        0,
        1,
        Device.CPU,
        Precision.FP32);
  }

  /** As many problems as there are rows of {@code starts}. */
  static PlanningProblem problem(
      DynamicsModel model, Objective objective, ActionSpace.Box space, float... starts) {
    return new PlanningProblem(
        model, objective, space, 1, starts.length / model.stateSize(), starts);
  }

  static PlanMemory[] memories(int count) {
    PlanMemory[] memories = new PlanMemory[count];
    for (int g = 0; g < count; g++) {
      memories[g] = new PlanMemory();
    }
    return memories;
  }

  static RandomStream[] streams(int count) {
    RandomStream[] streams = new RandomStream[count];
    for (int g = 0; g < count; g++) {
      streams[g] = new RandomStream(100 + g);
    }
    return streams;
  }
}
