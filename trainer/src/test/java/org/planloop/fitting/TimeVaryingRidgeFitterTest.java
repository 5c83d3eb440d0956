package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters.TimeVaryingLinear;
import org.planloop.environment.StateSpace;

class TimeVaryingRidgeFitterTest {
  private static final int STEPS = 4;
  private static final StateSpace STATES = StateSpace.of("x", "one", "t#");
  private static final TransitionBatch NONE = TransitionBatch.allocate(0, 3, 1);

  /** x' = (0.5 + t / 10) x + (2 - t / 5) a + t, seen at random x and a. */
  private static TransitionBatch rows(int count, long seed, double offset) {
    RandomStream random = new RandomStream(seed);
    TransitionBatch batch = TransitionBatch.allocate(count, 3, 1);
    for (int row = 0; row < count; row++) {
      int t = random.nextInt(STEPS);
      float x = (float) random.nextGaussian();
      float a = (float) random.nextGaussian();
      batch.states()[row * 3] = x;
      batch.states()[row * 3 + 1] = 1;
      batch.states()[row * 3 + 2] = t;
      batch.actions()[row] = a;
      batch.nextStates()[row * 3] = (float) ((0.5 + t / 10.0) * x + (2 - t / 5.0) * a + t + offset);
      batch.nextStates()[row * 3 + 1] = 1;
      batch.nextStates()[row * 3 + 2] = t + 1;
    }
    return batch;
  }

  private static TimeVaryingLinear fit(
      double ridge, double tie, TransitionBatch expert, TransitionBatch learner, double fraction) {
    TimeVaryingLinear base = TimeVaryingRidgeFitter.identity(STATES, 1, STEPS);
    return (TimeVaryingLinear)
        new TimeVaryingRidgeFitter(ridge, tie, base)
            .fit(new MemoryReplay(expert, learner), fraction, Optional.empty(), new RandomStream(0))
            .model();
  }

  @Test
  void recoversASystemThatChangesWithTime() {
    TimeVaryingLinear model = fit(0, 0, rows(200, 1, 0), NONE, 1);
    for (int t = 0; t < STEPS; t++) {
      double[] a = java.util.Arrays.copyOfRange(model.stateMatrices(), t * 9, t * 9 + 9);
      double[] expected = {0.5 + t / 10.0, t, 0, 0, 1, 0, 0, 1, 1};
      assertThat(a).containsExactly(expected, within(1e-5));
      assertThat(model.actionMatrices()[t * 3]).isCloseTo(2 - t / 5.0, within(1e-5));
    }
  }

  @Test
  void theChainIsTheDirectLeastSquaresSolution() {
    RandomStream random = new RandomStream(5);
    int inputs = 2;
    double pull = 0.3;
    double tie = 1.7;
    double[] scales = {1, 1};
    GramChain sums = new GramChain(STEPS, inputs, 1);
    DMatrixRMaj left = new DMatrixRMaj(STEPS * inputs, STEPS * inputs);
    DMatrixRMaj right = new DMatrixRMaj(STEPS * inputs, 1);
    // Nothing was seen at the second step.
    for (int t : new int[] {0, 0, 0, 2, 3, 3}) {
      double[] z = {random.nextGaussian(), random.nextGaussian()};
      double[] y = {random.nextGaussian()};
      sums.at(t).add(z, y);
      for (int i = 0; i < inputs; i++) {
        for (int j = 0; j < inputs; j++) {
          left.add(t * inputs + i, t * inputs + j, z[i] * z[j]);
        }
        right.add(t * inputs + i, 0, z[i] * y[0]);
      }
    }
    for (int t = 0; t < STEPS; t++) {
      for (int i = t * inputs; i < (t + 1) * inputs; i++) {
        left.add(i, i, pull);
        if (t + 1 < STEPS) {
          left.add(i, i, tie);
          left.add(i + inputs, i + inputs, tie);
          left.add(i, i + inputs, -tie);
          left.add(i + inputs, i, -tie);
        }
      }
    }
    DMatrixRMaj direct = new DMatrixRMaj(STEPS * inputs, 1);
    assertThat(CommonOps_DDRM.solve(left, right, direct)).isTrue();
    double[][] chain = ChainSolver.solve(sums, scales, pull, tie);
    for (int t = 0; t < STEPS; t++) {
      for (int i = 0; i < inputs; i++) {
        assertThat(chain[t][i]).isCloseTo(direct.get(t * inputs + i, 0), within(1e-12));
      }
    }
  }

