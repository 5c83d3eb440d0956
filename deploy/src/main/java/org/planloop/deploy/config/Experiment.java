package org.planloop.deploy.config;

import static org.planloop.data.InvalidInputException.check;

import org.planloop.campaign.CampaignSettings;
import org.planloop.campaign.CampaignSettings.FirstPolicy;
import org.planloop.campaign.EvaluationSettings;
import org.planloop.campaign.Strategy;
import org.planloop.diagnostics.DiagnosticsSettings;
import org.planloop.diagnostics.DiagnosticsSettings.Alarm;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.DynamicsSettings.Kind;
import org.planloop.fitting.TrainerSettings;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.ExpertSettings;
import org.planloop.preflight.PreflightSettings;
import org.planloop.replay.ReplaySettings;
import org.planloop.rollout.EnvelopeSettings.RescuerSteps;
import org.planloop.rollout.RolloutSettings;

/**
 * Everything that decides what a campaign does, with every default spelled out: the one record of
 * parts that a run is wired from, whatever machines it runs on.
 *
 * @param name what the run is called
 * @param seed names every random stream
 * @param strategy which data the model is fitted to
 * @param expertFraction the expert's share of a fit that follows from the strategy: 1, 0, or the
 *     configured fraction of MIXED
 * @param discount factor a step, in (0, 1]
 */
