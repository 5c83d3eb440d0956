package org.planloop.deploy.reproduce;

import static org.planloop.deploy.reproduce.GridStudy.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.reproduce.Campaigns.Order;

/**
 * The pessimistic grid world: a learner that expects nothing of what it has not tried stays with
 * the dollar that it knows. Beside it the exact counterexample: a class of three models, chosen by
 * following the leader (Ross and Bagnell 2012).
 */
final class OneDollarStudy implements Study {
  private static final int COUNTED = 5;

  /**
   * A row of the counterexample's table.
   *
   * @param initial the model that pi_1 is planned in
   * @param returns of pi_1 and what follows; the last one goes on for ever
   */
  private record Sequence(Strategy strategy, String initial, double... returns) {
    double at(int iteration) {
      return returns[Math.min(iteration, returns.length) - 1];
    }

    String arm() {
      return strategy.name() + " from " + initial;
    }
  }

  private static final List<Sequence> COUNTEREXAMPLE =
      List.of(
          new Sequence(Strategy.EXPERT_ONLY, "M1", -10),
          new Sequence(Strategy.LEARNER_ONLY, "M2", 1),
          new Sequence(Strategy.LEARNER_ONLY, "M1", -10, 1),
          new Sequence(Strategy.MIXED, "M1", -10, GridStudy.TROPHY),
          new Sequence(Strategy.MIXED, "M2", 1, -10, GridStudy.TROPHY));

  @Override
  public String name() {
    return "one-dollar";
  }

  @Override
  public String title() {
    return "One dollar: a learner without an error on its own data never finds the trophy";
  }

  @Override
  public Findings run(StudySetting setting) {
    GridStudy study = GridStudy.fly(name(), "gridworld-one-dollar", setting);
    Table counterexample = counterexample(setting);
    List<Claim> claims = new ArrayList<>();
    claims.add(
        study.always(
            "LEARNER_ONLY fits its own data without an error, in every iteration",
            Strategy.LEARNER_ONLY,
            "loss_learner",
            0));
    claims.add(
        study.always(
            "its model promises 1, in every iteration",
            Strategy.LEARNER_ONLY,
            "return_in_model",
            1));
    claims.add(
        study.always(
            "it takes the dollar, in every iteration", Strategy.LEARNER_ONLY, "return", 1));
    claims.add(
        study.endsAtTheTrophy(
            "MIXED takes the expert's way for 8.1 as soon as it has the expert's data",
            Strategy.MIXED));
    claims.add(
        study.endsAtTheTrophy(
            "no failure of EXPERT_ONLY: expecting nothing of what was not shown, it imitates the"
                + " expert",
            Strategy.EXPERT_ONLY));
    COUNTEREXAMPLE.forEach(sequence -> claims.add(exactly(sequence, counterexample)));
    return new Findings(
        text(study),
        List.of(study.flights(), study.beliefs(), counterexample),
        List.of(study.figure()),
        claims);
  }

  private Table counterexample(StudySetting setting) {
    List<Order> orders =
        COUNTEREXAMPLE.stream()
            .map(
                sequence ->
                    new Order(
                        sequence.arm(),
                        "counterexample",
                        sequence.strategy(),
                        0,
                        List.of(
                            "dynamics.initial=" + sequence.initial(),
                            "campaign.iterations=" + COUNTED)))
            .toList();
    List<double[]> returns =
        setting.campaigns().fly(orders, flown -> flown.progress().column("return_mean"), setting);
    Table.Rows rows = Table.of(name() + "-counterexample", "arm", "iteration", "return");
    for (int i = 0; i < orders.size(); i++) {
      for (int iteration = 1; iteration <= COUNTED; iteration++) {
        rows.add(orders.get(i).arm(), iteration, returns.get(i)[iteration - 1]);
      }
    }
    return rows.done();
  }

  private static Claim exactly(Sequence expected, Table table) {
    double[] found = table.where("arm", expected.arm()).numbers("return");
    boolean agrees = found.length == COUNTED;
    for (int i = 1; agrees && i <= COUNTED; i++) {
      agrees = GridStudy.same(found[i - 1], expected.at(i));
    }
    return new Claim(
        "counterexample, "
            + expected.arm()
            + ": "
            + sequence(expected.returns())
            + " for ever, exactly",
        sequence(found),
        agrees);
  }

  private static String text(GridStudy study) {
    return String.format(
        Locale.ROOT,
        """
        LEARNER_ONLY begins with a model that knows the way to one dollar and expects every untried move to lead nowhere. Nothing that it does can prove
        it wrong: it takes the dollar (%s), its model fits all that it has ever seen, and the trophy, worth %s, stays undiscovered. MIXED has the
        expert's way in half of its data and takes it from the second iteration on: %s. So does EXPERT_ONLY here (%s), because a model that expects
        nothing beyond the data can only imitate.

        Each of the two obvious methods works in one of the two worlds and fails in the other, with zero error on its data where it fails. Which world a
        robot is in, nobody knows beforehand. MIXED reaches the trophy in both.

        The counterexample says the same with a class of three models: M* is true, M1 is wrong about the short cut, M2 about the expert's way, and the
        learner follows whichever fits best. Its five sequences of returns are listed below and come out exactly%s.
        """,
        sequence(study.last(Strategy.LEARNER_ONLY, "return")),
        sequence(GridStudy.TROPHY),
        sequence(study.of(Strategy.MIXED, "return")),
        sequence(study.of(Strategy.EXPERT_ONLY, "return")),
        Arrays.stream(study.of(Strategy.MIXED, "return")).anyMatch(r -> r == -10)
            ? ""
            : "; with a table in place of three models MIXED needs no detour through death");
  }
}
