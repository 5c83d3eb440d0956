package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Simulator;

class LinearizationTest {
  /** x' = x + 0.1 y + y^2 + noise, y' = sin y + 2 a - b + a^2. */
  private record Curved() implements Simulator {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public void start(double[] full, RandomStream random) {}

    @Override
    public void step(double[] full, double[] action, RandomStream random) {
      double y = full[1];
      full[0] += 0.1 * y + y * y + random.nextGaussian();
      full[1] = Math.sin(y) + 2 * action[0] - action[1] + action[0] * action[0];
    }
  }

  @Test
  void centralDifferencesDropEvenTermsAndNoise() {
    ModelParameters.Linear model = Linearization.aboutZero(new Curved(), 2, 2);
    double sine = Math.sin(0.01) / 0.01;
    assertThat(model.stateMatrix()).containsExactly(new double[] {1, 0.1, 0, sine}, offset(1e-12));
    assertThat(model.actionMatrix()).containsExactly(new double[] {0, 0, 2, -1}, offset(1e-12));
  }
}
