package org.planloop.campaign;

import java.util.List;
import java.util.Optional;

/**
 * What a finished campaign reports; {@code summary.json}.
 *
 * @param experiment its name
 * @param envSteps learner transitions, random ones included, evaluation excluded
 * @param wallSeconds active time over all attempts
 * @param iterations iterations flown
 * @param best the selected policy of pi_1 .. pi_N+1
 * @param last the policy of the last row, pi_N, from the episodes of its row
 * @param expert the expert on its own episodes; empty without an expert that flew or was recorded
 * @param notes what the reader must know of these figures, one line each: evaluation was off, fits
 *     failed, the campaign stopped early
 */
public record Summary(
    String experiment,
    Strategy strategy,
    long seed,
    long envSteps,
    double wallSeconds,
    int iterations,
    Standing best,
    Standing last,
    Optional<Standing> expert,
    List<String> notes) {
  public Summary {
    notes = List.copyOf(notes);
  }

  /**
   * How a policy stands.
   *
   * @param iteration i of pi_i; 0 for the expert
   * @param returns its mean return
   * @param selectedBy where the figure comes from
   */
  public record Standing(int iteration, ReturnEstimate returns, SelectedBy selectedBy) {}
}
