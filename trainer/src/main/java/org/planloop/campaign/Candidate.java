package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;

/**
 * A policy of the sequence with what it returned on evaluation seeds. Episode k has the same start
 * and noise for every candidate.
 *
 * @param version i of pi_i
 * @param returns by evaluation episode; NaN where the environment failed
 */
public record Candidate(int version, List<Double> returns) {
  public Candidate {
    returns = List.copyOf(returns);
  }

  /** The estimate over the episodes that did not fail. */
  public ReturnEstimate estimate() {
    return ReturnEstimate.of(
        returns.stream().mapToDouble(Double::doubleValue).filter(Double::isFinite).toArray());
  }

  /**
   * What candidates are ranked by: the mean return; a candidate whose every episode failed ranks
   * last.
   */
  double rank() {
    return estimate().mean().orElse(Double.NEGATIVE_INFINITY);
  }

  /** This candidate with more episodes measured. */
  Candidate with(List<Double> more) {
    List<Double> all = new ArrayList<>(returns);
    all.addAll(more);
    return new Candidate(version, all);
  }

  /** Where the first not yet measured episode is. */
  int measured() {
    return returns.size();
  }
}
