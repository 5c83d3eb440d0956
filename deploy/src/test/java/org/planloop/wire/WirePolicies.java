package org.planloop.wire;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.planloop.data.NamedTensor;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.StateSpace;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/** A small policy of every kind, and a planned one of every kind of model, as broadcasts carry. */
final class WirePolicies {
  private static final PlannerSettings PLANNER =
      new PlannerSettings(
          PlannerSettings.Kind.CEM,
          12,
          40,
          3,
          8,
          2,
          1.25,
          2.0,
          0.3,
          0.1,
          PlannerSettings.Execute.BEST,
          0.05,
          4,
          Propagation.TS_INFINITY,
          true,
          0.5,
          1,
          Device.AUTO,
          Precision.FP32);

  private WirePolicies() {}

  static List<ModelParameters> models() {
    return List.of(
        ModelParameters.Tabular.deterministic(new int[][] {{1, 0}, {0, 1}}),
        new ModelParameters.Linear(2, 1, new double[] {1, 0.1, 0, 1}, new double[] {0, 1}),
        new ModelParameters.TimeVaryingLinear(
            2, 1, 1, new double[] {1, 2, 3, 4, 5, 6, 7, 8}, new double[] {1, 2, 3, 4}),
        new ModelParameters.Ensemble(
            new EnsembleArchitecture(
                StateSpace.of("x", "theta~"), 1, 2, List.of(1), List.of(3, 4), true, false, true),
            List.of(
                new NamedTensor("w1", new long[] {1, 2}, new float[] {0.1f, 0.2f}),
                new NamedTensor("b0", new long[0], new float[] {-1}))),
        new ModelParameters.Truth());
  }

  static List<PolicyDefinition> definitions() {
    return Stream.<PolicyDefinition>concat(
            Stream.of(
                new PolicyDefinition.RandomActions(),
                new PolicyDefinition.Tabular(new int[] {2, 0, 1}),
                new PolicyDefinition.Gridded(
                    new double[] {-1, 2},
                    new double[] {1, 5},
                    new int[] {2, 3},
                    new int[] {0, 2, 1, 1, 0, 2}),
                new PolicyDefinition.LinearFeedback(3, 2, new double[] {1, 2, 3, 4, 5, 6}),
                new PolicyDefinition.TimeVaryingFeedback(2, 1, 7, new double[] {1, 2, 3, 4}),
                new PolicyDefinition.Expert("lqr", 0, Map.of()),
                new PolicyDefinition.Expert(
                    "mpc",
                    0.5,
                    Map.of("a", 1, "b", 1.0, "c", true, "d", "text", "e", List.of(1, 2.5)))),
            models().stream().map(model -> new PolicyDefinition.Planned(model, PLANNER, 0.9)))
        .toList();
  }
}
