package org.planloop.dynamics;

import java.util.List;
import org.planloop.environment.StateSpace;

/**
 * The shape of a neural ensemble: members are multi-layer perceptrons with SiLU that predict the
 * normalised change of the state from the normalised state (angles as sine and cosine) and action.
 *
 * @param states which dimensions are angles
 * @param actionSize width A
 * @param members E
 * @param elites the members that predict, as indices in ascending order
 * @param hidden widths of the hidden layers
 * @param probabilistic whether a log variance is predicted beside the mean
 * @param learnedReward whether reward is one more output
 * @param learnedTermination whether a termination logit is one more output
 */
public record EnsembleArchitecture(
    StateSpace states,
    int actionSize,
    int members,
    List<Integer> elites,
    List<Integer> hidden,
    boolean probabilistic,
    boolean learnedReward,
    boolean learnedTermination) {
  public EnsembleArchitecture {
    elites = List.copyOf(elites);
    hidden = List.copyOf(hidden);
  }
}