public record Experiment(
    String name,
    long seed,
    Strategy strategy,
    double expertFraction,
    double discount,
    EnvironmentSettings environment,
    ExpertSettings expert,
    DynamicsSettings dynamics,
    PlannerSettings planner,
    TrainerSettings trainer,
    CampaignSettings campaign,
    EvaluationSettings evaluation,
    RolloutSettings rollout,
    PreflightSettings preflight,
    ReplaySettings replay,
    DiagnosticsSettings diagnostics) {

  public Experiment {
    check(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}"),
        "name",
        name,
        "must be letters, digits, dots, hyphens and underscores, 100 at most, because the run"
            + " folder is called after it");
    check(discount > 0 && discount <= 1, "discount", discount, "must be above 0 and at most 1");
    checkFraction(strategy, expertFraction);
    checkExpert(strategy, expert);
    checkFirstPolicy(campaign.firstPolicy(), expert);
    campaign.checkMode(strategy, expert);
    checkPlanner(planner.kind(), dynamics.kind(), discount);
    check(
        !planner.kind().lazy() || strategy != Strategy.LEARNER_ONLY,
        "planner.kind",
        Values.word(planner.kind()),
        "improves the policy along the expert's states, and strategy = LEARNER_ONLY has none; set"
            + " planner.kind = lqr or value-iteration");
    checkSupervision(rollout, expert, dynamics.kind(), strategy);
    checkPreflight(preflight, expert);
    check(
        evaluation.episodes() == 0 || evaluation.firstEpisodes() <= evaluation.episodes(),
        "evaluation.first-episodes",
        evaluation.firstEpisodes(),
        "must be at most evaluation.episodes = " + evaluation.episodes());
    checkAlarm(diagnostics.alarm(), strategy, planner);
  }

  /** The same, with its replay files kept in another way: that has no influence on results. */
  public Experiment withReplay(ReplaySettings other) {
    return new Experiment(
        name,
        seed,
        strategy,
        expertFraction,
        discount,
        environment,
        expert,
        dynamics,
        planner,
        trainer,
        campaign,
        evaluation,
        rollout,
        preflight,
        other,
        diagnostics);
  }

  /** An alarm must have something to change. */
  private static void checkAlarm(Alarm alarm, Strategy strategy, PlannerSettings planner) {
    String word = Values.word(alarm);
    check(
        alarm != Alarm.EXPERT_SHARE || strategy == Strategy.MIXED,
        "diagnostics.alarm",
        word,
        "raises the expert's share, which strategy = " + strategy + " fixes; set strategy = MIXED");
    check(
        alarm != Alarm.HORIZON
            || planner.kind().samples()
            || planner.kind() == PlannerSettings.Kind.FINITE_LQR,
        "diagnostics.alarm",
        word,
        "shortens planner.horizon, which planner.kind = "
            + Values.word(planner.kind())
            + " does not use; set diagnostics.alarm = warn or expert-share");
    check(
        alarm != Alarm.DISAGREEMENT || planner.particlesDiffer(),
        "diagnostics.alarm",
        word,
        "penalises particles that differ: set planner.particles = 2 or more (a multiple of"
            + " dynamics.members) and planner.propagation = ts-infinity, with a planner.kind that"
            + " samples");
  }

  private static void checkFraction(Strategy strategy, double fraction) {
    if (strategy == Strategy.MIXED) {
      check(
          fraction > 0 && fraction < 1,
          "expert-fraction",
          fraction,
          "must be above 0 and below 1; all of one side is strategy = EXPERT_ONLY or LEARNER_ONLY");
    } else if (fraction != strategy.expertFraction(Double.NaN)) {
      throw new IllegalArgumentException(strategy + " with an expert's share of " + fraction);
    }
  }

  private static void checkExpert(Strategy strategy, ExpertSettings expert) {
    check(
        strategy == Strategy.LEARNER_ONLY || expert.present(),
        "strategy",
        strategy,
        "needs expert data, and expert.kind = none; set expert.kind, or strategy = LEARNER_ONLY");
    boolean flies = flies(expert);
    check(
        strategy == Strategy.LEARNER_ONLY
            || !flies
            || expert.episodes() > 0
            || expert.eachIteration(),
        "expert.episodes",
        expert.episodes(),
        "must be 1 or more (or expert.each-iteration = true), because strategy = "
            + strategy
            + " needs expert data");
    check(
        !expert.eachIteration() || flies,
        "expert.each-iteration",
        expert.eachIteration(),
        "needs a demonstrator that flies, and expert.kind = "
            + expert.kind()
            + "; set expert.each-iteration = false and expert.rows = 0");
    check(
        expert.rows() == 0 || expert.eachIteration(),
        "expert.rows",
        expert.rows(),
        "must be 0 unless expert.each-iteration = true; set expert.rows = 0");
  }

  private static boolean flies(ExpertSettings expert) {
    return expert.present() && !expert.kind().equals("recorded");
  }

  private static void checkSupervision(
      RolloutSettings rollout, ExpertSettings expert, Kind dynamics, Strategy strategy) {
    if (!rollout.supervised()) {
      return;
    }
    check(
        flies(expert),
        "rollout.supervision",
        "envelope",
        "needs a demonstrator that can take over, and expert.kind = "
            + expert.kind()
            + "; name one that flies, or set rollout.supervision = none");
    check(
        Double.isNaN(rollout.envelope().disagreement()) || dynamics == Kind.ENSEMBLE,
        "rollout.envelope.disagreement",
        rollout.envelope().disagreement(),
        "needs dynamics.kind = ensemble, whose members can disagree; set it to none");
    check(
        rollout.envelope().rescuerSteps() == RescuerSteps.DROPPED
            || strategy != Strategy.LEARNER_ONLY,
        "rollout.envelope.rescuer-steps",
        Values.word(rollout.envelope().rescuerSteps()),
        "needs a strategy that fits to the expert's data, and strategy = LEARNER_ONLY; set it to"
            + " dropped");
  }

  private static void checkPreflight(PreflightSettings preflight, ExpertSettings expert) {
    check(
        !preflight.on() || flies(expert),
        "preflight.kind",
        Values.word(preflight.kind()),
        "needs a demonstrator that flies while no candidate is accepted, and expert.kind = "
            + expert.kind()
            + "; name one that flies, or set preflight.kind = none");
  }

  private static void checkFirstPolicy(FirstPolicy firstPolicy, ExpertSettings expert) {
    check(
        firstPolicy != FirstPolicy.EXPERT_MODEL || expert.present(),
        "campaign.first-policy",
        Values.word(firstPolicy),
        "needs expert data, and expert.kind = none; set expert.kind, or campaign.first-policy ="
            + " random");
    check(
        firstPolicy != FirstPolicy.EXPERT_MODEL || !expert.eachIteration(),
        "campaign.first-policy",
        Values.word(firstPolicy),
        "needs expert data before the first iteration, and expert.each-iteration = true; set"
            + " campaign.first-policy = random or initial-model");
  }

  private static void checkPlanner(
      PlannerSettings.Kind planner, DynamicsSettings.Kind dynamics, double discount) {
    boolean riccati =
        planner == PlannerSettings.Kind.LQR
            || planner == PlannerSettings.Kind.FINITE_LQR
            || planner == PlannerSettings.Kind.LAZY_LQR;
    boolean values =
        planner == PlannerSettings.Kind.VALUE_ITERATION
            || planner == PlannerSettings.Kind.LAZY_VALUE_ITERATION;
    boolean fits =
        riccati
            ? dynamics == Kind.LINEAR
            : planner == PlannerSettings.Kind.ILQR
                ? dynamics == Kind.TIME_VARYING_LINEAR
                : dynamics == Kind.TABULAR
                    ? values
                    : planner != PlannerSettings.Kind.LAZY_VALUE_ITERATION
                        && (dynamics != Kind.TIME_VARYING_LINEAR || !values);
    check(
        fits,
        "planner.kind",
        Values.word(planner),
        "does not plan in dynamics.kind = "
            + Values.word(dynamics)
            + ": lqr, finite-lqr and lazy-lqr need linear, ilqr needs time-varying-linear,"
            + " value-iteration needs tabular, ensemble or linear, lazy-value-iteration needs"
            + " tabular, and tabular needs one of these two");
    check(
        !values || dynamics != Kind.TABULAR || discount < 1,
        "discount",
        discount,
        "must be below 1 with planner.kind = "
            + Values.word(planner)
            + " in a table, or the sum may be infinite");
  }
}
