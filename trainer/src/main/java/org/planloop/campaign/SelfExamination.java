package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.data.Purpose;
import org.planloop.diagnostics.AlarmLevel;
import org.planloop.diagnostics.DiagnosticsSettings.Alarm;
import org.planloop.protocol.RolloutJob;

/**
 * The rules by which a campaign examines itself: what is flown for a diagnosis, what follows from
 * it, and what the user is told in the end.
 */
final class SelfExamination {
  private final CampaignPlan plan;
  private final FlightPlan flights;

  SelfExamination(CampaignPlan plan, FlightPlan flights) {
    this.plan = plan;
    this.flights = flights;
  }

  private Alarm alarm() {
    return plan.diagnostics().alarm();
  }

  /**
   * What workers fly for the diagnosis of pi_number. The streams leave the iteration out, so the
   * expert's episodes are the same in every iteration and are flown once.
   *
   * @param earlier the last row's diagnosis
   */
  List<RolloutJob> jobs(int number, Optional<Diagnosis> earlier) {
    int episodes = plan.diagnostics().episodes();
    List<RolloutJob> jobs =
        new ArrayList<>(flights.jobs(Purpose.DIAGNOSE, 0, number, 0, 0, episodes, 0, 0));
    boolean known = earlier.filter(found -> !found.realExpert().isEmpty()).isPresent();
    if (plan.comparesWithExpert() && !known) {
      jobs.addAll(flights.jobs(Purpose.DIAGNOSE, 0, 0, 0, 0, episodes, 0, 0));
    }
    return jobs;
  }

  /** What the trainer flies for it. */
  Effect.FlyInModel inModel(int number) {
    return new Effect.FlyInModel(number, plan.comparesWithExpert(), plan.diagnostics().episodes());
  }

  /** Whether the next fit depends on the diagnosis, and so waits for it. */
  boolean decidesFit() {
    return alarm().acts();
  }

  /** The diagnosis with the alarm level that follows from it. */
  Diagnosis judged(Diagnosis found) {
    return alarm().acts()
        ? found.withAlarmLevel(new AlarmLevel(found.alarmLevel()).next(found.exploited()).level())
        : found;
  }

  /** The fit that follows a diagnosis. */
  Effect.Fit fit(int iteration, Optional<Diagnosis> judged, long learnerRows, long expertRows) {
    AlarmLevel level = new AlarmLevel(judged.map(Diagnosis::alarmLevel).orElse(0));
    return new Effect.Fit(
        iteration + 1,
        iteration,
        Optional.empty(),
        level.expertFraction(alarm(), plan.expertFraction()),
        learnerRows,
        expertRows,
        level.caution(alarm()));
  }

  /** What the reader of the summary must know of it. */
  List<String> notes(List<ProgressRow> rows) {
    List<String> notes = new ArrayList<>();
    plan.missingTerms().ifPresent(notes::add);
    List<ProgressRow> rang =
        rows.stream()
            .filter(row -> row.diagnosis().filter(Diagnosis::exploited).isPresent())
            .toList();
    if (alarm() != Alarm.OFF && !rang.isEmpty()) {
      int first = rang.get(0).iteration();
      int last = rang.get(rang.size() - 1).iteration();
      notes.add(
          "the model promised the learner more than it got (model exploitation) in "
              + rang.size()
              + " of "
              + rows.size()
              + " iterations, "
              + (first == last
                  ? "in " + first
                  : "the first of them " + first + ", the last " + last));
    }
    return notes;
  }
}
