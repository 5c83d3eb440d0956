package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;

class LqrTest {
  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  private static ModelParameters.Linear scalar(double a, double b) {
    return new ModelParameters.Linear(1, 1, new double[] {a}, new double[] {b});
  }

  private static Weights weights(double q, double r) {
    return new Weights(new double[] {q}, new double[] {r});
  }

  @Test
  void theScalarGainSolvesTheQuadraticEquation() {
    // With a = b = q = r = 1 the Riccati equation is p^2 - p - 1 = 0: p is the golden ratio.
    double golden = (1 + Math.sqrt(5)) / 2;
    assertThat(Lqr.infiniteHorizon(scalar(1, 1), weights(1, 1), 1)[0])
        .isCloseTo(golden / (1 + golden), within(1e-14));
  }

  @Test
  void discountingScalesTheSystem() {
    double root = Math.sqrt(0.9);
    assertThat(Lqr.infiniteHorizon(scalar(1.2, 0.7), weights(2, 3), 0.9)[0])
        .isCloseTo(
            Lqr.infiniteHorizon(scalar(1.2 * root, 0.7 * root), weights(2, 3), 1)[0],
            within(1e-14));
  }

  @Test
  void theDoubleIntegratorIsStabilised() {
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 1, 0, 1}, new double[] {0.5, 1});
    Weights cost = new Weights(new double[] {1, 0}, new double[] {1});
    double[] gain = Lqr.infiniteHorizon(model, cost, 1);
    double[] s = {3, -1};
    for (int i = 0; i < 100; i++) {
      double action = -(gain[0] * s[0] + gain[1] * s[1]);
      s = new double[] {s[0] + s[1] + 0.5 * action, s[1] + action};
    }
    assertThat(s[0]).isCloseTo(0, within(1e-9));
    assertThat(s[1]).isCloseTo(0, within(1e-9));
  }

  @Test
  void theFiniteHorizonEndsGreedyAndBeginsSteady() {
    double[][] gains = Lqr.finiteHorizon(scalar(1, 1), weights(1, 1), 1, 60);
    assertThat(gains[59][0]).isCloseTo(0.5, within(1e-15));
    assertThat(gains[58][0]).isCloseTo(0.6, within(1e-15));
    assertThat(gains[0][0])
        .isCloseTo(Lqr.infiniteHorizon(scalar(1, 1), weights(1, 1), 1)[0], within(1e-12));
  }

  @Test
  void aModelThatDoesNotVaryIsPlannedAsInAFiniteHorizon() {
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 1, 0, 1}, new double[] {0.5, 1});
    ModelParameters.TimeVaryingLinear varying =
        new ModelParameters.TimeVaryingLinear(
            2, 1, 0, model.stateMatrix().clone(), model.actionMatrix().clone());
    Weights cost = new Weights(new double[] {1, 0.5}, new double[] {2});
    double[][] finite = Lqr.finiteHorizon(model, cost, 0.9, 20);
    double[] gains = Lqr.timeVarying(varying, cost, 0.9, 20);
    for (int t = 0; t < 20; t++) {
      assertThat(new double[] {gains[2 * t], gains[2 * t + 1]}).isEqualTo(finite[t]);
    }
  }

  @Test
  void eachStepIsPlannedWithItsOwnMatrices() {
    // Two steps, q = r = 1: K_1 = 2 * 3 / (1 + 4), P_1 = 1 + 9 / 5, K_0 = P_1 / (1 + P_1).
    ModelParameters.TimeVaryingLinear model =
        new ModelParameters.TimeVaryingLinear(1, 1, 0, new double[] {1, 3}, new double[] {1, 2});
    double[] gains = Lqr.timeVarying(model, weights(1, 1), 1, 2);
    assertThat(gains).containsExactly(new double[] {2.8 / 3.8, 1.2}, within(1e-14));
  }

  @Test
  void aCostToGoWithoutBoundIsForgottenOnTheWay() {
    ModelParameters.TimeVaryingLinear model =
        new ModelParameters.TimeVaryingLinear(
            2, 1, 0, new double[] {1, 0, 0, 10}, new double[] {1, 0});
    Weights cost = new Weights(new double[] {1, 1}, new double[] {1});
    for (double gain : Lqr.timeVarying(model, cost, 1, 1000)) {
      assertThat(gain).isFinite();
    }
  }

  @Test
  void anUnstabilisableModelKeepsTheLastFiniteGain() {
    // The second state grows by ten each step and nothing reaches it: P overflows on the way.
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 0, 0, 10}, new double[] {1, 0});
    Weights cost = new Weights(new double[] {1, 1}, new double[] {1});
    double[] gain = Lqr.infiniteHorizon(model, cost, 1);
    assertThat(gain[0]).isCloseTo((Math.sqrt(5) - 1) / 2, within(1e-12));
    assertThat(gain[1]).isFinite();
  }

  @Test
  void aModelOfNaNsHasNoGain() {
    assertThatThrownBy(() -> Lqr.infiniteHorizon(scalar(Double.NaN, 1), weights(1, 1), 1))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void scalarSystemHasItsClosedForm() {
    double a = 1.3;
    double b = 0.7;
    double q = 2;
    double r = 3;
    // b^2 p^2 + (r - a^2 r - b^2 q) p - q r = 0
    double half = (r - a * a * r - b * b * q) / (2 * b * b);
    double p = -half + Math.sqrt(half * half + q * r / (b * b));
    Lqr.Solution solution = Lqr.solve(scalar(a, b), new double[] {q}, new double[] {r}, 1);
    assertThat(solution.converged()).isTrue();
    assertThat(solution.costToGo()[0]).isCloseTo(p, within(1e-10));
    assertThat(solution.gain()[0]).isCloseTo(a * b * p / (r + b * b * p), within(1e-11));
  }

  @Test
  void solvesTheRiccatiEquationOfARandomSystemWithFullWeights() {
    int n = 6;
    int m = 2;
    RandomStream random = new RandomStream(5);
    double[] a = gaussian(random, n * n, 0.6);
    double[] b = gaussian(random, n * m, 1);
    Matrix q = new Matrix(n, n, gaussian(random, n * n, 1)).square();
    Matrix r = new Matrix(m, m, gaussian(random, m * m, 1)).square();
    double discount = 0.97;
    Lqr.Solution solution =
        Lqr.solve(new ModelParameters.Linear(n, m, a, b), q.values, r.values, discount);
    Matrix stateMatrix = new Matrix(n, n, a).scale(Math.sqrt(discount));
    Matrix actionMatrix = new Matrix(n, m, b).scale(Math.sqrt(discount));
    Matrix p = new Matrix(n, n, solution.costToGo());
    Matrix gain = new Matrix(m, n, solution.gain());
    Matrix gainResidual =
        r.plus(actionMatrix.transposed().times(p).times(actionMatrix))
            .times(gain)
            .plus(actionMatrix.transposed().times(p).times(stateMatrix).scale(-1));
    Matrix closedLoop = stateMatrix.plus(actionMatrix.times(gain).scale(-1));
    Matrix residual = q.plus(stateMatrix.transposed().times(p).times(closedLoop)).plus(p.scale(-1));
    assertThat(solution.converged()).isTrue();
    assertThat(gainResidual.largest()).isLessThan(1e-10 * p.largest());
    assertThat(residual.largest()).isLessThan(1e-10 * p.largest());
  }

  @Test
  void aSystemBeyondControlSaysThatItHasNotSettled() {
    Lqr.Solution solution = Lqr.solve(scalar(30, 0), new double[] {1}, new double[] {1}, 1);
    assertThat(solution.converged()).isFalse();
    assertThat(solution.gain()).containsExactly(0);
  }

  @Test
  void aFiniteHorizonThatOverflowsIsAnError() {
    assertThatThrownBy(() -> Lqr.finiteHorizon(scalar(1e200, 1e-200), weights(1, 1), 1, 5))
        .isInstanceOf(PlanningException.class)
        .hasMessageContaining("of 5");
  }

  private static double[] gaussian(RandomStream random, int count, double scale) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * random.nextGaussian();
    }
    return values;
  }

  private record Matrix(int rows, int columns, double[] values) {
    Matrix times(Matrix other) {
      double[] product = new double[rows * other.columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < other.columns; j++) {
          for (int k = 0; k < columns; k++) {
            product[i * other.columns + j] +=
                values[i * columns + k] * other.values[k * other.columns + j];
          }
        }
      }
      return new Matrix(rows, other.columns, product);
    }

    Matrix transposed() {
      double[] result = new double[values.length];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          result[j * rows + i] = values[i * columns + j];
        }
      }
      return new Matrix(columns, rows, result);
    }

    Matrix plus(Matrix other) {
      double[] sum = values.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other.values[i];
      }
      return new Matrix(rows, columns, sum);
    }

    Matrix scale(double factor) {
      return new Matrix(
          rows, columns, Arrays.stream(values).map(value -> factor * value).toArray());
    }

    Matrix square() {
      return times(transposed());
    }

    double largest() {
      return Arrays.stream(values).map(Math::abs).max().orElseThrow();
    }
  }

  @Test
  void theCostToGoOfAFeedbackIsItsGeometricSeries() {
    // s' = 1.2 s - 0.7 s = 0.5 s; each step costs 2 + 3 0.7^2 times s^2; 0.9 0.25 remains of it.
    Lqr.Solution judged = Lqr.improve(scalar(1.2, 1), weights(2, 3), 0.9, new double[] {0.7});
    double p = (2 + 3 * 0.49) / (1 - 0.9 * 0.25);
    assertThat(judged.costToGo()[0]).isCloseTo(p, within(1e-13));
    assertThat(judged.converged()).isTrue();
    assertThat(judged.gain()[0]).isCloseTo(0.9 * p * 1.2 / (3 + 0.9 * p), within(1e-13));
  }

  @Test
  void improvedAgainAndAgainAFeedbackBecomesTheBest() {
    ModelParameters.Linear model =
        new ModelParameters.Linear(2, 1, new double[] {1, 0.1, 0, 1}, new double[] {0.005, 0.1});
    Weights cost = new Weights(new double[] {1, 0.1}, new double[] {0.5});
    double[] gain = {0.5, 1};
    int rounds = 0;
    for (int i = 0; i < 8; i++) {
      Lqr.Solution improved = Lqr.improve(model, cost, 0.99, gain);
      gain = improved.gain();
      rounds = Math.max(rounds, improved.steps());
    }
    assertThat(gain).containsExactly(Lqr.infiniteHorizon(model, cost, 0.99), within(1e-10));
    assertThat(rounds).isLessThanOrEqualTo(10);
  }

  @Test
  void anUnstableFeedbackIsToldApart() {
    // Without feedback 3^t explodes; its longest finite sum asks for the strongest cure.
    Lqr.Solution cured = Lqr.improve(scalar(3, 1), weights(1, 1), 1, new double[] {0});
    assertThat(cured.converged()).isFalse();
    assertThat(cured.gain()[0]).isCloseTo(3, within(1e-9));
    // What is constant for ever, for example an affine term, is not unstable.
    ModelParameters.Linear affine =
        new ModelParameters.Linear(2, 1, new double[] {0.5, 1, 0, 1}, new double[] {1, 0});
    Weights cost = new Weights(new double[] {1, 0}, new double[] {1});
    assertThat(Lqr.improve(affine, cost, 1, new double[] {0, 0}).converged()).isTrue();
    assertThat(Lqr.improve(scalar(1.02, 1), weights(1, 1), 1, new double[] {0}).converged())
        .isFalse();
  }
}
