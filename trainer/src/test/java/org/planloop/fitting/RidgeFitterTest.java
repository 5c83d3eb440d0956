package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;
import org.planloop.replay.ReplayView;

class RidgeFitterTest {
  private static final TransitionBatch NONE = TransitionBatch.allocate(0, 1, 1);

  /** Rows of (s, a, s'). */
  private static TransitionBatch rows(double... values) {
    TransitionBatch batch = TransitionBatch.allocate(values.length / 3, 1, 1);
    for (int row = 0; row < batch.size(); row++) {
      batch.states()[row] = (float) values[row * 3];
      batch.actions()[row] = (float) values[row * 3 + 1];
      batch.nextStates()[row] = (float) values[row * 3 + 2];
    }
    return batch;
  }

  private static Fitted fit(
      Fitter fitter, TransitionBatch expert, TransitionBatch learner, double fraction) {
    return fitter.fit(
        new MemoryReplay(expert, learner), fraction, Optional.empty(), new RandomStream(0));
  }

  private static Fitter ridge(double ridge) {
    return new RidgeFitter(ridge, RidgeFitter.identity(1, 1));
  }

  private static ModelParameters.Linear linear(Fitted fitted) {
    return (ModelParameters.Linear) fitted.model();
  }

  @Test
  void recoversALinearSystemOfManyBlocks() {
    int n = 3;
    int m = 2;
    RandomStream random = new RandomStream(4);
    double[] a = new double[n * n];
    double[] b = new double[n * m];
    for (int i = 0; i < a.length; i++) {
      a[i] = random.nextGaussian();
    }
    for (int i = 0; i < b.length; i++) {
      b[i] = random.nextGaussian();
    }
    TransitionBatch batch = TransitionBatch.allocate(9000, n, m);
    for (int row = 0; row < batch.size(); row++) {
      for (int i = 0; i < n; i++) {
        batch.states()[row * n + i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < m; i++) {
        batch.actions()[row * m + i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < n; i++) {
        double next = 0;
        for (int j = 0; j < n; j++) {
          next += a[i * n + j] * batch.states()[row * n + j];
        }
        for (int j = 0; j < m; j++) {
          next += b[i * m + j] * batch.actions()[row * m + j];
        }
        batch.nextStates()[row * n + i] = (float) next;
      }
    }
    TransitionBatch none = TransitionBatch.allocate(0, n, m);
    Fitter fitter = new RidgeFitter(0, RidgeFitter.identity(n, m));
    Fitted fitted = fit(fitter, batch, none, 1);
    assertThat(linear(fitted).stateMatrix()).containsExactly(a, within(1e-8));
    assertThat(linear(fitted).actionMatrix()).containsExactly(b, within(1e-8));
    assertThat(fitted.lossExpert().orElseThrow()).isLessThan(1e-13);
    assertThat(fitted.lossLearner()).isEmpty();
    assertThat(linear(fit(fitter, batch, none, 1)).stateMatrix())
        .isEqualTo(linear(fitted).stateMatrix());
  }

  /** s' = 0.9 s + noise in both coordinates, and an action that does nothing. */
  private static TransitionBatch noisyRows(int count, long seed, double noise) {
    RandomStream random = new RandomStream(seed);
    TransitionBatch batch = TransitionBatch.allocate(count, 2, 1);
    for (int i = 0; i < 2 * count; i++) {
      batch.states()[i] = (float) random.nextGaussian();
      batch.nextStates()[i] = (float) (0.9 * batch.states()[i] + noise * random.nextGaussian());
    }
    for (int row = 0; row < count; row++) {
      batch.actions()[row] = (float) random.nextGaussian();
    }
    return batch;
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBits() {
    // With noise the loss follows from the sums, without the rows are read once more.
    for (double noise : new double[] {0.1, 0}) {
      // Twenty blocks: more than there are slices, the last of them in part.
      MemoryReplay data = new MemoryReplay(noisyRows(80_001, 1, noise), noisyRows(5000, 2, noise));
      ModelParameters.Linear base = RidgeFitter.identity(2, 1);
      Fitted one = fit(new RidgeFitter(0.1, base, 1), data);
      for (int threads : new int[] {0, 2, 3, 64}) {
        Fitted many = fit(new RidgeFitter(0.1, base, threads), data);
        assertThat(linear(many).stateMatrix()).isEqualTo(linear(one).stateMatrix());
        assertThat(linear(many).actionMatrix()).isEqualTo(linear(one).actionMatrix());
        assertThat(many.lossExpert()).isEqualTo(one.lossExpert());
        assertThat(many.lossLearner()).isEqualTo(one.lossLearner());
      }
    }
  }

  private static Fitted fit(Fitter fitter, MemoryReplay data) {
    return fitter.fit(data, 0.5, Optional.empty(), new RandomStream(0));
  }

  @Test
  void lossesAreTheMeanSquaredErrorsOfTheModel() {
    for (double noise : new double[] {0.1, 0}) {
      MemoryReplay data = new MemoryReplay(noisyRows(9000, 1, noise), noisyRows(5000, 2, noise));
      Fitted fitted = fit(new RidgeFitter(0, RidgeFitter.identity(2, 1)), data);
      double expert = meanSquare(linear(fitted), data.expert());
      double learner = meanSquare(linear(fitted), data.learner());
      assertThat(fitted.lossExpert().orElseThrow()).isCloseTo(expert, within(1e-9 * expert));
      assertThat(fitted.lossLearner().orElseThrow()).isCloseTo(learner, within(1e-9 * learner));
    }
  }

  private static double meanSquare(ModelParameters.Linear model, TransitionBatch rows) {
    double sum = 0;
    for (int row = 0; row < rows.size(); row++) {
      for (int i = 0; i < 2; i++) {
        double predicted = model.actionMatrix()[i] * rows.actions()[row];
        for (int j = 0; j < 2; j++) {
          predicted += model.stateMatrix()[i * 2 + j] * rows.states()[row * 2 + j];
        }
        double error = rows.nextStates()[row * 2 + i] - predicted;
        sum += error * error;
      }
    }
    return sum / rows.size() / 2;
  }

  @Test
  void rowsThatCannotBeHadFailTheFit() {
    ReplayView broken =
        new ReplayView() {
          @Override
          public int stateSize() {
            return 1;
          }

          @Override
          public int actionSize() {
            return 1;
          }

          @Override
          public int size(Provenance side) {
            return 10_000;
          }

          @Override
          public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
            throw new AssertionError("a linear fit reads whole sides");
          }

          @Override
          public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
            return CompletableFuture.failedFuture(new IllegalStateException("the shard is gone"));
          }
        };
    for (int threads : new int[] {1, 2}) {
      Fitter fitter = new RidgeFitter(0.1, RidgeFitter.identity(1, 1), threads);
      assertThatThrownBy(() -> fitter.fit(broken, 0.5, Optional.empty(), new RandomStream(0)))
          .isInstanceOf(CompletionException.class)
          .hasRootCauseMessage("the shard is gone");
    }
  }

  @Test
  void solvesTheRegularisedNormalEquations() {
    // y = s' - s is 2 and 3; G = diag(1, 4), n = 2, and b = (2, 6).
    Fitted fitted = fit(ridge(0.5), NONE, rows(1, 0, 3, 0, 2, 3), 0);
    double added = 0.5 * Math.sqrt(2);
    assertThat(linear(fitted).stateMatrix()[0]).isCloseTo(1 + 2 / (1 + added), within(1e-14));
    assertThat(linear(fitted).actionMatrix()[0]).isCloseTo(6 / (4 + added), within(1e-14));
  }

  @Test
  void theRidgeDrawsTowardsTheStatedBase() {
    ModelParameters.Linear base =
        new ModelParameters.Linear(1, 1, new double[] {0.5}, new double[] {2});
    Fitted fitted = fit(new RidgeFitter(1e12, base), NONE, rows(1, 0, 3, 0, 2, 3), 0);
    assertThat(linear(fitted).stateMatrix()[0]).isCloseTo(0.5, within(1e-10));
    assertThat(linear(fitted).actionMatrix()[0]).isCloseTo(2, within(1e-10));
  }

  @Test
  void aMixtureWeighsItsSidesNotItsRows() {
    // The expert says that s' = 0, the learner that s' = s; the least squares of shares f, 1 - f.
    TransitionBatch expert = rows(1, 0, 0, 0, 1, 0);
    TransitionBatch learner = rows(1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0);
    for (double fraction : new double[] {0.5, 0.2}) {
      Fitted fitted = fit(ridge(0), expert, learner, fraction);
      assertThat(linear(fitted).stateMatrix()[0]).isCloseTo(1 - fraction, within(1e-12));
      assertThat(fitted.mixExpert()).isEqualTo(fraction);
      double kept = 1 - fraction;
      assertThat(fitted.lossExpert().orElseThrow()).isCloseTo(kept * kept / 2, within(1e-12));
      assertThat(fitted.lossLearner().orElseThrow())
          .isCloseTo(fraction * fraction / 2, within(1e-12));
    }
  }

  @Test
  void bothSidesAreJudgedWhicheverIsFitted() {
    TransitionBatch expert = rows(1, 0, 0, 0, 1, 0);
    TransitionBatch learner = rows(1, 0, 1, 0, 1, 0);
    Fitted fitted = fit(ridge(0), expert, learner, 0);
    assertThat(linear(fitted).stateMatrix()[0]).isCloseTo(1, within(1e-12));
    assertThat(fitted.lossExpert().orElseThrow()).isCloseTo(0.5, within(1e-12));
    assertThat(fitted.lossLearner().orElseThrow()).isCloseTo(0, within(1e-12));
  }

  @Test
  void anEmptySideIsAnErrorNotAFallBack() {
    TransitionBatch some = rows(1, 0, 1, 0, 1, 0);
    assertThatThrownBy(() -> fit(ridge(1), some, NONE, 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("learner side");
    assertThatThrownBy(() -> fit(ridge(1), NONE, some, 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("expert side");
    assertThatThrownBy(() -> fit(ridge(1), NONE, some, 1)).hasMessageContaining("expert side");
  }

  @Test
  void rowsThatDoNotVaryNeedARidge() {
    TransitionBatch collinear = rows(1, 1, 2, 2, 2, 4);
    assertThatThrownBy(() -> fit(ridge(0), NONE, collinear, 0))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("2 rows")
        .hasMessageContaining("dynamics.ridge");
    assertThat(linear(fit(ridge(1e-6), NONE, collinear, 0)).stateMatrix()[0])
        .isCloseTo(1.5, within(1e-4));
  }
}
