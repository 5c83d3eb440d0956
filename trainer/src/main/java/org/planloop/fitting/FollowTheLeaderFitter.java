package org.planloop.fitting;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.replay.ReplayView;

/**
 * Chooses the model with the least 0/1 loss from a finite class: follow the leader, the no-regret
 * learner of the counterexample (Ross and Bagnell 2012).
 *
 * <p>A row's loss is 1 - P(s' | s, a), which for a deterministic model is 0 or 1; a side's loss is
 * the mean over its rows, and the sides are weighted by the mixture. A tie keeps the previous model
 * if it is among the leaders, else takes the first listed.
 */
public final class FollowTheLeaderFitter implements Fitter {
  private static final double TIE = 1e-12;

  private final List<String> names;
  private final List<ModelParameters.Tabular> models;

  /**
   * @param models the class, by name, in order of preference
   * @throws InvalidInputException if the class is empty, or holds a model that is not tabular
   */
  public FollowTheLeaderFitter(Map<String, ModelParameters> models) {
    if (models.isEmpty()) {
      throw InvalidInputException.setting(
          "dynamics.kind",
          "tabular",
          "needs stated models to choose from, and the environment states none; set"
              + " dynamics.kind = ensemble");
    }
    this.names = List.copyOf(models.keySet());
    List<ModelParameters.Tabular> tables = new ArrayList<>();
    models.forEach(
        (name, model) -> {
          if (!(model instanceof ModelParameters.Tabular table)) {
            throw InvalidInputException.setting(
                "dynamics.kind",
                "tabular",
                "the environment's stated model "
                    + name
                    + " is not tabular; set dynamics.kind to its family");
          }
          tables.add(table);
        });
    this.models = List.copyOf(tables);
  }

  @Override
  public Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random) {
    SideBlocks.requireBoth(data, expertFraction);
    double[] expert = losses(data, Provenance.EXPERT);
    double[] learner = losses(data, Provenance.LEARNER);
    double[] mixed = new double[models.size()];
    for (int m = 0; m < mixed.length; m++) {
      mixed[m] =
          (expertFraction > 0 ? expertFraction * expert[m] : 0)
              + (expertFraction < 1 ? (1 - expertFraction) * learner[m] : 0);
    }
    int leader = leader(mixed, previous);
    return new Fitted(
        models.get(leader),
        present(data, Provenance.EXPERT, expert[leader]),
        present(data, Provenance.LEARNER, learner[leader]),
        expertFraction,
        Map.of("train/model_index", (double) leader),
        List.of());
  }

  /** The names of the class, in the order that {@code train/model_index} counts in. */
  public List<String> names() {
    return names;
  }

  private int leader(double[] losses, Optional<ModelParameters> previous) {
    double least = Arrays.stream(losses).min().orElseThrow();
    int first = -1;
    for (int m = 0; m < losses.length; m++) {
      if (losses[m] <= least + TIE) {
        if (previous.isPresent() && same(previous.get(), models.get(m))) {
          return m;
        }
        first = first < 0 ? m : first;
      }
    }
    return first;
  }

  private static boolean same(ModelParameters model, ModelParameters.Tabular other) {
    return model instanceof ModelParameters.Tabular table
        && table.states() == other.states()
        && table.actions() == other.actions()
        && Arrays.equals(table.probabilities(), other.probabilities());
  }

  private static OptionalDouble present(ReplayView data, Provenance side, double loss) {
    return data.size(side) == 0 ? OptionalDouble.empty() : OptionalDouble.of(loss);
  }

  /** Mean loss of each model on a side; NaN where the side is empty. */
  private double[] losses(ReplayView data, Provenance side) {
    double[] losses = new double[models.size()];
    SideBlocks.forEach(
        data,
        side,
        batch -> {
          for (int row = 0; row < batch.size(); row++) {
            for (int m = 0; m < losses.length; m++) {
              ModelParameters.Tabular model = models.get(m);
              losses[m] += 1 - TabularRow.of(model, batch, row).probability(model);
            }
          }
        });
    for (int m = 0; m < losses.length; m++) {
      losses[m] /= data.size(side);
    }
    return losses;
  }
}
