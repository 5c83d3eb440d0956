package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * Two runs of the benchmarks, figure by figure. Pairs are the samples of both runs in the order in
 * which they were taken: the first with the first, the second with the second, as many as the
 * shorter run has. The ratio is that of times, new to old, above 1 for slower. Only a 95 % interval
 * on one side of 1 is a change; all else is noise.
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
   * @param ratio geometric mean of new to old, as times, with its interval
   */
  public record Change(String name, PairedRatio ratio, Verdict verdict) {}

  /** The figures that both have in the same unit, in the order of the new run. */
  public static List<Change> of(BenchFile old, BenchFile now) {
    List<Change> changes = new ArrayList<>();
    for (Measurement after : now.measurements()) {
      old.measurements().stream()
          .filter(before -> isSame(before, after))
          .findFirst()
          .ifPresent(before -> changes.add(change(before, after)));
    }
    return changes;
  }

  private static boolean isSame(Measurement before, Measurement after) {
    return before.name().equals(after.name())
        && before.unit().equals(after.unit())
        && before.smallerIsBetter() == after.smallerIsBetter();
  }

  /**
   * In what the two runs differ besides figures and commit: machine, versions. Each in words, for
   * example {@code java: 17.0.9, then 25}. What only one of them tells is no difference.
   */
  public static List<String> differences(BenchFile old, BenchFile now) {
    List<String> differences = new ArrayList<>();
    old.machine()
        .forEach(
            (key, before) -> {
              String after = now.machine().getOrDefault(key, before);
              if (!before.equals(after) && !key.equals(BenchFile.COMMIT)) {
                differences.add(key + ": " + before + ", then " + after);
              }
            });
    return differences;
  }

  private static Change change(Measurement before, Measurement after) {
    int pairs = Math.min(before.samples().size(), after.samples().size());
    double[] old = first(before, pairs);
    double[] now = first(after, pairs);
    PairedRatio ratio =
        after.smallerIsBetter() ? PairedRatio.of(now, old) : PairedRatio.of(old, now);
    Verdict verdict =
        ratio.low() > 1 ? Verdict.SLOWER : ratio.high() < 1 ? Verdict.FASTER : Verdict.NOISE;
    return new Change(after.name(), ratio, verdict);
  }

  private static double[] first(Measurement measurement, int count) {
    return measurement.samples().stream().limit(count).mapToDouble(Double::doubleValue).toArray();
  }
}
