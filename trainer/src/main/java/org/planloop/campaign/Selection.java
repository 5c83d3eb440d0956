package org.planloop.campaign;

import java.util.List;

/**
 * How the best policy was chosen: everything that selection.json holds; no time, host or path in
 * it.
 *
 * @param chosen version of the best policy
 * @param selectedBy on what ground
 * @param confirmed the winner on seeds that played no part in choosing it; no episodes if
 *     confirmation is off
 * @param candidates every policy that was judged, ascending by version
 */
public record Selection(
    int chosen, SelectedBy selectedBy, ReturnEstimate confirmed, List<Candidate> candidates) {
  public Selection {
    candidates = List.copyOf(candidates);
  }
}
