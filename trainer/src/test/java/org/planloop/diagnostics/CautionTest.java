package org.planloop.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.diagnostics.DiagnosticsSettings.Alarm;
import org.planloop.dynamics.Propagation;
import org.planloop.planning.PlannerSettings;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

class CautionTest {
  private static PlannerSettings planner(int particles, Propagation propagation) {
    return new PlannerSettings(
        PlannerSettings.Kind.ICEM,
        12,
        64,
        4,
        10,
        3,
        1.25,
        2,
        0.5,
        0.1,
        PlannerSettings.Execute.BEST,
        0.1,
        particles,
        propagation,
        false,
        0,
        1,
        Device.CPU,
        Precision.FP32);
  }

  @Test
  void cautionShortensPlansAndRaisesThePenalty() {
    PlannerSettings careful =
        new Caution(0.4, 1.5).apply(planner(5, Propagation.TS_INFINITY).withDisagreement(0.25));

    assertThat(careful)
        .isEqualTo(planner(5, Propagation.TS_INFINITY).withHorizon(5).withDisagreement(1.75));
    assertThat(new Caution(0.01, 0).apply(planner(1, Propagation.EXPECTATION)).horizon())
        .isEqualTo(1);
    assertThat(Caution.NONE.apply(planner(1, Propagation.EXPECTATION)))
        .isEqualTo(planner(1, Propagation.EXPECTATION));
  }

  @Test
  void aPenaltyNeedsParticlesThatDiffer() {
    assertThatThrownBy(() -> planner(5, Propagation.EXPECTATION).withDisagreement(1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("planner.disagreement = 1")
        .hasMessageContaining("ts-infinity");
    assertThatThrownBy(() -> planner(1, Propagation.TS1).withDisagreement(1))
        .isInstanceOf(InvalidInputException.class);
  }

  @Test
  void levelsGoUpAndDownWithinTheirBounds() {
    AlarmLevel level = new AlarmLevel(0);
    assertThat(level.next(false)).isEqualTo(level);
    for (int i = 0; i < 9; i++) {
      level = level.next(true);
    }
    assertThat(level.level()).isEqualTo(AlarmLevel.HIGHEST);
    assertThat(level.expertFraction(Alarm.EXPERT_SHARE, 0.5)).isEqualTo(0.9);
    assertThat(level.expertFraction(Alarm.HORIZON, 0.5)).isEqualTo(0.5);
    assertThat(level.next(false).level()).isEqualTo(3);
  }

  @Test
  void anAlarmNeedsAnInterval() {
    assertThatThrownBy(() -> new DiagnosticsSettings(false, 1, Alarm.WARN))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("diagnostics.episodes = 1");
  }
}
