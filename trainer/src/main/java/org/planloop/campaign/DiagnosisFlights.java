package org.planloop.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.protocol.JobResult;

/** The diagnosis of one iteration under way: for real by workers, in the model by the trainer. */
final class DiagnosisFlights {
  private final List<JobResult> learner = new ArrayList<>();
  private final List<JobResult> expert = new ArrayList<>();
  private int pending;
  private boolean begun;
  private Event.@Nullable ModelFlown inModel;

  /** Expects so many jobs and one answer from the trainer. */
  void await(int jobs) {
    pending = jobs;
    begun = true;
  }

  void flown(JobResult result) {
    (result.job().policyVersion() == 0 ? expert : learner).add(result);
    pending--;
  }

  void flownInModel(Event.ModelFlown flown) {
    inModel = flown;
  }

  /** Whether nothing is awaited any more. */
  boolean complete() {
    return pending == 0 && (!begun || inModel != null);
  }

  /**
   * What was found, at the earlier alarm level; empty if there was no diagnosis.
   *
   * @param earlier the last row's: the expert's real flights are the same in every iteration
   */
  Optional<Diagnosis> found(Optional<Diagnosis> earlier) {
    Event.ModelFlown model = inModel;
    if (model == null || !complete()) {
      return Optional.empty();
    }
    int steps = Stream.concat(learner.stream(), expert.stream()).mapToInt(JobResult::steps).sum();
    return Optional.of(
        new Diagnosis(
            FinalChoice.returns(JobResult.inOrder(learner)),
            model.learner(),
            expert.isEmpty()
                ? earlier.map(Diagnosis::realExpert).orElse(List.of())
                : FinalChoice.returns(JobResult.inOrder(expert)),
            model.expert(),
            earlier.map(Diagnosis::alarmLevel).orElse(0),
            earlier.map(Diagnosis::steps).orElse(0L) + steps));
  }
}
