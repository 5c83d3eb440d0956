package org.planloop.dynamics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.torch.Device;

class EnsembleDisagreementTest {
  private static final StateSpace STATES = StateSpace.of("x", "v");

  private static final Environment PLAIN =
      Environment.simulated(
          "plain",
          STATES,
          ActionSpace.Box.symmetric(1, 1),
          10,
          (Objective) (state, action, next) -> 0,
          new Simulator() {
            @Override
            public int size() {
              return 2;
            }

            @Override
            public void start(double[] full, RandomStream random) {}

            @Override
            public void step(double[] full, double[] action, RandomStream random) {}
          });

  /** Members that say, whatever the state, that x changes by {@code change}, v not at all. */
  private static double[] disagreement(List<Integer> elites, double outputStd, float... change) {
    EnsembleArchitecture a =
        new EnsembleArchitecture(STATES, 1, change.length, elites, List.of(4), false, false, false);
    EnsembleWeights w = RandomEnsembles.zero(a);
    for (int e = 0; e < change.length; e++) {
      w.biases()[1][e * 2] = (float) (change[e] / outputStd);
    }
    w.outputStd()[0] = (float) outputStd;
    try (EnsembleDisagreement measure =
        new EnsembleDisagreement(w.toParameters(), PLAIN, 1, Device.CPU)) {
      return measure.measure(2, new float[] {0, 0, 5, -3}, new float[] {0.5f, -1});
    }
  }

  @Test
  void itIsTheSpreadBetweenMembersInTypicalChanges() {
    // +2 and -2 spread by 2, in typical changes of 4 by a half; over two dimensions, one of which
    // nobody disagrees about, by sqrt((0.5^2 + 0) / 2).
    assertThat(disagreement(List.of(0, 1), 4, 2, -2)[0]).isCloseTo(Math.sqrt(0.125), within(1e-6));
    assertThat(disagreement(List.of(0, 1, 2), 1, 0, 3, 6)[1]).isCloseTo(Math.sqrt(3), within(1e-5));
  }

  @Test
  void membersThatAgreeOrDoNotPredictPlayNoPart() {
    assertThat(disagreement(List.of(0, 1, 2), 1, 7, 7, 7)[0]).isCloseTo(0, within(1e-6));
    assertThat(disagreement(List.of(0, 2), 1, 7, -100, 7)[0]).isCloseTo(0, within(1e-6));
  }
}
