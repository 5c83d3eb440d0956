package org.planloop.deploy.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.Propagation;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.helicopter.HoverModels;
import org.planloop.expert.Experts;
import org.planloop.fitting.RidgeFitter;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySynthesis;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.ReplayView;
import org.planloop.rollout.JobRollout;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/**
 * The comparison of Ross and Bagnell (2012) on the hovering helicopter, on three seeds and without
 * actors: 50 iterations of 100 rows, a linear model, LQR. With an action delay, which the model
 * class cannot hold, the expert's data alone and the learner's alone crash, and the mixture flies.
 */
class HoverComparisonTest {
  private static final int ITERATIONS = 50;
  private static final int ROWS = 100;
  private static final int SEEDS = 3;
  private static final double BATCH = 1;
  private static final double MIXED = 0.5;
  private static final double LEARNER_ONLY = 0;

  private static final PlannerSettings LQR =
      new PlannerSettings(
          PlannerSettings.Kind.LQR,
          1,
          2,
          1,
          1,
          0,
          1,
          0,
          1,
          0,
          PlannerSettings.Execute.BEST,
          1,
          1,
          Propagation.EXPECTATION,
          false,
          0,
          1,
          Device.CPU,
          Precision.FP32);

  private static final ModelParameters.Linear INITIAL =
      (ModelParameters.Linear) new HoverModels().models().values().iterator().next();

  /** A side that grows; each flight's rows are a block. */
  private static final class Side {
    private final List<TransitionBatch> blocks = new ArrayList<>();

    TransitionBatch rows() {
      int size = blocks.stream().mapToInt(TransitionBatch::size).sum();
      TransitionBatch all =
          TransitionBatch.allocate(size, INITIAL.stateSize(), INITIAL.actionSize());
      int at = 0;
      for (TransitionBatch block : blocks) {
        all.copyRows(block, 0, at, block.size());
        at += block.size();
      }
      return all;
    }
  }

  private record View(TransitionBatch expert, TransitionBatch learner) implements ReplayView {
    private TransitionBatch side(Provenance side) {
      return side == Provenance.EXPERT ? expert : learner;
    }

    @Override
    public int stateSize() {
      return expert.stateSize();
    }

    @Override
    public int actionSize() {
      return expert.actionSize();
    }

    @Override
    public int size(Provenance side) {
      return side(side).size();
    }

    @Override
    public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
      throw new UnsupportedOperationException("a linear fit reads whole sides");
    }

    @Override
    public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
      return CompletableFuture.completedFuture(side(side).slice(from, from + count));
    }
  }

  /** The expert with a little noise on its controls (nu_en), and what the learner makes of it. */
  private static EpisodeResult learn(int delay, double expertFraction, int seed) {
    Environment environment =
        Environments.bundled().create("helicopter-hover", Map.of("delay", delay));
    Experts experts = Experts.bundled();
    RidgeFitter fitter = new RidgeFitter(1e-3, INITIAL);
    Policy expert = experts.open(new PolicyDefinition.Expert("lqr", 0.01, Map.of()), environment);
    PolicyDefinition policy = PolicySynthesis.derive(INITIAL, environment, LQR, 1);
    Side demonstrated = new Side();
    Side own = new Side();
    int expertRows = (int) (expertFraction * ROWS);
    for (int i = 1; i <= ITERATIONS; i++) {
      if (expertRows > 0) {
        fly(environment, Purpose.EXPERT, i, seed, expert, expertRows, demonstrated);
      }
      if (expertRows < ROWS) {
        Policy learner = Policies.open(policy, environment, experts);
        fly(environment, Purpose.COLLECT, i, seed, learner, ROWS - expertRows, own);
      }
      ModelParameters model =
          fitter
              .fit(
                  new View(demonstrated.rows(), own.rows()),
                  expertFraction,
                  Optional.empty(),
                  new RandomStream(seed))
              .model();
      policy = PolicySynthesis.derive(model, environment, LQR, 1);
    }
    Policy last = Policies.open(policy, environment, experts);
    return fly(environment, Purpose.EVALUATE, 0, seed, last, 0, new Side());
  }

  private static EpisodeResult fly(
      Environment environment,
      Purpose purpose,
      int iteration,
      int seed,
      Policy policy,
      int keepRows,
      Side side) {
    RolloutJob job = new RolloutJob(purpose, iteration, 0, 0, 0, seed, 0, 1, 0, keepRows);
    return new JobRollout(environment, 1, ROWS, () -> 0)
        .fly(job, policy, (chunk, rows) -> side.blocks.add(rows), () -> false)
        .episodes()
        .get(0);
  }

  private static List<EpisodeResult> arm(int delay, double expertFraction) {
    return IntStream.range(0, SEEDS).mapToObj(seed -> learn(delay, expertFraction, seed)).toList();
  }

  private static double medianCost(List<EpisodeResult> episodes) {
    return -episodes.stream().mapToDouble(EpisodeResult::totalReward).sorted().toArray()[SEEDS / 2];
  }

  @Test
  void withoutDelayTheMixtureFliesLikeItsExpert() {
    List<EpisodeResult> episodes = arm(0, MIXED);
    assertThat(episodes).noneMatch(episode -> episode.end() == End.CRASHED);
    assertThat(medianCost(episodes)).isBetween(25.0, 75.0);
  }

  @Test
  void underDelayOnlyTheMixtureFlies() {
    assertThat(arm(1, BATCH)).allMatch(episode -> episode.end() == End.CRASHED);
    assertThat(arm(1, LEARNER_ONLY)).allMatch(episode -> episode.end() == End.CRASHED);
    assertThat(medianCost(arm(1, MIXED))).isBetween(40.0, 110.0);
  }
}
