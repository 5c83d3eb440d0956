package org.planloop.campaign;

import java.util.List;

/**
 * What a campaign remembers between iterations: with the policies and the replay files, everything
 * that is needed to go on after row i as if nothing had happened. The text files of a run folder
 * are projections of it.
 *
 * @param rows row 1 to i
 * @param candidates evaluated so far, ascending by version
 * @param expertReturns the expert's episodes so far
 * @param envSteps learner transitions flown
 * @param expertSteps expert transitions flown or recorded
 * @param evalSteps transitions flown for evaluation
 * @param failedFits fits without a result in a row
 * @param failedEpisodes learner episodes in a row whose environment failed
 * @param notes what the reader of the summary must know
 */
public record CampaignState(
    List<ProgressRow> rows,
    List<Candidate> candidates,
    List<Double> expertReturns,
    long envSteps,
    long expertSteps,
    long evalSteps,
    int failedFits,
    int failedEpisodes,
    List<String> notes) {
  /** Nothing flown yet. */
  public static final CampaignState EMPTY =
      new CampaignState(List.of(), List.of(), List.of(), 0, 0, 0, 0, 0, List.of());

  public CampaignState {
    rows = List.copyOf(rows);
    candidates = List.copyOf(candidates);
    expertReturns = List.copyOf(expertReturns);
    notes = List.copyOf(notes);
  }

  /** i of the last row, 0 before the first. */
  public int iteration() {
    return rows.size();
  }

  /** Active time over all attempts up to the last row. */
  public double wallSeconds() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).wallSeconds();
  }
}
