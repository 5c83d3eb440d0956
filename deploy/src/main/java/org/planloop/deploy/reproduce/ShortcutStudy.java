package org.planloop.deploy.reproduce;

import static org.planloop.deploy.reproduce.GridStudy.sequence;

import java.util.List;
import java.util.Locale;
import org.planloop.campaign.Strategy;

/**
 * The optimistic grid world: a planner takes what the expert never tried for a short cut. Numbers
 * as in the counterexample (Ross and Bagnell 2012): 10 in the model, -10 for real, 8.1 for the
 * mixture.
 */
final class ShortcutStudy implements Study {
  @Override
  public String name() {
    return "shortcut";
  }

  @Override
  public String title() {
    return "The short cut: a model without an error on the expert's data leads into death";
  }

  @Override
  public Findings run(StudySetting setting) {
    GridStudy study = GridStudy.fly(name(), "gridworld-shortcut", setting);
    return new Findings(
        text(study),
        List.of(study.flights(), study.beliefs()),
        List.of(study.figure()),
        List.of(
            study.always(
                "EXPERT_ONLY fits the expert's data without an error, in every iteration",
                Strategy.EXPERT_ONLY,
                "loss_expert",
                0),
            study.always(
                "its model promises 10, in every iteration",
                Strategy.EXPERT_ONLY,
                "return_in_model",
                10),
            study.always(
                "it dies in the short cut for -10, in every iteration",
                Strategy.EXPERT_ONLY,
                "return",
                -10),
            study.endsAtTheTrophy(
                "MIXED sees its mistake once and then takes the expert's way for 8.1",
                Strategy.MIXED),
            study.endsAtTheTrophy(
                "no failure of LEARNER_ONLY: believing the best of everything untried (as R-max"
                    + " does), it ends at the trophy too",
                Strategy.LEARNER_ONLY)));
  }

  private static String text(GridStudy study) {
    return String.format(
        Locale.ROOT,
        """
        EXPERT_ONLY believes that the one move nobody showed it leads straight to the trophy: a return of %s instead of the %s that the expert's way is
        worth. So it goes there, and dies: %s. It will do so for ever, since its own death is not in its data, and its error on the data that it
        has is zero. MIXED makes the same mistake in its first iteration, and has it in the data of the second: %s.

        LEARNER_ONLY is drawn beside them so that nobody takes this world for an argument against it: a learner that hopes for the best wherever it has
        not been tries everything there is, and finds the trophy in the end (%s). On a grid of a few cells that is cheap. On a robot each such hope
        may be a crash, and there is always more left to try.
        """,
        sequence(study.last(Strategy.EXPERT_ONLY, "return_in_model")),
        sequence(GridStudy.TROPHY),
        sequence(study.of(Strategy.EXPERT_ONLY, "return")),
        sequence(study.of(Strategy.MIXED, "return")),
        sequence(study.of(Strategy.LEARNER_ONLY, "return")));
  }
}
