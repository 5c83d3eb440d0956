package org.planloop.environments.helicopter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.expert.Experts;
import org.planloop.expert.Linearization;
import org.planloop.planning.Lqr;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

class HoverTest {
  private static final int S = HoverDynamics.OBSERVED;
  private static final RandomStream UNUSED = new RandomStream(0);
  private static final HoverObjective OBJECTIVE = new HoverObjective();

  private static Environment hover(double sigma, int delay) {
    return Environments.bundled()
        .create("helicopter-hover", Map.of("sigma", sigma, "delay", delay));
  }

  private static ModelParameters.Linear linear() {
    return Linearization.aboutZero(new HoverDynamics(0, 0), S, 4);
  }

  private static Policy expert(Environment environment) {
    return Experts.bundled().open(new PolicyDefinition.Expert("lqr", 0, Map.of()), environment);
  }

  @Test
  void theTrimIsTheMeasuredOne() {
    assertThat(HoverDynamics.trimControls())
        .containsExactly(new double[] {0.006515, 0.001629, 0.009367, 0.400125}, offset(5e-7));
    assertThat(Math.toDegrees(HoverDynamics.TRIM_ROLL)).isCloseTo(3.331, within(5e-4));
  }

  @Test
  void inTrimWithoutNoiseNothingMoves() {
    HoverDynamics dynamics = new HoverDynamics(0, 2);
    double[] full = new double[dynamics.size()];
    dynamics.start(full, UNUSED);
    double[] before = full.clone();
    for (int i = 0; i < 100; i++) {
      dynamics.step(full, new double[4], UNUSED);
    }
    assertThat(full).containsExactly(before, offset(1e-12));
  }

