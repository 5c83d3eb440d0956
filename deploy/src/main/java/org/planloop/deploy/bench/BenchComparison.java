package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.planloop.campaign.ReturnEstimate;

/**
 * Two runs of the benchmarks, figure by figure: the ratio of times, new to old, above 1 for slower,
 * with the 95 % interval of the paired logarithms. Only an interval on one side of 1 is a change;
 * all else is noise.
 */
public final class BenchComparison {
  private BenchComparison() {}

  /** What became of a figure. */
  public enum Verdict {
    FASTER,
    SLOWER,
    NOISE
  }

  /**
   * A figure that both runs have.
   *
   * @param ratio geometric mean of new to old, as times
   * @param low lower end of its interval
   * @param high upper end
   */
  public record Change(String name, double ratio, double low, double high, Verdict verdict) {}

  /** The figures that both have, in the order of the new run. */
  public static List<Change> of(BenchFile old, BenchFile now) {
    List<Change> changes = new ArrayList<>();
    for (Measurement after : now.measurements()) {
      old.measurements().stream()
          .filter(before -> before.name().equals(after.name()))
          .findFirst()
          .ifPresent(before -> changes.add(change(before, after)));
    }
    return changes;
  }

  private static Change change(Measurement before, Measurement after) {
    int pairs = Math.min(before.samples().size(), after.samples().size());
    double[] logs = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      double ratio = Math.log(after.samples().get(i) / before.samples().get(i));
      logs[i] = after.smallerIsBetter() ? ratio : -ratio;
    }
    ReturnEstimate estimate = ReturnEstimate.of(logs);
    double mean = estimate.mean().orElseThrow();
    OptionalDouble half = estimate.ci95();
    double low = Math.exp(mean - half.orElse(Double.POSITIVE_INFINITY));
    double high = Math.exp(mean + half.orElse(Double.POSITIVE_INFINITY));
    Verdict verdict = low > 1 ? Verdict.SLOWER : high < 1 ? Verdict.FASTER : Verdict.NOISE;
    return new Change(after.name(), Math.exp(mean), low, high, verdict);
  }
}
