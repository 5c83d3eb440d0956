package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.campaign.CampaignOutcome;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.Candidate;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.campaign.SelectedBy;
import org.planloop.campaign.Selection;
import org.planloop.campaign.Summary;
import org.planloop.campaign.Summary.Standing;
import org.planloop.deploy.config.Experiment;

/** What a finished campaign reports. */
public final class Summaries {
  private Summaries() {}

  /** The summary of an outcome. */
  public static Summary of(Experiment experiment, CampaignOutcome.Finished finished) {
    CampaignState state = finished.state();
    List<String> notes = new ArrayList<>(state.notes());
    if (experiment.evaluation().episodes() == 0) {
      notes.add(
          "evaluation is off: the iteration with the best collected return stands in for the best policy, which is a little too good");
    }
    return new Summary(
        experiment.name(),
        experiment.strategy(),
        experiment.seed(),
        state.envSteps(),
        finished.wallSeconds(),
        state.iteration(),
        best(state, finished.selection()),
        last(state),
        state.expertReturns().isEmpty()
            ? Optional.empty()
            : Optional.of(new Standing(0, estimate(state.expertReturns()), SelectedBy.COLLECTION)),
        notes);
  }

  private static Standing best(CampaignState state, Selection selection) {
    ReturnEstimate returns =
        switch (selection.selectedBy()) {
          case CONFIRMATION -> selection.confirmed();
          case EVALUATION -> evaluated(state, selection.chosen()).orElse(ReturnEstimate.NONE);
          case COLLECTION -> collected(state.rows().get(selection.chosen() - 1));
        };
    return new Standing(selection.chosen(), returns, selection.selectedBy());
  }

  /** pi_N+1 where it was evaluated, otherwise pi_N as it was flown. */
  private static Standing last(CampaignState state) {
    int newest = state.iteration() + 1;
    return evaluated(state, newest)
        .map(returns -> new Standing(newest, returns, SelectedBy.EVALUATION))
        .orElseGet(
            () ->
                new Standing(
                    state.iteration(),
                    collected(state.rows().get(state.iteration() - 1)),
                    SelectedBy.COLLECTION));
  }

  private static Optional<ReturnEstimate> evaluated(CampaignState state, int version) {
    return state.candidates().stream()
        .filter(candidate -> candidate.version() == version)
        .map(Candidate::estimate)
        .findFirst();
  }

  private static ReturnEstimate collected(ProgressRow row) {
    return new ReturnEstimate(row.returnMean(), row.returnCi95(), row.episodes());
  }

  private static ReturnEstimate estimate(List<Double> returns) {
    return ReturnEstimate.of(returns.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
