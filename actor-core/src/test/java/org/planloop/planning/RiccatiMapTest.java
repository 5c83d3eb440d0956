package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

/**
 * Against plain loops, for sizes that fill groups of rows and pairs of lines and such that do not.
 */
class RiccatiMapTest {
  private final RandomStream random = new RandomStream(3);

  private double[] random(int count, double scale) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * random.nextGaussian();
    }
    return values;
  }

  /** Symmetric and positive definite. */
  private double[] weights(int n) {
    double[] root = random(n * n, 0.3);
    double[] weights = product(n, n, n, transposed(n, n, root), root);
    for (int i = 0; i < n; i++) {
      weights[i * n + i] += 1;
    }
    return weights;
  }

  private static double[] product(int n, int m, int k, double[] left, double[] right) {
    double[] result = new double[n * k];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < k; j++) {
        for (int l = 0; l < m; l++) {
          result[i * k + j] += left[i * m + l] * right[l * k + j];
        }
      }
    }
    return result;
  }

  private static double[] transposed(int n, int m, double[] matrix) {
    double[] result = new double[n * m];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < m; j++) {
        result[j * n + i] = matrix[i * m + j];
      }
    }
    return result;
  }

  private static void assertSame(double[] found, double[] expected) {
    double largest = 1;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(found).containsExactly(expected, within(1e-11 * largest));
  }

  @Test
  void everyStepSolvesItsEquations() {
    for (int n : new int[] {1, 2, 3, 4, 5, 6, 21}) {
      for (int m : new int[] {1, 2, 3, 4, 7}) {
        checkSteps(n, m);
      }
    }
  }

  private void checkSteps(int n, int m) {
    double[] q = weights(n);
    double[] r = weights(m);
    RiccatiMap map = new RiccatiMap(n, m);
    map.setWeights(q, r);
    map.startFromWeights();
    double[] p = q;
    for (int step = 0; step < 4; step++) {
      double[] a = random(n * n, 0.5);
      double[] b = random(n * m, 0.5);
      double[] right = random(m, 1);
      double[] solution = new double[m];
      map.setSystem(2, halved(a), 0, halved(b), 0);
      assertThat(map.updateGain(right, solution)).isTrue();

      double[] gain = map.gain();
      double[] pa = product(n, n, n, p, a);
      double[] bt = transposed(n, m, b);
      double[] system = product(m, n, m, bt, product(n, n, m, p, b));
      for (int i = 0; i < system.length; i++) {
        system[i] += r[i];
      }
      double[] bpa = product(m, n, n, bt, pa);
      assertSame(product(m, m, n, system, gain), bpa);
      assertSame(product(m, m, 1, system, solution), right);

      double[] pulled = new double[n + m];
      double[] vector = random(n, 1);
      map.pullBack(vector, pulled);
      double[] pulledStates = product(n, n, 1, transposed(n, n, a), vector);
      double[] pulledActions = product(m, n, 1, bt, vector);
      assertSame(Arrays.copyOf(pulled, n), pulledStates);
      assertSame(Arrays.copyOfRange(pulled, n, n + m), pulledActions);

      map.updateCostToGo();
      double[] loop = product(n, m, n, b, gain);
      for (int i = 0; i < loop.length; i++) {
        loop[i] = a[i] - loop[i];
      }
      double[] next = product(n, n, n, transposed(n, n, pa), loop);
      double change = 0;
      double largest = 0;
      for (int i = 0; i < next.length; i++) {
        next[i] += q[i];
        change = Math.max(change, Math.abs(next[i] - p[i]));
        largest = Math.max(largest, Math.abs(next[i]));
      }
      double[] found = new double[n * n];
      map.costToGo(found);
      assertSame(found, next);
      assertThat(found).isEqualTo(transposed(n, n, found));
      assertThat(map.change()).isCloseTo(change / largest, within(1e-10));
      p = found;
    }
  }

  private static double[] halved(double[] values) {
    double[] halves = values.clone();
    for (int i = 0; i < halves.length; i++) {
      halves[i] /= 2;
    }
    return halves;
  }

  @Test
  void aSystemThatIsNotFiniteHasNoGain() {
    RiccatiMap map = new RiccatiMap(2, 1);
    map.setStateWeights(new double[] {1, 1});
    map.setActionWeights(new double[] {1}, 0);
    map.startFromWeights();
    map.setSystem(1, new double[] {1, 0, 0, Double.NaN}, 0, new double[] {1, 1}, 0);
    assertThat(map.updateGain()).isFalse();
  }

  @Test
  void aChargeRaisesTheActionWeights() {
    // One state that stays and one action: K = p / (r (1 + charge) + p).
    RiccatiMap map = new RiccatiMap(1, 1);
    map.setStateWeights(new double[] {2});
    map.setActionWeights(new double[] {3}, 0.5);
    map.startFromWeights();
    map.setSystem(1, new double[] {1}, 0, new double[] {1}, 0);
    assertThat(map.updateGain()).isTrue();
    assertThat(map.gain()[0]).isCloseTo(2 / (4.5 + 2), within(1e-15));
  }
}