  @Test
  void aStepThatWasNeverSeenTakesItsNeighboursWord() {
    TransitionBatch seen = rows(60, 2, 0);
    // All rows claim to be of steps 0 and 2.
    for (int row = 0; row < seen.size(); row++) {
      int t = row % 2 * 2;
      seen.states()[row * 3 + 2] = t;
      seen.nextStates()[row * 3] = (float) (3 + t) * seen.states()[row * 3];
    }
    TimeVaryingLinear model = fit(0, 1e-6, seen, NONE, 1);
    assertThat(model.stateMatrices()[0]).isCloseTo(3, within(1e-4));
    assertThat(model.stateMatrices()[9]).isCloseTo(4, within(1e-4));
    assertThat(model.stateMatrices()[18]).isCloseTo(5, within(1e-4));
    assertThat(model.stateMatrices()[27]).isCloseTo(5, within(1e-4));
  }

  @Test
  void aMixtureWeighsItsSidesNotItsRows() {
    // The learner saw the same system with an offset of 1; with a tie without bound all steps
    // agree.
    TransitionBatch expert = rows(3000, 3, 0);
    TransitionBatch learner = rows(30_000, 4, 1);
    for (double fraction : new double[] {0.5, 0.2}) {
      double half = offset(fit(0, 0, expert, learner, fraction));
      assertThat(half).isCloseTo(1 - fraction, within(0.01));
    }
    assertThat(offset(fit(0, 0, expert, learner, 1))).isCloseTo(0, within(1e-5));
  }

  /** The mean over steps of what is added to x beyond the true t. */
  private static double offset(TimeVaryingLinear model) {
    double sum = 0;
    for (int t = 0; t < STEPS; t++) {
      sum += (model.stateMatrices()[t * 9 + 1] - t) / STEPS;
    }
    return sum;
  }

  @Test
  void sumsOfTwoShardsAreTheSumsOfAll() {
    GramChain first = new GramChain(2, 1, 1);
    GramChain second = new GramChain(2, 1, 1);
    first.at(0).add(new double[] {2}, new double[] {3});
    second.at(0).add(new double[] {1}, new double[] {1});
    second.at(1).add(new double[] {4}, new double[] {5});
    first.add(second, 1);
    assertThat(first.at(0).gram()[0]).isEqualTo(5);
    assertThat(first.at(0).cross()[0]).isEqualTo(7);
    assertThat(first.at(1).cross()[0]).isEqualTo(20);
    assertThat(first.rows()).isEqualTo(3);
  }

  @Test
  void lossesAreMeasuredOnBothSides() {
    TimeVaryingLinear base = TimeVaryingRidgeFitter.identity(STATES, 1, STEPS);
    Fitted fitted =
        new TimeVaryingRidgeFitter(0, 0, base)
            .fit(
                new MemoryReplay(rows(400, 6, 0), rows(40, 7, 3)),
                1,
                Optional.empty(),
                new RandomStream(0));
    assertThat(fitted.lossExpert().orElseThrow()).isLessThan(1e-10);
    // An error of 3 in one of three coordinates.
    assertThat(fitted.lossLearner().orElseThrow()).isCloseTo(3, within(1e-4));
  }

  @Test
  void whatCannotBeSolvedNamesTheWayOut() {
    assertThatThrownBy(() -> fit(0, 0, rows(2, 1, 0), NONE, 1))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("dynamics.time-ridge");
    assertThatThrownBy(() -> TimeVaryingRidgeFitter.identity(StateSpace.of("x", "one"), 1, STEPS))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("holds the step");
  }
}
