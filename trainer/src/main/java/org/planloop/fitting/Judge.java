package org.planloop.fitting;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.planloop.data.Provenance;
import org.planloop.replay.ReplayView;

/** Measures the members' losses on each side's judging rows, which stay in memory for the fit. */
final class Judge {
  /**
   * The members' losses, those of an empty side all zero.
   *
   * @param expert shape [E]
   * @param learner shape [E]
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Losses(float[] expert, float[] learner) {}

  private final EnsembleOptimizer optimizer;
  private final @Nullable TrainingRows expert;
  private final @Nullable TrainingRows learner;
  private final double expertFraction;
  private final boolean heldOut;
  private final int members;

  Judge(
      EnsembleOptimizer optimizer,
      ReplayView data,
      SplitSide expert,
      SplitSide learner,
      double expertFraction) {
    this.optimizer = optimizer;
    this.expert = load(data, Provenance.EXPERT, expert);
    this.learner = load(data, Provenance.LEARNER, learner);
    this.expertFraction = expertFraction;
    this.members = optimizer.members();
    this.heldOut =
        (expertFraction == 0 || expert.heldOut()) && (expertFraction == 1 || learner.heldOut());
  }

  private @Nullable TrainingRows load(ReplayView data, Provenance side, SplitSide split) {
    if (split.judging().length == 0) {
      return null;
    }
    TrainingRows rows = optimizer.rows(split.judging().length);
    rows.append(Answers.await(data.gather(side, split.judging())));
    return rows;
  }

  /** Whether no judging row of a side that is trained on is trained on. */
  boolean heldOut() {
    return heldOut;
  }

  boolean hasExpert() {
    return expert != null;
  }

  boolean hasLearner() {
    return learner != null;
  }

  Losses losses() {
    return new Losses(losses(expert), losses(learner));
  }

  private float[] losses(@Nullable TrainingRows rows) {
    return rows == null ? new float[members] : optimizer.evaluate(rows);
  }

  /** The members' losses with the weights that the sides have in the batches, shape [E]. */
  double[] weighted(Losses losses) {
    double[] result = new double[members];
    Arrays.setAll(
        result,
        e ->
            (expertFraction > 0 ? expertFraction * losses.expert()[e] : 0)
                + (expertFraction < 1 ? (1 - expertFraction) * losses.learner()[e] : 0));
    return result;
  }
}
