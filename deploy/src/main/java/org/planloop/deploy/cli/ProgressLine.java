package org.planloop.deploy.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.PlainDecimal;

/**
 * The one line that says how a campaign is getting on: iteration, environment steps, last and best
 * return with its interval, model losses, steps a second, time left.
 */
final class ProgressLine {
  private final int iterations;
  private final InstantSource clock;
  private final Instant started;
  private int iteration;
  private long steps;
  private long stepsBefore;
  private int rowsHere;
  private @Nullable ProgressRow last;
  private @Nullable ProgressRow best;

  /**
   * @param iterations N
   * @param clock for speed and time left
   */
  ProgressLine(int iterations, InstantSource clock) {
    this.iterations = iterations;
    this.clock = clock;
    this.started = clock.instant();
  }

  boolean started() {
    return iteration > 0 || steps > 0;
  }

  /** What an earlier attempt flew: shown, but no part of the speed. */
  void earlier(ProgressRow row) {
    show(row);
    stepsBefore = row.envSteps();
  }

  void flown(int number, long envSteps) {
    iteration = number;
    steps = envSteps;
  }

  void row(ProgressRow row) {
    show(row);
    rowsHere++;
  }

  private void show(ProgressRow row) {
    iteration = row.iteration();
    steps = row.envSteps();
    boolean better =
        row.returnMean().isPresent()
            && (best == null
                || row.returnMean().getAsDouble() > best.returnMean().orElse(Double.NaN));
    if (better) {
      best = row;
    }
    last = row;
  }

  String text() {
    StringBuilder out = new StringBuilder();
    if (iteration > iterations) {
      out.append("choosing the best policy");
    } else if (iteration == 0) {
      out.append("expert");
    } else {
      out.append(String.format(Locale.ROOT, "iteration %d/%d", iteration, iterations));
    }
    out.append("  steps ").append(steps);
    if (last != null) {
      out.append("  return ").append(estimate(last.returnMean(), last.returnCi95()));
      if (best != null) {
        out.append("  best ").append(estimate(best.returnMean(), best.returnCi95()));
      }
      out.append("  loss expert ").append(significant(last.modelLossExpert()));
      out.append(" learner ").append(significant(last.modelLossLearner()));
    }
    double seconds = Duration.between(started, clock.instant()).toNanos() / 1e9;
    if (seconds > 0 && steps > stepsBefore) {
      double speed = (steps - stepsBefore) / seconds;
      out.append("  ").append(significant(OptionalDouble.of(speed))).append(" steps/s");
    }
    if (rowsHere > 0 && iteration <= iterations && seconds > 0) {
      double left = seconds / rowsHere * (iterations - (last == null ? 0 : last.iteration()));
      out.append("  ").append(clock(left)).append(" left");
    }
    return out.toString();
  }

  /** A mean with its interval: {@code 179.84 ± 0.31}. */
  static String estimate(OptionalDouble mean, OptionalDouble ci95) {
    if (mean.isEmpty()) {
      return "-";
    }
    String text = rounded(mean.getAsDouble());
    return ci95.isPresent() ? text + " ± " + rounded(ci95.getAsDouble()) : text;
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 1e5 ? "%.0f" : "%.2f", value);
  }

  /** Three significant digits. */
  static String significant(OptionalDouble value) {
    if (value.isEmpty()) {
      return "-";
    }
    double number = value.getAsDouble();
    double size = Math.abs(number);
    return size != 0 && (size < 1e-4 || size >= 1e6)
        ? String.format(Locale.ROOT, "%.2e", number)
        : PlainDecimal.text(Double.parseDouble(String.format(Locale.ROOT, "%.3g", number)));
  }

  private static String clock(double seconds) {
    long whole = Math.round(seconds);
    return whole >= 3600
        ? String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }
}
