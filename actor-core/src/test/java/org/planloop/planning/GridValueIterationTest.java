package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.Objective;
import org.planloop.environment.StateGrid;

class GridValueIterationTest {
  /** What a model predicts of one step. */
  private interface Step {
    void write(float[] state, float action, float[] next);
  }

  private record OneStep(int stateSize, Step step) implements DynamicsModel {
    @Override
    public int actionSize() {
      return 1;
    }

    @Override
    public Rollouts rollout(RolloutRequest request) {
      assertThat(request.horizon()).isEqualTo(1);
      int s = stateSize;
      float[] states = new float[request.problems() * request.plans() * s];
      float[] from = new float[s];
      float[] to = new float[s];
      for (int plan = 0; plan < request.problems() * request.plans(); plan++) {
        System.arraycopy(request.starts(), plan / request.plans() * s, from, 0, s);
        step.write(from, request.actions()[plan], to);
        System.arraycopy(to, 0, states, plan * s, s);
      }
      return new Rollouts(states, null, null);
    }

    @Override
    public void close() {}
  }

  private record Grid(double[] low, double[] high, int[] nodes) implements StateGrid {}

  /** -1 a step until 4 is reached. */
  private static final Objective REACH_FOUR =
      new Objective() {
        @Override
        public double reward(double[] state, double[] action, double[] next) {
          return -1;
        }

        @Override
        public boolean terminated(double[] state, double[] action, double[] next) {
          return next[0] >= 4;
        }
      };

  private static final Grid LINE = new Grid(new double[] {0}, new double[] {4}, new int[] {5});

  /** Action 0 stays, 1 goes on by one, 2 goes back. */
  private static final DynamicsModel WALK =
      new OneStep(1, (s, a, next) -> next[0] = s[0] + (a == 1 ? 1 : a == 2 ? -1 : 0));

  @Test
  void onTheNodesItIsValueIteration() {
    GridValueIteration.Solution plan = GridValueIteration.solve(WALK, REACH_FOUR, LINE, 3, 1, 100);
    assertThat(plan.values()).containsExactly(-4, -3, -2, -1, -1);
    assertThat(plan.actions()).startsWith(1, 1, 1, 1);
    double discounted = GridValueIteration.solve(WALK, REACH_FOUR, LINE, 3, 0.5, 100).values()[0];
    assertThat(discounted).isCloseTo(-1 - 0.5 - 0.25 - 0.125, within(1e-6));
  }

  @Test
  void whatNeverEndsIsWorthTheHorizon() {
    DynamicsModel stuck = new OneStep(1, (s, a, next) -> next[0] = s[0]);
    Objective never = (state, action, next) -> -1;
    assertThat(GridValueIteration.solve(stuck, never, LINE, 2, 1, 37).values()).containsOnly(-37);
  }

  /** A value that is linear in the state is interpolated without an error. */
  @Test
  void betweenTheNodesValuesAreInterpolated() {
    Grid square = new Grid(new double[] {0, -1}, new double[] {1, 1}, new int[] {2, 3});
    DynamicsModel moves =
        new OneStep(
            2,
            (s, a, next) -> {
              next[0] = 0.25f;
              next[1] = 0.4f;
            });
    // After one step the reward was 2 x - 3 y; after the second it is that of (0.25, 0.4) more.
    Objective linear = (state, action, next) -> 2 * state[0] - 3 * state[1];
    double[] values = GridValueIteration.solve(moves, linear, square, 1, 1, 2).values();
    double ahead = 2 * 0.25 - 3 * 0.4;
    for (int node = 0; node < 6; node++) {
      double here = 2 * (node / 3) - 3 * (node % 3 - 1);
      assertThat(values[node]).isCloseTo(here + ahead, within(1e-6));
    }
  }

  @Test
  void whatLeavesTheGridIsItsNearestPoint() {
    DynamicsModel leaves = new OneStep(1, (s, a, next) -> next[0] = a == 0 ? -50 : 50);
    Objective position = (state, action, next) -> state[0];
    double[] values = GridValueIteration.solve(leaves, position, LINE, 2, 1, 2).values();
    assertThat(values).containsExactly(4, 5, 6, 7, 8);
  }

  @Test
  void aPredictionThatIsNoNumberRulesItsActionOut() {
    DynamicsModel half =
        new OneStep(1, (s, a, next) -> next[0] = a == 1 ? Float.NaN : s[0] + (a == 2 ? 1 : 0));
    GridValueIteration.Solution plan = GridValueIteration.solve(half, REACH_FOUR, LINE, 3, 1, 100);
    assertThat(plan.values()[0]).isEqualTo(-4);
    assertThat(plan.actions()).startsWith(2, 2, 2, 2);
    DynamicsModel broken = new OneStep(1, (s, a, next) -> next[0] = Float.NaN);
    assertThatThrownBy(() -> GridValueIteration.solve(broken, REACH_FOUR, LINE, 2, 1, 10))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("node 0");
  }
}
