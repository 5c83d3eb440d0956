package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.planloop.storage.AtomicFile;

/** {@code planloop bench scale}: how the figures grow, one picture a setting, and a table. */
public final class Scaling {
  /** What it is called on the command line. */
  public static final String NAME = "scale";

  /** What it does, in one line. */
  public static final String TITLE =
      "pictures: how plans, gradient steps, stepping and draws grow; run alone, three minutes";

  private static final double LONGEST_WARM_UP = 0.25;
  private static final int MOST_REPEATS = 7;

  private final Stopwatch stopwatch;
  private final Path scratch;
  private final Consumer<String> progress;
  private final Consumer<String> say;

  /**
   * @param stopwatch its warm-up and repeats are cut to what so many points allow
   * @param scratch an empty folder
   * @param progress told what is being measured
   * @param say told what is left out
   */
  public Scaling(
      Stopwatch stopwatch, Path scratch, Consumer<String> progress, Consumer<String> say) {
    this.stopwatch =
        new Stopwatch(
            stopwatch.nanoTime(),
            Math.min(LONGEST_WARM_UP, stopwatch.warmUpSeconds()),
            Math.min(MOST_REPEATS, stopwatch.repeats()));
    this.scratch = scratch;
    this.progress = progress;
    this.say = say;
  }

  /**
   * Measures and writes.
   *
   * @return the names of the files
   * @throws IOException if files cannot be written
   */
  public List<String> write(Path folder) throws IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    List<ScalingCurve> curves = new ArrayList<>();
    PlanScaling plans = new PlanScaling(stopwatch, cores, progress);
    FitScaling fits = new FitScaling(stopwatch, scratch, progress);
    plans.warmUp();
    curves.add(plans.population());
    curves.add(plans.horizon());
    curves.add(both(plans.members(), curve -> fits.members(curve, FitScaling.MEMBERS)));
    curves.add(both(plans.width(), curve -> fits.width(curve, FitScaling.WIDTHS)));
    curves.add(plans.problems());
    curves.add(plans.workers());
    curves.addAll(new SteppingScaling(stopwatch, cores, progress).curves());
    curves.add(new DrawScaling(stopwatch, scratch, progress, say).bufferSize(DrawScaling.ROWS));
    List<String> files = new ArrayList<>();
    StringBuilder table = new StringBuilder(ScalingCurve.csvHead());
    for (ScalingCurve curve : curves) {
      table.append(curve.csv());
      write(folder, "scale-" + curve.name() + ".svg", curve.svg(), files);
    }
    write(folder, "scale.csv", table.toString(), files);
    return files;
  }

  /** Adds points to a curve. */
  @FunctionalInterface
  private interface More {
    void to(ScalingCurve curve) throws IOException;
  }

  private static ScalingCurve both(ScalingCurve curve, More more) throws IOException {
    more.to(curve);
    return curve;
  }

  private static void write(Path folder, String name, String content, List<String> files)
      throws IOException {
    AtomicFile.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    files.add(name);
  }
}
