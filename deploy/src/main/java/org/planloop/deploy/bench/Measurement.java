package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.planloop.deploy.report.Quantiles;

/**
 * A figure that was measured several times.
 *
 * @param name unique among all figures, words joined by hyphens
 * @param unit of the samples, for example {@code ms} or {@code rows/s}
 * @param smallerIsBetter whether it is a time rather than a rate
 * @param samples one a repeat, at least one, all finite
 * @param references limits and peers
 * @param counts what does not depend on the machine's speed, by name: native calls a plan, bytes a
 *     transition
 */
public record Measurement(
    String name,
    String unit,
    boolean smallerIsBetter,
    List<Double> samples,
    List<Reference> references,
    Map<String, Double> counts) {
  public Measurement {
    samples = List.copyOf(samples);
    references = List.copyOf(references);
    counts = java.util.Collections.unmodifiableMap(new TreeMap<>(counts));
    if (samples.isEmpty() || !samples.stream().allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(name + " has no sample or one that is not finite");
    }
  }

  /** A time in milliseconds. */
  static Measurement milliseconds(String name, double[] seconds, Reference... references) {
    return new Measurement(
        name,
        "ms",
        true,
        java.util.Arrays.stream(seconds).map(s -> 1e3 * s).boxed().toList(),
        List.of(references),
        Map.of());
  }

  /** Memory in millions of bytes. */
  static Measurement megabytes(String name, double[] bytes) {
    return new Measurement(
        name,
        "MB",
        true,
        java.util.Arrays.stream(bytes).map(b -> 1e-6 * b).boxed().toList(),
        List.of(),
        Map.of());
  }

  /** A rate: {@code count} things in each of these times. */
  static Measurement rate(
      String name, String unit, double count, double[] seconds, Reference... references) {
    return new Measurement(
        name,
        unit,
        false,
        java.util.Arrays.stream(seconds).map(s -> count / s).boxed().toList(),
        List.of(references),
        Map.of());
  }

  /** The same with more references. */
  Measurement against(List<Reference> more) {
    List<Reference> all = new ArrayList<>(references);
    all.addAll(more);
    return new Measurement(name, unit, smallerIsBetter, samples, all, counts);
  }

  /** A sample of so many seconds for one unit of this figure's work, in this figure's unit. */
  double ofSeconds(double seconds) {
    return smallerIsBetter ? 1e3 * seconds : 1 / seconds;
  }

  Measurement counting(String what, double value) {
    Map<String, Double> more = new TreeMap<>(counts);
    more.put(what, value);
    return new Measurement(name, unit, smallerIsBetter, samples, references, more);
  }

  /** The quantile of the samples. */
  public double quantile(double q) {
    return Quantiles.of(samples.stream().mapToDouble(Double::doubleValue).sorted().toArray(), q);
  }

  /** The figure to quote. */
  public double median() {
    return quantile(0.5);
  }

  /** How near the median comes to a reference: 1 is as good, below 1 is worse. */
  public double share(Reference reference) {
    return smallerIsBetter ? reference.value() / median() : median() / reference.value();
  }
}