  @Test
  void theClosedLoopOfTheExpertHasTheMeasuredSpectralRadius() {
    ModelParameters.Linear model = linear();
    double[] gain = Lqr.infiniteHorizon(model, OBJECTIVE, 1);
    DMatrixRMaj closed = new DMatrixRMaj(S, S, true, model.stateMatrix().clone());
    for (int row = 0; row < S; row++) {
      for (int column = 0; column < S; column++) {
        for (int k = 0; k < 4; k++) {
          closed.add(row, column, -model.actionMatrix()[row * 4 + k] * gain[k * S + column]);
        }
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(S, false);
    assertThat(eigen.decompose(closed)).isTrue();
    double radius = 0;
    for (int i = 0; i < S; i++) {
      radius = Math.max(radius, eigen.getEigenvalue(i).getMagnitude());
    }
    assertThat(radius).isCloseTo(0.975, within(5e-4));
  }

  /** Both means are over 1,000 seeds with a standard error of half a percent: three of both. */
  @ParameterizedTest
  @CsvSource({"0.1, 0, 0.461", "1, 0, 48.7", "1, 1, 62.4", "1, 2, 101"})
  void theExpertCostsWhatWasMeasured(double sigma, int delay, double cost) {
    double[] returns = Episodes.returns(hover(sigma, delay), expert(hover(sigma, delay)), 1_000);
    assertThat(-Episodes.mean(returns)).isCloseTo(cost, within(0.02 * cost));
  }

  @Test
  void theExpertSurvivesDelayTwoAndDivergesAtFour() {
    Policy expert = expert(hover(1, 0));
    assertThat(Arrays.stream(Episodes.returns(hover(1, 2), expert, 100)).min().orElseThrow())
        .isGreaterThan(-500);
    assertThat(Arrays.stream(Episodes.returns(hover(1, 4), expert, 100)).max().orElseThrow())
        .isLessThan(-1000);
  }

  @Test
  void aCommandIsAppliedSoManyStepsLater() {
    HoverDynamics dynamics = new HoverDynamics(0, 2);
    double[] full = new double[dynamics.size()];
    double[] state = new double[S];
    dynamics.start(full, UNUSED);
    double[] seen = new double[4];
    for (int step = 0; step < 4; step++) {
      dynamics.step(full, new double[] {0, 0, 0, step == 0 ? 0.1 : 0}, UNUSED);
      dynamics.observe(full, state);
      seen[step] = state[HoverDynamics.CHANGE + 3];
    }
    assertThat(seen).containsExactly(0, 0, 0.1, 0);
    assertThat(state[HoverDynamics.CONTROLS + 3]).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void embeddingInvertsObserving() {
    RandomStream random = new RandomStream(4);
    HoverDynamics dynamics = new HoverDynamics(1, 0);
    double[] full = new double[dynamics.size()];
    dynamics.start(full, random);
    for (int i = 0; i < 60; i++) {
      dynamics.step(full, new double[] {0.01, -0.01, 0.02, 0}, random);
    }
    double[] state = new double[S];
    dynamics.observe(full, state);
    double[] again = new double[dynamics.size()];
    dynamics.embed(state, again);
    // q and -q are the same attitude.
    double sign = Math.signum(full[HoverDynamics.ATTITUDE + 3] * again[HoverDynamics.ATTITUDE + 3]);
    for (int i = HoverDynamics.ATTITUDE; i < HoverDynamics.QUEUE; i++) {
      again[i] *= sign;
    }
    assertThat(again).containsExactly(full, offset(1e-12));
  }

  @Test
  void theAttitudeStaysAUnitQuaternion() {
    RandomStream random = new RandomStream(4);
    HoverDynamics dynamics = new HoverDynamics(1, 0);
    double[] full = new double[dynamics.size()];
    dynamics.start(full, random);
    double square = 0;
    for (int i = 0; i < 400; i++) {
      dynamics.step(full, new double[4], random);
    }
    for (int i = HoverDynamics.ATTITUDE; i < HoverDynamics.QUEUE; i++) {
      square += full[i] * full[i];
    }
    assertThat(square).isCloseTo(1, within(1e-12));
  }

  @Test
  void leavingTenMetresOrTheAttitudeCrashesAndEachStepCutOffCostsFifteen() {
    double[] state = new double[S];
    double[] action = new double[4];
    double[] next = new double[S];
    next[HoverDynamics.POSITION] = 6;
    next[HoverDynamics.POSITION + 1] = 8;
    assertThat(OBJECTIVE.terminated(state, action, next)).isFalse();
    next[HoverDynamics.POSITION + 2] = 0.1;
    assertThat(OBJECTIVE.terminated(state, action, next)).isTrue();
    double[] tilted = new double[S];
    tilted[HoverDynamics.ATTITUDE + 1] = -0.701;
    assertThat(OBJECTIVE.terminated(state, action, tilted)).isTrue();
    assertThat(OBJECTIVE.terminalReward(20)).isEqualTo(-300);
    assertThat(OBJECTIVE.terminationIsCrash()).isTrue();
  }

  @Test
  void theCostIsTheStatedOne() {
    double[] next = new double[S];
    next[HoverDynamics.CONTROLS] = 100;
    next[HoverDynamics.CHANGE + 2] = 0.1;
    next[HoverDynamics.VELOCITY] = 2;
    next[HoverDynamics.POSITION + 1] = 3;
    next[HoverDynamics.RATES + 2] = 0.5;
    next[HoverDynamics.ATTITUDE] = 0.2;
    next[S - 1] = 1;
    assertThat(OBJECTIVE.reward(new double[S], new double[4], next))
        .isCloseTo(-0.05 * (10 + 4 + 9 + 0.25 + 0.04), within(1e-12));
  }

  @Test
  void inTheInitialModelTheBestCommandIsNone() {
    ModelParameters.Linear integrator =
        (ModelParameters.Linear) new HoverModels().models().get("integrator");
    assertThat(Lqr.infiniteHorizon(integrator, OBJECTIVE, 1)).containsOnly(0.0);
  }
}
