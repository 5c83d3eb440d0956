package org.planloop.deploy.memory;

import java.util.ArrayList;
import java.util.List;
import org.planloop.campaign.CampaignSettings;
import org.planloop.campaign.Strategy;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.environment.Environment;
import org.planloop.expert.Experts;
import org.planloop.policy.ExpertSettings;

/**
 * What the transitions of a campaign take: files, the index over them, and the fit's list of rows.
 * Recorded data is not counted: its file is there already and says how large it is.
 */
final class ReplayParts {
  /** Index entries of a chunk in the shard and in a fit's view, in bytes. */
  private static final int CHUNK_INDEX = 100;

  /** Likewise of a job. */
  private static final int JOB_INDEX = 250;

  /** Header of a chunk on disk, in bytes. */
  private static final int CHUNK_HEADER = 48;

  private static final String CAPACITY = "replay.capacity";

  private final Experiment experiment;
  private final Environment environment;
  private final List<Part> parts = new ArrayList<>();

  private ReplayParts(Experiment experiment, Environment environment) {
    this.experiment = experiment;
    this.environment = environment;
  }

  static List<Part> of(Experiment experiment, Environment environment) {
    ReplayParts made = new ReplayParts(experiment, environment);
    made.side("learner's transitions", made.learnerRows());
    if (experiment.strategy() != Strategy.LEARNER_ONLY) {
      made.side("expert's transitions", made.expertRows());
    }
    return made.parts;
  }

  /** The rows of both sides, as a fit sees them. */
  static TrainerParts.Rows rows(Experiment experiment, Environment environment) {
    ReplayParts made = new ReplayParts(experiment, environment);
    Product learner = made.kept(made.learnerRows());
    boolean definite = made.definite(learner);
    double count = experiment.strategy() == Strategy.EXPERT_ONLY ? 0 : learner.value();
    if (experiment.strategy() != Strategy.LEARNER_ONLY) {
      Product expert = made.kept(made.expertRows());
      count += expert.value();
      definite &= made.definite(expert);
    }
    return new TrainerParts.Rows(count, definite);
  }

  /** Not more than the capacity. */
  private Product kept(Product all) {
    long capacity = experiment.replay().capacity();
    return capacity > 0 && capacity < all.value()
        ? Product.ONE.key(CAPACITY, (double) capacity)
        : all;
  }

  /** Without a capacity a campaign that may stop earlier may never get there. */
  private boolean definite(Product kept) {
    CampaignSettings campaign = experiment.campaign();
    return kept.keys().stream().anyMatch(key -> key.name().equals(CAPACITY))
        || (Double.isNaN(campaign.stopAtReturn()) && Double.isInfinite(campaign.maxWallSeconds()));
  }

  /** Rows over the whole campaign; episodes count in full. */
  private Product learnerRows() {
    CampaignSettings campaign = experiment.campaign();
    Product iterations = Product.ONE.key("campaign.iterations", campaign.iterations());
    double flown =
        campaign.stepsPerIteration() > 0
            ? campaign.stepsPerIteration()
            : (double) campaign.episodesPerIteration() * environment.maxSteps();
    if (campaign.rowsPerIteration() > 0 && campaign.rowsPerIteration() < flown) {
      return iterations.key("campaign.rows-per-iteration", campaign.rowsPerIteration());
    }
    return campaign.stepsPerIteration() > 0
        ? iterations.key("campaign.steps-per-iteration", campaign.stepsPerIteration())
        : iterations
            .key("campaign.episodes-per-iteration", campaign.episodesPerIteration())
            .times(environment.maxSteps(), "steps an episode");
  }

  private Product expertRows() {
    ExpertSettings expert = experiment.expert();
    if (!expert.present() || expert.kind().equals(Experts.RECORDED)) {
      return Product.ONE.times(0, "rows");
    }
    if (!expert.eachIteration()) {
      return Product.ONE
          .key("expert.episodes", expert.episodes())
          .times(environment.maxSteps(), "steps an episode");
    }
    Product iterations = Product.ONE.key("campaign.iterations", experiment.campaign().iterations());
    return expert.rows() > 0 && expert.rows() < environment.maxSteps()
        ? iterations.key("expert.rows", expert.rows())
        : iterations.times(environment.maxSteps(), "steps an episode");
  }

  private void side(String what, Product all) {
    Product rows = kept(all);
    boolean definite = definite(rows);
    int states = environment.states().size();
    int rowBytes = (2 * states + environment.actions().size() + 4) * Float.BYTES;
    double rowsOfJob =
        Math.min(
            rows.value(),
            (double) experiment.rollout().environmentsPerJob() * environment.maxSteps());
    double rowsOfChunk = Math.max(1, Math.min(experiment.rollout().chunkRows(), rowsOfJob));
    double header = CHUNK_HEADER / rowsOfChunk;
    parts.add(Part.of(what, Place.DISK, rows.bytes(rowBytes + header)).onlyIf(definite));
    double index = CHUNK_INDEX / rowsOfChunk + JOB_INDEX / Math.max(1, rowsOfJob);
    // A fit of an ensemble shuffles the numbers of all rows, and keeps those it trains on.
    boolean shuffled = experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE;
    parts.add(
        Part.of(
                "index of the " + what,
                Place.HEAP,
                rows.bytes(index + (shuffled ? 2 * Integer.BYTES : 0)))
            .withArray(rows)
            .onlyIf(definite));
  }
}
