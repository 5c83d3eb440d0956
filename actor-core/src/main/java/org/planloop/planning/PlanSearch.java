package org.planloop.planning;

import org.jspecify.annotations.Nullable;
import org.planloop.data.ArrayLength;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;

/**
 * One problem's search under way: the distribution that candidates are drawn from and the best plan
 * seen. Scratch space, used again for the next plan.
 */
final class PlanSearch {
  private final int horizon;
  private final int actionSize;

  /** Bounds as floats that do not leave the space by rounding, shape [A]. */
  private final float[] low;

  private final float[] high;

  /** Half the action range, shape [A]: the unit of standard deviations. */
  private final double[] half;

  /** Shape [H, A]. */
  final double[] mean;

  /** Standard deviation in action units, shape [H, A]. */
  final double[] std;

  /** The best plan seen, shape [H, A]. */
  final float[] best;

  /** Its score; NaN before there is one. */
  double bestScore;

  /** Plans that survive from round to round and from step to step, shape [keep, H, A]. */
  final float[] kept;

  /** How many of them there are. */
  int keptCount;

  PlanSearch(ActionSpace.Box actions, int horizon, int keep) {
    this.horizon = horizon;
    this.actionSize = actions.size();
    low = new float[actionSize];
    high = new float[actionSize];
    half = new double[actionSize];
    for (int i = 0; i < actionSize; i++) {
      low[i] = (float) actions.low()[i];
      if (low[i] < actions.low()[i]) {
        low[i] = Math.nextUp(low[i]);
      }
      high[i] = (float) actions.high()[i];
      if (high[i] > actions.high()[i]) {
        high[i] = Math.nextDown(high[i]);
      }
      half[i] = (actions.high()[i] - actions.low()[i]) / 2;
    }
    mean = new double[horizon * actionSize];
    std = new double[horizon * actionSize];
    best = new float[horizon * actionSize];
    kept =
        new float
            [ArrayLength.of(
                "planner.keep x planner.horizon x action values", keep, horizon, actionSize)];
  }

  /** Starts from the last plan, or from the middle of the action space where there is none. */
  void begin(PlanMemory memory, double initialStd) {
    float[] start = memory.mean;
    checkLength("mean", start, mean.length);
    for (int i = 0; i < mean.length; i++) {
      int dimension = i % actionSize;
      mean[i] = start == null ? low[dimension] + half[dimension] : start[i];
      std[i] = initialStd * half[dimension];
    }
    bestScore = Double.NaN;
    float[] elites = memory.elites;
    keptCount = elites == null ? 0 : Math.min(elites.length, kept.length) / mean.length;
    if (elites != null) {
      System.arraycopy(elites, 0, kept, 0, keptCount * mean.length);
    }
  }

  private static void checkLength(String what, float @Nullable [] values, int expected) {
    if (values != null && values.length != expected) {
      throw new IllegalArgumentException(
          "the memory's " + what + " has " + values.length + " values, expected " + expected);
    }
  }

  /** Remembers a candidate that is no worse than the best plan seen: a tie goes to the later. */
  void offer(float[] candidates, int at, double score) {
    if (!(score < bestScore)) {
      bestScore = score;
      System.arraycopy(candidates, at, best, 0, best.length);
    }
  }

  /** Remembers the plan that survives at {@code rank}. */
  void keep(int rank, float[] candidates, int at) {
    System.arraycopy(candidates, at, kept, rank * best.length, best.length);
    keptCount = rank + 1;
  }

  /** Writes mean + std * noise, brought into the bounds, as the candidate at {@code at}. */
  void sample(double[] noise, float[] candidates, int at) {
    for (int i = 0; i < mean.length; i++) {
      candidates[at + i] = clip(mean[i] + std[i] * noise[i], i % actionSize);
    }
  }

  /**
   * Lets the kept plans take the last of the first {@code places} places from {@code at} on, but
   * never more than half of them.
   */
  void copyKept(float[] candidates, int at, int places) {
    int count = Math.min(keptCount, places / 2);
    System.arraycopy(kept, 0, candidates, at + (places - count) * best.length, count * best.length);
  }

  /** Makes the best plan seen the mean. */
  void moveMeanToBest() {
    for (int i = 0; i < mean.length; i++) {
      mean[i] = best[i];
    }
  }

  /** A uniform draw for entry {@code i} of a plan. */
  float uniform(RandomStream random, int i) {
    int dimension = i % actionSize;
    return clip(low[dimension] + 2 * half[dimension] * random.nextDouble(), dimension);
  }

  /** Writes the mean as the candidate at {@code at}. */
  void copyMean(float[] candidates, int at) {
    for (int i = 0; i < mean.length; i++) {
      candidates[at + i] = clip(mean[i], i % actionSize);
    }
  }

  /** Brings an action of dimension {@code dimension} into the bounds. */
  float clip(double value, int dimension) {
    return Math.min(high[dimension], Math.max(low[dimension], (float) value));
  }

  /** Stores mean and kept plans, shifted by one step; the last action stands twice. */
  void remember(PlanMemory memory) {
    float[] shifted = memory.mean;
    if (shifted == null) {
      shifted = new float[mean.length];
      memory.mean = shifted;
    }
    for (int i = 0; i < mean.length; i++) {
      shifted[i] =
          (float) mean[Math.min(i + actionSize, mean.length - actionSize + i % actionSize)];
    }
    if (keptCount == 0) {
      memory.elites = null;
      return;
    }
    float[] elites = memory.elites;
    int length = keptCount * best.length;
    if (elites == null || elites.length != length) {
      elites = new float[length];
      memory.elites = elites;
    }
    for (int n = 0; n < keptCount; n++) {
      int from = n * best.length;
      System.arraycopy(kept, from + actionSize, elites, from, (horizon - 1) * actionSize);
      int last = from + (horizon - 1) * actionSize;
      System.arraycopy(kept, last, elites, last, actionSize);
    }
  }
}
