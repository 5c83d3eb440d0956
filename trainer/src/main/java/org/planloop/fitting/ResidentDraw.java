package org.planloop.fitting;

import java.util.List;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.environment.StateSpace;
import org.planloop.fitting.TrainerSettings.Draw;
import org.planloop.replay.ReplayView;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/**
 * The half-and-half draw of a fit by itself, from resident rows into the batch that the networks
 * read: what {@code planloop bench} measures. A row is what the networks see of a transition: their
 * inputs and targets.
 */
public final class ResidentDraw implements AutoCloseable {
  private final EnsembleOptimizer optimizer;
  private final TrainingRows rows;
  private final BlockDraw draw;

  /**
   * Loads both sides.
   *
   * @param expertFraction the expert's share of every batch
   * @param batchSize rows a batch
   */
  public ResidentDraw(
      ReplayView data,
      StateSpace states,
      int actionSize,
      double expertFraction,
      int batchSize,
      RandomStream random) {
    EnsembleArchitecture smallest =
        new EnsembleArchitecture(
            states, actionSize, 1, List.of(0), List.of(1), false, false, false);
    MixtureStatistics statistics = MixtureStatistics.of(data, smallest, expertFraction);
    optimizer =
        new EnsembleOptimizer(
            InitialWeights.cold(smallest, statistics, random), 1, Device.CPU, Precision.FP32);
    draw =
        new BlockDraw(
            data,
            all(data, Provenance.EXPERT, random),
            all(data, Provenance.LEARNER, random),
            true,
            expertFraction,
            batchSize,
            Draw.SHARED,
            1,
            random);
    rows = optimizer.rows(draw.residentRows().orElseThrow());
    draw.load(rows);
  }

  private static int[] all(ReplayView data, Provenance side, RandomStream random) {
    return SplitSide.of(data.size(side), true, 0, random).training();
  }

  /** Draws so many batches, one after the other, into one place. */
  public void batches(int count) {
    optimizer.draw(rows, draw.next(count).index(), count, 1);
  }

  @Override
  public void close() {
    optimizer.close();
  }
}
