package org.planloop.environment;

import java.util.Arrays;
import org.planloop.data.RandomStream;

/** What may be commanded. */
public sealed interface ActionSpace {
  /** The width A of an action vector. */
  int size();

  /** Draws an action uniformly into {@code action} at {@code offset}. */
  void sample(RandomStream random, double[] action, int offset);

  /**
   * Brings the action at {@code offset} into the space: clipped to the bounds, an index rounded and
   * clipped.
   */
  void clip(double[] action, int offset);

  /** A box of real actions. */
  record Box(double[] low, double[] high) implements ActionSpace {
    public Box {
      if (low.length == 0 || low.length != high.length) {
        throw new IllegalArgumentException(
            "bounds need the same, positive length: " + low.length + " and " + high.length);
      }
      for (int i = 0; i < low.length; i++) {
        if (!(low[i] < high[i])) {
          throw new IllegalArgumentException(
              "low must be below high in dimension " + i + ": " + low[i] + ", " + high[i]);
        }
      }
    }

    /** The same symmetric bound in every one of {@code size} dimensions. */
    public static Box symmetric(int size, double bound) {
      double[] high = new double[size];
      double[] low = new double[size];
      Arrays.fill(high, bound);
      Arrays.fill(low, -bound);
      return new Box(low, high);
    }

    @Override
    public int size() {
      return low.length;
    }

    @Override
    public void sample(RandomStream random, double[] action, int offset) {
      for (int i = 0; i < low.length; i++) {
        action[offset + i] = low[i] + (high[i] - low[i]) * random.nextDouble();
      }
    }

    @Override
    public void clip(double[] action, int offset) {
      for (int i = 0; i < low.length; i++) {
        action[offset + i] = Math.min(high[i], Math.max(low[i], action[offset + i]));
      }
    }
  }

  /** Actions 0 .. count - 1, carried as one index. */
  record Discrete(int count) implements ActionSpace {
    public Discrete {
      if (count < 1) {
        throw new IllegalArgumentException(
            "a discrete action space needs at least one action: " + count);
      }
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public void sample(RandomStream random, double[] action, int offset) {
      action[offset] = random.nextInt(count);
    }

    @Override
    public void clip(double[] action, int offset) {
      action[offset] = Math.min(count - 1, Math.max(0, Math.rint(action[offset])));
    }
  }
}
