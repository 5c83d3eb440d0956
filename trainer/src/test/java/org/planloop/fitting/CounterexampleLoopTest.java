package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;
import org.planloop.planning.ValueIteration;

/**
 * The whole loop on the counterexample, without actors: fly, aggregate, follow the leader, plan by
 * value iteration. The three strategies get exactly the returns that the theory predicts.
 */
class CounterexampleLoopTest {
  private static final double EXPERT_ONLY = 1;
  private static final double LEARNER_ONLY = 0;
  private static final double MIXED = 0.5;

  private static final double DISCOUNT = 0.9;
  private static final int END = 6;
  private static final double[] PAY = {0, 0, 0, 10, -10, 1, 0};

  private static final Objective OBJECTIVE =
      new Objective() {
        @Override
        public double reward(double[] state, double[] action, double[] next) {
          return PAY[(int) next[0]];
        }

        @Override
        public boolean terminated(double[] state, double[] action, double[] next) {
          return next[0] == END;
        }
      };

  private static final ModelParameters.Tabular M1 = model(3, 3);
  private static final ModelParameters.Tabular M2 = model(4, 2);
  private static final ModelParameters.Tabular TRUTH = model(4, 3);

  private static ModelParameters.Tabular model(int cut, int second) {
    return ModelParameters.Tabular.deterministic(
        new int[][] {
          {1, cut, 5},
          {2, 2, 2},
          {second, second, second},
          {END, END, END},
          {END, END, END},
          {END, END, END},
          {END, END, END}
        });
  }

  /** Flies a policy in the truth from the start; appends (s, a, s') to {@code rows}. */
  private static double fly(int[] policy, List<int[]> rows) {
    int state = 0;
    double sum = 0;
    double weight = 1;
    while (state != END) {
      int action = policy[state];
      int next = 0;
      while (TRUTH.probability(state, action, next) == 0) {
        next++;
      }
      rows.add(new int[] {state, action, next});
      sum += weight * PAY[next];
      weight *= DISCOUNT;
      state = next;
    }
    return sum;
  }

  private static TransitionBatch batch(List<int[]> rows) {
    TransitionBatch batch = TransitionBatch.allocate(rows.size(), 1, 1);
    for (int row = 0; row < rows.size(); row++) {
      batch.states()[row] = rows.get(row)[0];
      batch.actions()[row] = rows.get(row)[1];
      batch.nextStates()[row] = rows.get(row)[2];
    }
    return batch;
  }

  /** The returns of pi_1 .. pi_5. */
  private static double[] returns(double expertFraction, ModelParameters.Tabular initial) {
    Map<String, ModelParameters> models = new LinkedHashMap<>();
    models.put("M1", M1);
    models.put("M2", M2);
    models.put("M*", TRUTH);
    Fitter fitter = new FollowTheLeaderFitter(models);
    List<int[]> expert = new ArrayList<>();
    fly(new int[7], expert);
    List<int[]> learner = new ArrayList<>();
    ModelParameters.Tabular model = initial;
    double[] returns = new double[5];
    for (int i = 0; i < returns.length; i++) {
      int[] policy = ValueIteration.solve(model, OBJECTIVE, DISCOUNT).actions();
      returns[i] = fly(policy, learner);
      Fitted fitted =
          fitter.fit(
              new MemoryReplay(batch(expert), batch(learner)),
              expertFraction,
              Optional.of(model),
              new RandomStream(0));
      model = (ModelParameters.Tabular) fitted.model();
    }
    return returns;
  }

  @Test
  void expertDataAloneNeverRefutesTheShortCut() {
    assertThat(returns(EXPERT_ONLY, M1)).containsExactly(-10, -10, -10, -10, -10);
  }

  @Test
  void learnerDataAloneIsStuckAtTheCoin() {
    assertThat(returns(LEARNER_ONLY, M2)).containsExactly(1, 1, 1, 1, 1);
    assertThat(returns(LEARNER_ONLY, M1)).containsExactly(-10, 1, 1, 1, 1);
  }

  @Test
  void theMixtureFindsTheTruth() {
    assertThat(returns(MIXED, M1))
        .containsExactly(new double[] {-10, 8.1, 8.1, 8.1, 8.1}, within(1e-12));
    assertThat(returns(MIXED, M2))
        .containsExactly(new double[] {1, -10, 8.1, 8.1, 8.1}, within(1e-12));
  }
}
