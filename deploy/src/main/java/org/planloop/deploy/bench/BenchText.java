package org.planloop.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.planloop.deploy.report.BarChart;

/** Figures as a person reads them. */
public final class BenchText {
  private BenchText() {}

  /** The machine's limits in one line. */
  public static String line(MachineLimits limits, int cores) {
    String half =
        limits.multiplyBf16()
            ? String.format(
                Locale.ROOT,
                "%.0f (%.0f) with 16-bit numbers",
                1e-9 * limits.bf16Flops(),
                1e-9 * limits.bf16FlopsAllCores())
            : "no instructions for 16-bit numbers, whose figures are left out";
    return String.format(
        Locale.ROOT,
        "this machine, one thread (%d at once): %.0f (%.0f) GFLOP/s in matrix products, %s;"
            + " %.1f GB/s read, %.1f GB/s through loopback",
        cores,
        1e-9 * limits.flops(),
        1e-9 * limits.flopsAllCores(),
        half,
        1e-9 * limits.readBytes(),
        1e-9 * limits.socketBytes());
  }

  /** A figure with its limits and counts in one line, and a line for each peer. */
  public static List<String> lines(Measurement measurement) {
    List<String> lines = new ArrayList<>();
    String against =
        measurement.references().stream()
            .filter(reference -> reference.timesAsFast().isEmpty())
            .map(
                reference ->
                    String.format(
                        Locale.ROOT, "%.2f of %s", measurement.share(reference), reference.what()))
            .collect(Collectors.joining(", "));
    String counts =
        measurement.counts().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%.4g %s", e.getValue(), e.getKey()))
            .collect(Collectors.joining(", "));
    lines.add(
        String.format(
                Locale.ROOT,
                "%-30s %12s %-8s %10s .. %-10s %s  %s",
                measurement.name(),
                number(measurement.median()),
                measurement.unit(),
                number(measurement.quantile(0.25)),
                number(measurement.quantile(0.75)),
                against,
                counts)
            .stripTrailing());
    for (Reference reference : measurement.references()) {
      reference
          .timesAsFast()
          .ifPresent(times -> lines.add(peerLine(measurement, reference, times)));
    }
    return lines;
  }

  private static String peerLine(Measurement figure, Reference peer, PairedRatio times) {
    return String.format(
        Locale.ROOT,
        "  %.2f [%.2f, %.2f] times as fast as %s: %s %s",
        times.mean(),
        times.low(),
        times.high(),
        peer.what(),
        number(peer.value()),
        figure.unit());
  }

  private static String number(double value) {
    return value >= 1e5
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  /** Bars: how near each figure comes to its limits. */
  public static String limitsChart(BenchFile file) {
    BarChart chart = new BarChart("share of the limit or reference, measured in the same run");
    for (Measurement measurement : file.measurements()) {
      for (Reference reference : measurement.references()) {
        if (reference.timesAsFast().isEmpty()) {
          double share = measurement.share(reference);
          chart.add(
              measurement.name() + " / " + reference.what(),
              share,
              String.format(Locale.ROOT, "%.2f", share));
        }
      }
    }
    return chart.svg();
  }

  /** Bars: how many times as fast as each peer we are. */
  public static String peersChart(BenchFile file) {
    BarChart chart =
        new BarChart("times as fast as a peer, in the same run, in turn (logarithms)").ratios();
    for (Measurement measurement : file.measurements()) {
      for (Reference reference : measurement.references()) {
        reference
            .timesAsFast()
            .ifPresent(
                times ->
                    chart.add(
                        measurement.name() + " / " + reference.what(),
                        times.mean(),
                        String.format(
                            Locale.ROOT,
                            "%.2f [%.2f, %.2f]",
                            times.mean(),
                            times.low(),
                            times.high())));
      }
    }
    return chart.svg();
  }
}
