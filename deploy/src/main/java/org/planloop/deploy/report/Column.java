package org.planloop.deploy.report;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.planloop.campaign.Diagnosis;
import org.planloop.campaign.ProgressRow;

/**
 * A column of {@code progress.csv}, which is also a field of {@code metrics.jsonl} and a
 * TensorBoard tag. Scripts read columns by name; new ones are only ever appended to {@link #ALL}.
 *
 * @param name as scripts know it
 * @param value of a row; empty gives an empty cell
 */
public record Column(String name, Function<ProgressRow, OptionalDouble> value) {
  /** Every column in order. */
  public static final List<Column> ALL =
      List.of(
          number("iteration", ProgressRow::iteration),
          number("env_steps", ProgressRow::envSteps),
          number("expert_steps", ProgressRow::expertSteps),
          number("eval_steps", ProgressRow::evalSteps),
          number("wall_s", row -> milliseconds(row.wallSeconds())),
          new Column("return_mean", ProgressRow::returnMean),
          new Column("return_ci95", ProgressRow::returnCi95),
          new Column("best_return_mean", ProgressRow::bestReturnMean),
          new Column("eval_return_mean", ProgressRow::evalReturnMean),
          new Column("eval_return_ci95", ProgressRow::evalReturnCi95),
          new Column("model_loss_expert", ProgressRow::modelLossExpert),
          new Column("model_loss_learner", ProgressRow::modelLossLearner),
          new Column("mix_expert", ProgressRow::mixExpert),
          number("policy_version", ProgressRow::policyVersion),
          number("crashes", ProgressRow::crashes),
          number("interventions", ProgressRow::interventions),
          number("episodes", ProgressRow::episodes),
          number("failed_episodes", ProgressRow::failedEpisodes),
          number("fit_failed", row -> row.fitFailed() ? 1 : 0),
          number("collect_s", row -> milliseconds(row.collectSeconds())),
          number("fit_s", row -> milliseconds(row.fitSeconds())),
          number("eval_s", row -> milliseconds(row.evalSeconds())),
          diagnosed("real_learner_mean", Diagnosis::realLearnerMean),
          diagnosed("model_learner_mean", Diagnosis::modelLearnerMean),
          diagnosed("real_expert_mean", Diagnosis::realExpertMean),
          diagnosed("model_expert_mean", Diagnosis::modelExpertMean),
          diagnosed("gap_mean", found -> found.gap().mean()),
          diagnosed("gap_ci95", found -> found.gap().ci95()),
          diagnosed("gap_learner_fit", found -> found.learnerFit().mean()),
          diagnosed("gap_learner_fit_ci95", found -> found.learnerFit().ci95()),
          diagnosed("gap_expert_fit", found -> found.expertFit().mean()),
          diagnosed("gap_expert_fit_ci95", found -> found.expertFit().ci95()),
          diagnosed("gap_planning", found -> found.planning().mean()),
          diagnosed("gap_planning_ci95", found -> found.planning().ci95()),
          diagnosed("exploited", found -> OptionalDouble.of(found.exploited() ? 1 : 0)),
          diagnosed("alarm_level", found -> OptionalDouble.of(found.alarmLevel())),
          diagnosed("diagnose_steps", found -> OptionalDouble.of((double) found.steps())));

  private static Column diagnosed(String name, Function<Diagnosis, OptionalDouble> value) {
    return new Column(name, row -> row.diagnosis().map(value).orElse(OptionalDouble.empty()));
  }

  private static Column number(
      String name, java.util.function.ToDoubleFunction<ProgressRow> value) {
    return new Column(name, row -> OptionalDouble.of(value.applyAsDouble(row)));
  }

  /** Seconds, rounded: nobody reads microseconds of a wall clock. */
  static double milliseconds(double seconds) {
    return Math.rint(seconds * 1000) / 1000;
  }
}
