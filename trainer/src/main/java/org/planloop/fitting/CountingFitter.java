package org.planloop.fitting;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.replay.ReplayView;

/**
 * Fits a table by counting: P(s' | s, a) is the share of s' among the rows of (s, a), a row of side
 * i weighing the mixture's share of that side divided by the side's size. What nobody tried is
 * taken from a stated model, the completion, which decides how the plan fails: an optimistic one
 * draws the planner to what the data does not show, a pessimistic one keeps it away.
 *
 * <p>A loss is the mean of 1 - P(s' | s, a) over a side's rows: zero where the world is
 * deterministic and the side was counted.
 */
public final class CountingFitter implements Fitter {
  private final ModelParameters.Tabular completion;

  /**
   * @param completion says what happens under every (s, a) without data
   */
  public CountingFitter(ModelParameters.Tabular completion) {
    this.completion = completion;
  }

  @Override
  public Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random) {
    SideBlocks.requireBoth(data, expertFraction);
    double[] counts = new double[completion.probabilities().length];
    count(data, Provenance.EXPERT, expertFraction, counts);
    count(data, Provenance.LEARNER, 1 - expertFraction, counts);
    int tried = normalize(counts);
    ModelParameters.Tabular model =
        new ModelParameters.Tabular(completion.states(), completion.actions(), counts);
    return new Fitted(
        model,
        loss(data, Provenance.EXPERT, model),
        loss(data, Provenance.LEARNER, model),
        expertFraction,
        Map.of("train/pairs_tried", (double) tried),
        List.of());
  }

  private void count(ReplayView data, Provenance side, double share, double[] counts) {
    if (share == 0) {
      return;
    }
    double weight = share / data.size(side);
    SideBlocks.forEach(
        data,
        side,
        batch -> {
          for (int i = 0; i < batch.size(); i++) {
            TabularRow row = TabularRow.of(completion, batch, i);
            counts[row.pair() * completion.states() + row.next()] += weight;
          }
        });
  }

  /** Turns the counts of each pair into probabilities, or completes them; gives the pairs tried. */
  private int normalize(double[] counts) {
    int states = completion.states();
    int tried = 0;
    for (int from = 0; from < counts.length; from += states) {
      double total = 0;
      for (int next = 0; next < states; next++) {
        total += counts[from + next];
      }
      if (total == 0) {
        System.arraycopy(completion.probabilities(), from, counts, from, states);
        continue;
      }
      tried++;
      for (int next = 0; next < states; next++) {
        counts[from + next] /= total;
      }
    }
    return tried;
  }

  private static OptionalDouble loss(
      ReplayView data, Provenance side, ModelParameters.Tabular model) {
    if (data.size(side) == 0) {
      return OptionalDouble.empty();
    }
    double[] sum = {0};
    SideBlocks.forEach(
        data,
        side,
        batch -> {
          for (int i = 0; i < batch.size(); i++) {
            sum[0] += 1 - TabularRow.of(model, batch, i).probability(model);
          }
        });
    return OptionalDouble.of(sum[0] / data.size(side));
  }
}
