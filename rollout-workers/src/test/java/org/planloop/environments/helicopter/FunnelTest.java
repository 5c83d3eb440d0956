package org.planloop.environments.helicopter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.expert.Experts;
import org.planloop.planning.Lqr;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/** The funnel against its measured numbers, docs/helicopter-trajectories.md. */
class FunnelTest {
  private static final PolicyDefinition.Expert EXPERT =
      new PolicyDefinition.Expert("ilqr", 0, Map.of());

  private static Environment funnel(double sigma) {
    return Environments.bundled().create(Funnel.NAME, Map.of("sigma", sigma));
  }

  @Test
  void theTrueDynamicsPlanFliesTheMeasuredFunnel() {
    Environment environment = funnel(0);
    Policy expert = Experts.bundled().open(EXPERT, environment);
    VectorEnvironment copy = environment.open(1);
    StepResult result = new StepResult(1, TrackingDynamics.OBSERVED);
    boolean[] active = {true};
    double[] action = new double[4];
    copy.reset(0, new RandomStream(0));
    Policy.Session session = expert.begin(new RandomStream[] {new RandomStream(0)});
    double cost = 0;
    double distance = 0;
    double farthest = 0;
    double tilt = 0;
    for (int t = 0; t < Funnel.STEPS; t++) {
      session.act(active, copy.states(), action);
      copy.step(active, action, result);
      cost -= result.rewards[0];
      double off = length(result.nextStates, HoverDynamics.POSITION, 3);
      distance += off / Funnel.STEPS;
      farthest = Math.max(farthest, off);
      if (t == 300) {
        tilt = 2 * Math.asin(length(result.nextStates, HoverDynamics.ATTITUDE, 2));
      }
    }
    assertThat(result.truncated[0]).isTrue();
    assertThat(cost).isCloseTo(45.47, within(0.05));
    assertThat(distance).isCloseTo(0.063, within(0.001));
    assertThat(farthest).isCloseTo(0.82, within(0.01));
    assertThat(Math.toDegrees(tilt)).isCloseTo(38.7, within(0.1));
  }

  private static double length(double[] values, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i] * values[i];
    }
    return Math.sqrt(sum);
  }

  @Test
  void underNoiseThePlanCostsWhatWasMeasured() {
    Environment environment = funnel(0.1);
    Policy expert = Experts.bundled().open(EXPERT, environment);
    // 46.57 with a standard deviation of 0.15 an episode.
    assertThat(Episodes.mean(Episodes.returns(environment, expert, 50)))
        .isCloseTo(-46.57, within(0.1));
  }

  @Test
  void anErrorStateIsEmbeddedAsItIsObserved() {
    TrackingDynamics dynamics =
        TrackingDynamics.fromHover(new HoverDynamics(0, 2), Funnel.target());
    RandomStream random = new RandomStream(3);
    for (int step : new int[] {0, 99, 100, 333, 600}) {
      double[] state = new double[TrackingDynamics.OBSERVED];
      for (int i = 0; i < TrackingDynamics.ONE; i++) {
        state[i] = 0.3 * random.nextGaussian();
      }
      state[TrackingDynamics.ONE] = 1;
      state[TrackingDynamics.TIME] = step;
      double[] full = new double[dynamics.size()];
      double[] observed = new double[TrackingDynamics.OBSERVED];
      dynamics.embed(state, full);
      dynamics.observe(full, observed);
      assertThat(observed).containsExactly(state, within(1e-12));
    }
  }

  @Test
  void inTheInitialModelTheWorldStandsStillAndTheBestCommandIsNone() {
    ModelParameters.TimeVaryingLinear model =
        (ModelParameters.TimeVaryingLinear) new FunnelModels().models().get("integrator");
    TargetTrajectory target = Funnel.target();
    int size = TrackingDynamics.OBSERVED;
    int[] steps = {0, 99, 100, 300, 499, 500, 599};
    for (int t : steps) {
      int row = (t * size + HoverDynamics.POSITION) * size + TrackingDynamics.ONE;
      double[] a = model.stateMatrices();
      double shift = Math.hypot(a[row], a[row + size]);
      double[] here = target.points()[t];
      double[] after = target.points()[t + 1];
      assertThat(shift).isCloseTo(Math.hypot(after[3] - here[3], after[4] - here[4]), within(1e-9));
    }
    double[] gains = Lqr.timeVarying(model, TrackingObjective.FUNNEL, 1, Funnel.STEPS);
    for (double gain : gains) {
      assertThat(gain).isCloseTo(0, within(1e-12));
    }
  }

  @Test
  void theTargetMovesAsItsVelocityAndRateSay() {
    TargetTrajectory target = Funnel.target();
    for (int t = 101; t < 499; t++) {
      double[] before = target.points()[t - 1];
      double[] here = target.points()[t];
      double[] after = target.points()[t + 1];
      for (int i = 0; i < 3; i++) {
        double moved = (after[3 + i] - before[3 + i]) / (2 * HoverDynamics.STEP);
        assertThat(moved).isCloseTo(here[i], within(0.005));
      }
      double[] turned = new double[3];
      Attitude.difference(
          before, TargetTrajectory.ATTITUDE, after, TargetTrajectory.ATTITUDE, turned, 0);
      assertThat(turned[2]).isCloseTo(here[8] * HoverDynamics.STEP, within(1e-3));
      double north = -here[3] / 5;
      double east = -here[4] / 5;
      // The nose points at the centre.
      assertThat(Attitude.north(here, TargetTrajectory.ATTITUDE, 1, 0, 0))
          .isCloseTo(north, within(1e-12));
      assertThat(Attitude.east(here, TargetTrajectory.ATTITUDE, 1, 0, 0))
          .isCloseTo(east, within(1e-12));
    }
  }
}
