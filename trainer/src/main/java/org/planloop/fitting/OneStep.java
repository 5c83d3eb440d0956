package org.planloop.fitting;

import java.util.OptionalDouble;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayView;

/** One transition beside what a linear model says of it; read again for every row. */
abstract class OneStep {
  /** z, what the fit regresses on, shape [Z]. */
  final double[] input;

  /** y, what the model leaves of s' unexplained, shape [S]. */
  final double[] residual;

  OneStep(int inputs, int states) {
    input = new double[inputs];
    residual = new double[states];
  }

  abstract void read(TransitionBatch batch, int row);

  /** Reads every row of a side in canonical order and calls {@code use} after each. */
  final void forEach(ReplayView data, Provenance side, Runnable use) {
    SideBlocks.forEach(
        data,
        side,
        batch -> {
          for (int row = 0; row < batch.size(); row++) {
            read(batch, row);
            use.run();
          }
        });
  }

  /** The mean squared residual of a coordinate over a side; empty without rows. */
  final OptionalDouble meanSquare(ReplayView data, Provenance side) {
    if (data.size(side) == 0) {
      return OptionalDouble.empty();
    }
    double[] sum = {0};
    forEach(
        data,
        side,
        () -> {
          for (double error : residual) {
            sum[0] += error * error;
          }
        });
    return OptionalDouble.of(sum[0] / data.size(side) / residual.length);
  }
}
