package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.planloop.campaign.Diagnosis;
import org.planloop.campaign.ProgressRow;
import org.planloop.deploy.cluster.CampaignRecord.Figures;
import org.planloop.deploy.cluster.CampaignRecord.Phase;
import org.planloop.metrics.Meters;
import org.planloop.trainer.TrainerMetrics;

/**
 * How far the trainer's campaigns are: gauges that read their records, for as long as a campaign is
 * not over. What is not known is NaN. Safe for use by several threads.
 */
final class CampaignMeters {
  private static final String COMPONENT = "planloop.campaign.";

  private final MeterRegistry registry;
  private final Map<String, CampaignRecord> known = new ConcurrentHashMap<>();

  CampaignMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Phase phase : Phase.values()) {
      Meters.gauge(
          registry,
          "planloop.campaigns",
          "campaigns that the trainer knows, by their phase",
          Tags.of("phase", phase.name().toLowerCase(Locale.ROOT)),
          () -> known.values().stream().filter(record -> record.phase() == phase).count());
    }
  }

  /** A campaign that is only counted. */
  void count(String campaign, CampaignRecord record) {
    known.put(campaign, record);
  }

  /** Shows a campaign that is to go on. */
  void show(String campaign, CampaignRecord record) {
    count(campaign, record);
    Subject subject = new Subject(campaign, record);
    subject.gauge(
        "iteration",
        "the iteration under way; 0 while the expert flies",
        figures -> figures.iteration());
    double iterations = record.experiment().campaign().iterations();
    subject.gauge("iterations", "how many iterations there are to be", figures -> iterations);
    subject.gauge(
        "env.steps",
        "learner transitions so far, random ones included, evaluation excluded",
        figures -> figures.envSteps());
    subject.gauge(
        "idle.seconds",
        "time since anything was flown, fitted, decided or began",
        figures -> figures.silentSeconds());
    subject.gauge(
        "policy.version",
        "the newest policy's version on its way to the workers, -1 for none",
        figures -> figures.published());
    subject.gauge(
        "best.return", "the best return_mean of all rows", figures -> figures.bestReturn());
    double fraction = record.experiment().expertFraction();
    subject.gauge(
        "expert.fraction",
        "the expert's share of the fits as configured; where the alarm acts on it, a fit is asked"
            + " for more",
        figures -> fraction);
    subject.ofRow("return.mean", "return_mean of the last row", ProgressRow::returnMean);
    subject.ofRow(
        "eval.return.mean", "eval_return_mean of the last row", ProgressRow::evalReturnMean);
    subject.ofDiagnosis(
        "real.return.mean",
        "real_learner_mean of the last row; NaN where diagnostics are off",
        Diagnosis::realLearnerMean);
    subject.ofDiagnosis(
        "model.return.mean",
        "model_learner_mean of the last row: what the model promises the learner; NaN where"
            + " diagnostics are off",
        Diagnosis::modelLearnerMean);
    subject.ofDiagnosis(
        "exploited",
        "1 where the last row's alarm on model exploitation rings; NaN where diagnostics are off",
        diagnosis -> OptionalDouble.of(diagnosis.exploited() ? 1 : 0));
    subject.ofDiagnosis(
        "alarm.level",
        "how far the response to the alarm goes",
        diagnosis -> OptionalDouble.of(diagnosis.alarmLevel()));
    subject.loss("expert", ProgressRow::modelLossExpert);
    subject.loss("learner", ProgressRow::modelLossLearner);
  }

  /** Takes away what is measured of a campaign that is over; it is still counted. */
  void forget(String campaign) {
    Meters.forget(registry, COMPONENT, Tag.of("campaign", campaign));
    TrainerMetrics.forget(registry, campaign);
  }

  /** One campaign's gauges. */
  private final class Subject {
    private final Tags tags;
    private final CampaignRecord record;

    Subject(String campaign, CampaignRecord record) {
      this.tags = Tags.of("campaign", campaign);
      this.record = record;
    }

    void gauge(String name, String help, Function<Figures, Number> value) {
      gauge(name, help, tags, value);
    }

    private void gauge(String name, String help, Tags labels, Function<Figures, Number> value) {
      Meters.gauge(registry, COMPONENT + name, help, labels, () -> value.apply(record.figures()));
    }

    void loss(String side, Function<ProgressRow, OptionalDouble> value) {
      gauge(
          "model.loss",
          "the newest model's loss, by side, as in the last row",
          tags.and("side", side),
          figures -> figures.last().map(value).orElse(OptionalDouble.empty()).orElse(Double.NaN));
    }

    void ofRow(String name, String help, Function<ProgressRow, OptionalDouble> value) {
      gauge(
          name,
          help,
          figures -> figures.last().map(value).orElse(OptionalDouble.empty()).orElse(Double.NaN));
    }

    void ofDiagnosis(String name, String help, Function<Diagnosis, OptionalDouble> value) {
      ofRow(name, help, row -> row.diagnosis().map(value).orElse(OptionalDouble.empty()));
    }
  }
}
