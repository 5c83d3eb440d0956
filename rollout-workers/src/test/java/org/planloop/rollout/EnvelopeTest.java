package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.protocol.Rescuer;
import org.planloop.rollout.EnvelopeSettings.RescuerSteps;

class EnvelopeTest {
  private static final Environment HOVER =
      Environments.bundled().create("helicopter-hover", Map.of());

  static EnvelopeSettings settings(double fraction, String... limits) {
    return new EnvelopeSettings(
        fraction, List.of(limits), Double.NaN, Rescuer.EXPERT, 0, RescuerSteps.DROPPED);
  }

  /** Two states; the second is zero but for {@code value} in one dimension. */
  private static boolean outside(EnvelopeSettings settings, int dimension, double value) {
    double[] states = new double[2 * 21];
    states[21 + dimension] = value;
    Envelope envelope = Envelope.of(settings, HOVER);
    assertThat(envelope.outside(states, 0)).isFalse();
    return envelope.outside(states, 1);
  }

  @Test
  void theHelicoptersLimitsAreShared() {
    int[] dimensions = {11, 17, 14, 8}; // north, q_x, p, v_north
    double[] limits = {10, 0.7, 3, 6};
    for (int i = 0; i < limits.length; i++) {
      assertThat(outside(settings(0.5), dimensions[i], -0.499 * limits[i])).isFalse();
      assertThat(outside(settings(0.5), dimensions[i], 0.501 * limits[i])).isTrue();
      assertThat(outside(settings(1), dimensions[i], 0.501 * limits[i])).isFalse();
    }
  }

  @Test
  void aGroupIsBoundedByItsNorm() {
    double[] states = new double[21];
    states[11] = 3;
    states[12] = 4;
    assertThat(Envelope.of(settings(0, "north, east, down < 5"), HOVER).outside(states, 0))
        .as("on the bound")
        .isFalse();
    assertThat(Envelope.of(settings(0, "north,east,down<4.99"), HOVER).outside(states, 0)).isTrue();
    assertThat(Envelope.of(settings(0, "north < 3.5", "down < 1"), HOVER).outside(states, 0))
        .isFalse();
  }

  @Test
  void aStateThatIsNoNumberIsOutside() {
    assertThat(outside(settings(1), 14, Double.NaN)).isTrue();
  }

  @Test
  void badLimitsAreNamed() {
    assertThatThrownBy(() -> settings(0, "north > 5"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("rollout.envelope.limits = north > 5")
        .hasMessageContaining("x < 2");
    assertThatThrownBy(() -> settings(0, "north < -5")).hasMessageContaining("positive number");
    assertThatThrownBy(() -> settings(0, ", < 5")).hasMessageContaining("names of dimensions");
    assertThatThrownBy(() -> settings(1.5)).hasMessageContaining("rollout.envelope.fraction = 1.5");
    assertThatThrownBy(() -> Envelope.of(settings(0, "nroth < 5"), HOVER))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("nroth")
        .hasMessageContaining("north");
    assertThatThrownBy(() -> Envelope.of(settings(0), HOVER))
        .hasMessageContaining("limits nothing");
    assertThatThrownBy(() -> Envelope.of(settings(0.5), Counting.environment(9)))
        .hasMessageContaining("counting states no limits")
        .hasMessageContaining("\"count < 2\"");
  }

  @Test
  void onlyTheExpertsRescuesAreExpertData() {
    assertThatThrownBy(
            () ->
                new EnvelopeSettings(
                    0.5, List.of(), Double.NaN, Rescuer.LAST_ACCEPTED, 0, RescuerSteps.EXPERT_DATA))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("rollout.envelope.rescuer-steps");
  }
}
