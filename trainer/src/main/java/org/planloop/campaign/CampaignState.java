package org.planloop.campaign;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
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
 * @param asynchronous what an asynchronous campaign remembers besides; empty for a synchronous one
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
    Safety safety,
    Optional<AsynchronousState> asynchronous) {
  /** Nothing flown yet. */
  public static final CampaignState EMPTY =
      new CampaignState(
          List.of(),
          List.of(),
          List.of(),
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          List.of(),
          Safety.NONE,
          Optional.empty());

  public CampaignState {
    rows = List.copyOf(rows);
    candidates = List.copyOf(candidates);
    expertReturns = List.copyOf(expertReturns);
    notes = List.copyOf(notes);
  }

  /** With the expert's episodes from before the first iteration. */
  CampaignState withExpert(long steps, long stored, List<Double> returns) {
    return with(
        to -> {
          to.expertReturns = returns;
          to.expertSteps = steps;
          to.expertRows = stored;
        });
  }

  /**
   * With one more row and what came with it.
   *
   * @param judged the row's policy on evaluation seeds; empty when off
   * @param newLearnerRows rows of the iteration that replay has confirmed
   * @param newExpertRows likewise
   * @param failedInARow learner episodes in a row whose environment failed
   */
  CampaignState withRow(
      ProgressRow row,
      Optional<Candidate> judged,
      List<Double> newExpertReturns,
      long newLearnerRows,
      long newExpertRows,
      int failedInARow) {
    return with(
        to -> {
          to.rows = appended(rows, List.of(row));
          to.candidates = appended(candidates, judged.stream().toList());
          to.expertReturns = appended(expertReturns, newExpertReturns);
          to.envSteps = row.envSteps();
          to.expertSteps = row.expertSteps();
          to.evalSteps = row.evalSteps();
          to.learnerRows += newLearnerRows;
          to.expertRows += newExpertRows;
          to.failedEpisodes = failedInARow;
        });
  }

  /** With so many fits without a result in a row. */
  CampaignState withFailedFits(int count) {
    return with(to -> to.failedFits = count);
  }

  /** With one more note. */
  CampaignState withNote(String note) {
    return with(to -> to.notes = appended(notes, List.of(note)));
  }

  /** With other memories of what is safe. */
  CampaignState withSafety(Safety other) {
    return with(to -> to.safety = other);
  }

  /** With other memories of an asynchronous campaign. */
  CampaignState withAsynchronous(AsynchronousState other) {
    return with(to -> to.asynchronous = Optional.of(other));
  }

  /** With all that was measured while the best policy was chosen. */
  CampaignState withChoice(List<Candidate> measured, long steps) {
    return with(
        to -> {
          to.candidates = measured;
          to.evalSteps = steps;
        });
  }

  /**
   * What came after an earlier state: its lists without their beginnings, which that one has.
   *
   * @throws IllegalArgumentException if they do not begin with what the earlier state has
   */
  public CampaignState since(CampaignState earlier) {
    return withLists(earlier, CampaignState::after);
  }

  /** The inverse of {@link #since}: the whole state, given the earlier one. */
  public CampaignState following(CampaignState earlier) {
    return withLists(earlier, CampaignState::appended);
  }

  /** Makes a list of an earlier state's and this one's. */
  private interface ListOperation {
    <T> List<T> apply(List<T> earlier, List<T> own);
  }

  private CampaignState withLists(CampaignState earlier, ListOperation of) {
    return with(
        to -> {
          to.rows = of.apply(earlier.rows, rows);
          to.candidates = of.apply(earlier.candidates, candidates);
          to.expertReturns = of.apply(earlier.expertReturns, expertReturns);
          to.notes = of.apply(earlier.notes, notes);
          to.safety = safety.withAudit(of.apply(earlier.safety.audit(), safety.audit()));
        });
  }

  private static <T> List<T> after(List<T> beginning, List<T> list) {
    int length = beginning.size();
    if (list.size() < length || !list.subList(0, length).equals(beginning)) {
      throw new IllegalArgumentException("a campaign's past is not what it was");
    }
    return list.subList(length, list.size());
  }

  private static <T> List<T> appended(List<T> list, List<T> more) {
    return Stream.concat(list.stream(), more.stream()).toList();
  }

  private CampaignState with(Consumer<Draft> changes) {
    Draft draft = new Draft(this);
    changes.accept(draft);
    return draft.state();
  }

  /** A copy while some of it is exchanged. */
  private static final class Draft {
    private List<ProgressRow> rows;
    private List<Candidate> candidates;
    private List<Double> expertReturns;
    private long envSteps;
    private long expertSteps;
    private long evalSteps;
    private long learnerRows;
    private long expertRows;
    private int failedFits;
    private int failedEpisodes;
    private List<String> notes;
    private Safety safety;
    private Optional<AsynchronousState> asynchronous;

    Draft(CampaignState from) {
      rows = from.rows;
      candidates = from.candidates;
      expertReturns = from.expertReturns;
      envSteps = from.envSteps;
      expertSteps = from.expertSteps;
      evalSteps = from.evalSteps;
      learnerRows = from.learnerRows;
      expertRows = from.expertRows;
      failedFits = from.failedFits;
      failedEpisodes = from.failedEpisodes;
      notes = from.notes;
      safety = from.safety;
      asynchronous = from.asynchronous;
    }

    CampaignState state() {
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
          safety,
          asynchronous);
    }
  }

  /** The last row; empty before the first. */
  public Optional<ProgressRow> lastRow() {
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(rows.size() - 1));
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
    return lastRow().map(ProgressRow::wallSeconds).orElse(0.0);
  }
}
