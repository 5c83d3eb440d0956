package org.planloop.fitting;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;

/** One fit under way: blocks of steps, restarts, early stopping. */
final class EnsembleFit {
  /** Steps a native call: enough that the call itself costs nothing, few enough to stop early. */
  private static final int MOST_STEPS = 100;

  /** Floats of a block's rows. */
  private static final int MOST_FLOATS = 1 << 22;

  /** Losses of normalised targets begin near 1. */
  private static final double DIVERGED = 1e6;

  /** An improvement of the held-out loss that counts, as a share of it. */
  private static final double IMPROVEMENT = 0.01;

  private final TrainerSettings settings;
  private final int steps;
  private final EnsembleOptimizer optimizer;
  private final BlockDraw draw;
  private final Judge judge;
  private final List<String> warnings;
  private final TrainingRows rows;
  private final int blockSteps;
  private final double decay;

  /** Weights that a finite loss was computed with. */
  private float[] verified;

  private float[] latest;
  private float[] best;
  private final double[] bestLosses;
  private int unimproved;
  private double rate;
  private int restarts;
  private int step;
  private long drawn;
  private long drawnExpert;
  private double lastLoss;

  /**
   * @param steps gradient steps, if nothing stops the fit before
   */
  EnsembleFit(
      TrainerSettings settings,
      int steps,
      EnsembleOptimizer optimizer,
      BlockDraw draw,
      Judge judge,
      List<String> warnings) {
    this.settings = settings;
    this.steps = steps;
    this.optimizer = optimizer;
    this.draw = draw;
    this.judge = judge;
    this.warnings = warnings;
    int rowsOfStep = draw.rows(1);
    this.blockSteps =
        Math.min(
            steps,
            Math.max(1, Math.min(MOST_STEPS, MOST_FLOATS / (rowsOfStep * optimizer.rowWidth()))));
    this.rows = optimizer.rows(draw.residentRows().orElse(draw.rows(blockSteps)));
    this.rate = settings.learningRate();
    this.decay =
        Math.pow(
            settings.finalLearningRate() / settings.learningRate(), 1.0 / Math.max(1, steps - 1));
    this.latest = optimizer.snapshot();
    this.verified = latest;
    this.best = latest.clone();
    this.bestLosses = new double[optimizer.members()];
    Arrays.fill(bestLosses, Double.POSITIVE_INFINITY);
  }

  Fitted run(EnsembleArchitecture architecture, int eliteCount) {
    boolean mayStop = settings.patience() > 0 && judge.heldOut();
    draw.load(rows);
    CompletableFuture<BlockDraw.Block> ahead = block(steps);
    while (step < steps && unimproved < Math.max(1, settings.patience())) {
      BlockDraw.Block block = Answers.await(ahead);
      // Drawn while this block is trained on.
      ahead = block(steps - step - block.steps());
      if (train(block)) {
        step += block.steps();
        if (mayStop) {
          compare();
        }
      } else {
        restart();
      }
    }
    if (mayStop) {
      optimizer.restore(best);
    }
    return result(mayStop ? best : latest, architecture, eliteCount);
  }

  /** The next block of the steps that are left; after the last one an empty one. */
  private CompletableFuture<BlockDraw.Block> block(int left) {
    return CompletableFuture.supplyAsync(() -> draw.next(Math.min(blockSteps, left)));
  }

  /** Whether the block went well. */
  private boolean train(BlockDraw.Block block) {
    block
        .answers()
        .ifPresent(
            answers -> {
              rows.clear();
              rows.append(Answers.await(answers.expert()));
              rows.append(Answers.await(answers.learner()));
            });
    float[] losses =
        optimizer.train(
            rows,
            block.index(),
            block.steps(),
            draw.draws(),
            rate * Math.pow(decay, step),
            decay,
            settings.weightDecay());
    drawn += block.index().length;
    drawnExpert += block.expertRows();
    if (healthy(losses, optimizer.members())) {
      verified = latest;
    }
    if (!healthy(losses, losses.length)) {
      return false;
    }
    float[] after = optimizer.snapshot();
    if (!finite(after)) {
      return false;
    }
    latest = after;
    lastLoss = IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).average().orElse(0);
    return true;
  }

  private static boolean healthy(float[] losses, int count) {
    for (int i = 0; i < count; i++) {
      if (!(losses[i] < DIVERGED)) {
        return false;
      }
    }
    return true;
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private void restart() {
    if (restarts == settings.restarts()) {
      throw new FitException(
          "the model diverges at step "
              + step
              + " of "
              + steps
              + " (its loss is not a number below "
              + DIVERGED
              + ") after "
              + restarts
              + " restarts, at learning rate "
              + rate * Math.pow(decay, step)
              + "; lower trainer.learning-rate or look for outliers in the data");
    }
    restarts++;
    rate /= 2;
    latest = verified;
    optimizer.restore(latest);
    warnings.add(
        "the model diverged at step "
            + step
            + ": restart "
            + restarts
            + " of at most "
            + settings.restarts()
            + " from the last good weights at half the learning rate, "
            + rate * Math.pow(decay, step));
  }

  /** Each member keeps its own best weights. */
  private void compare() {
    double[] losses = judge.weighted(judge.losses());
    boolean[] improved = new boolean[losses.length];
    boolean any = false;
    for (int e = 0; e < losses.length; e++) {
      double bar = bestLosses[e] - IMPROVEMENT * Math.abs(bestLosses[e]);
      improved[e] = Double.isInfinite(bestLosses[e]) || losses[e] < bar;
      any |= improved[e];
      if (improved[e]) {
        bestLosses[e] = losses[e];
      }
    }
    optimizer.copyMembers(latest, best, improved);
    unimproved = any ? 0 : unimproved + 1;
  }

  private Fitted result(float[] weights, EnsembleArchitecture architecture, int eliteCount) {
    Judge.Losses losses = judge.losses();
    double[] weighted = judge.weighted(losses);
    List<Integer> elites =
        IntStream.range(0, weighted.length)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> weighted[e]))
            .limit(eliteCount)
            .sorted()
            .toList();
    EnsembleWeights fitted = optimizer.weights(weights, architecture.withElites(elites));
    return new Fitted(
        fitted.toParameters(),
        mean(judge.hasExpert(), losses.expert(), elites),
        mean(judge.hasLearner(), losses.learner(), elites),
        (double) drawnExpert / drawn,
        OptionalLong.of(drawn - drawnExpert),
        Map.of(
            "train/steps", (double) step,
            "train/loss", lastLoss,
            "train/restarts", (double) restarts),
        warnings);
  }

  private static OptionalDouble mean(boolean present, float[] losses, List<Integer> elites) {
    return present ? elites.stream().mapToDouble(e -> losses[e]).average() : OptionalDouble.empty();
  }
}
