package org.planloop.campaign;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;

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
 * @param learnerRows learner rows that replay has confirmed
 * @param expertRows expert rows that replay has confirmed
 * @param failedFits fits without a result in a row
 * @param failedEpisodes learner episodes in a row whose environment failed
 * @param notes what the reader of the summary must know
 * @param safety who is trusted, and the audit log
 */
public record CampaignState(
    List<ProgressRow> rows,
    List<Candidate> candidates,
    List<Double> expertReturns,
    long envSteps,
    long expertSteps,
    long evalSteps,
    long learnerRows,
    long expertRows,
    int failedFits,
    int failedEpisodes,
    List<String> notes,
    Safety safety) {
  /** Nothing flown yet. */
  public static final CampaignState EMPTY =
      new CampaignState(
          List.of(), List.of(), List.of(), 0, 0, 0, 0, 0, 0, 0, List.of(), Safety.NONE);

  public CampaignState {
    rows = List.copyOf(rows);
    candidates = List.copyOf(candidates);
    expertReturns = List.copyOf(expertReturns);
    notes = List.copyOf(notes);
  }

  /** With the expert's episodes from before the first iteration. */
  CampaignState withExpert(long steps, long stored, List<Double> returns) {
    return new CampaignState(
        rows,
        candidates,
        returns,
        envSteps,
        steps,
        evalSteps,
        learnerRows,
        stored,
        0,
        0,
        notes,
        safety);
  }

  /** With so many fits without a result in a row. */
  CampaignState withFailedFits(int count) {
    return new CampaignState(
        rows,
        candidates,
        expertReturns,
        envSteps,
        expertSteps,
        evalSteps,
        learnerRows,
        expertRows,
        count,
        failedEpisodes,
        notes,
        safety);
  }

  /** With one more note. */
  CampaignState withNote(String note) {
    return new CampaignState(
        rows,
        candidates,
        expertReturns,
        envSteps,
        expertSteps,
        evalSteps,
        learnerRows,
        expertRows,
        failedFits,
        failedEpisodes,
        Stream.concat(notes.stream(), Stream.of(note)).toList(),
        safety);
  }

  /** With other memories of what is safe. */
  CampaignState withSafety(Safety other) {
    return new CampaignState(
        rows,
        candidates,
        expertReturns,
        envSteps,
        expertSteps,
        evalSteps,
        learnerRows,
        expertRows,
        failedFits,
        failedEpisodes,
        notes,
        other);
  }

  /** With all that was measured while the best policy was chosen. */
  CampaignState withChoice(List<Candidate> measured, long steps) {
    return new CampaignState(
        rows,
        measured,
        expertReturns,
        envSteps,
        expertSteps,
        steps,
        learnerRows,
        expertRows,
        failedFits,
        failedEpisodes,
        notes,
        safety);
  }

  /** i of the last row, 0 before the first. */
  public int iteration() {
    return rows.size();
  }

  /**
   * The policy of the iteration with the best collected return, of equals the earliest. A return
   * that a rescuer had a hand in says little of the policy: it counts only if there is no other.
   */
  OptionalInt bestCollected() {
    boolean anyAlone = rows.stream().anyMatch(row -> row.interventions() == 0);
    return rows.stream()
        .filter(row -> !anyAlone || row.interventions() == 0)
        .max(
            Comparator.comparingDouble(
                    (ProgressRow row) -> row.returnMean().orElse(Double.NEGATIVE_INFINITY))
                .thenComparing(Comparator.comparingInt(ProgressRow::iteration).reversed()))
        .map(row -> OptionalInt.of(row.policyVersion()))
        .orElse(OptionalInt.empty());
  }

  /** Active time over all attempts up to the last row. */
  public double wallSeconds() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).wallSeconds();
  }
}
