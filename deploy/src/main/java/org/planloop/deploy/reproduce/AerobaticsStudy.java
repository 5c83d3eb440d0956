package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.deploy.report.FlightScene;
import org.planloop.deploy.report.FlightView;
import org.planloop.deploy.report.LineChart;
import org.planloop.deploy.report.LineChart.Series;
import org.planloop.deploy.report.Panels;
import org.planloop.deploy.report.Quantiles;
import org.planloop.environments.helicopter.HelicopterPose;
import org.planloop.environments.helicopter.Manoeuvres;
import org.planloop.fitting.TimeAlignment;

/**
 * Flip, roll and tic-toc whose targets are learned from imperfect demonstrations (Coates, Abbeel
 * and Ng 2008) and flown in a model that is learned from the same flights. Distances are root mean
 * squares after alignment in time, a metre counting as much as a radian.
 */
final class AerobaticsStudy implements Study {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 340;
  private static final double STEP = 0.05;
  private static final double SECONDS = 6;
  private static final double STRIP_METRES = 7;

  /** Demonstrations beside the target in the picture: as many as there are colours left. */
  private static final int SHOWN = 4;

  private static final String INTENDED = "intended";
  private static final String FUSED = "fused target";
  private static final String FIRST = "flown, demonstrations' model";
  private static final String SECOND = "flown, half and half";
  private static final String DEMONSTRATION = "demonstration ";

  @Override
  public String name() {
    return "aerobatics";
  }

  @Override
  public String title() {
    return "Aerobatics: a target that nobody wrote down";
  }

  @Override
  public Findings run(StudySetting setting) {
    int seeds = setting.seeds(8, 3);
    Table.Rows distances =
        Table.of(name(), "manoeuvre", "seed", "path", "steps", "to_intended", "to_fused");
    Table.Rows paths = Poses.table(name() + "-paths", "manoeuvre", "path");
    for (String manoeuvre : Manoeuvres.NAMES) {
      for (int seed = 0; seed < seeds; seed++) {
        setting.progress(manoeuvre + ", seed " + seed + " of " + seeds);
        AerobaticTrial.Paths trial =
            AerobaticTrial.run(manoeuvre, RandomStream.of(seed, Purpose.EXPERT, 0, 0, manoeuvre));
        List<String> names = names();
        List<List<HelicopterPose>> flights = flights(trial);
        for (int i = 0; i < names.size(); i++) {
          List<HelicopterPose> path = flights.get(i);
          distances.add(
              manoeuvre,
              seed,
              names.get(i),
              path.size() - 1,
              distance(trial.intended(), path),
              distance(trial.fused(), path));
          if (seed == 0) {
            Poses.add(paths, path, manoeuvre, names.get(i));
          }
        }
      }
    }
    Table table = distances.done();
    return new Findings(
        text(table),
        List.of(table, paths.done()),
        List.of(
            new Figure(name(), chart(table, seeds)),
            new Figure(name() + "-flights", flights(paths.done()))),
        claims(table));
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(List.of(INTENDED, FUSED, FIRST, SECOND));
    for (int k = 1; k <= AerobaticTrial.DEMONSTRATIONS; k++) {
      names.add(DEMONSTRATION + k);
    }
    return names;
  }

  /** In the order of {@link #names}. */
  private static List<List<HelicopterPose>> flights(AerobaticTrial.Paths trial) {
    List<List<HelicopterPose>> flights =
        new ArrayList<>(List.of(trial.intended(), trial.fused(), trial.first(), trial.second()));
    flights.addAll(trial.demonstrations());
    return flights;
  }

  /** Of a path to another after the best alignment in time; NaN if it ended far too early. */
  private static double distance(List<HelicopterPose> to, List<HelicopterPose> path) {
    if (path.size() > 2 * to.size() - 1 || to.size() > 2 * path.size()) {
      return Double.NaN;
    }
    TimeAlignment.Mismatch mismatch = (t, j) -> square(to.get(t), path.get(j));
    int[] aligned = TimeAlignment.align(to.size(), path.size(), mismatch, new double[3]);
    double sum = 0;
    for (int t = 0; t < aligned.length; t++) {
      sum += mismatch.of(t, aligned[t]) / aligned.length;
    }
    return Math.sqrt(sum);
  }

  private static double square(HelicopterPose one, HelicopterPose other) {
    return Math.pow(one.distance(other), 2) + Math.pow(one.angle(other), 2);
  }

  /** The distance to what was intended, seed by seed. */
  private static double[] of(Table table, String manoeuvre, String path) {
    return table.where("manoeuvre", manoeuvre).where("path", path).numbers("to_intended");
  }

  /** The same for the best (0), the median (0.5) ... of each seed's demonstrations. */
  private static double[] ofDemonstrations(Table table, String manoeuvre, double quantile) {
    Table rows = table.where("manoeuvre", manoeuvre);
    return rows.values("seed").stream()
        .mapToDouble(
            seed ->
                Quantiles.of(
                    IntStream.rangeClosed(1, AerobaticTrial.DEMONSTRATIONS)
                        .mapToDouble(
                            k ->
                                rows.where("seed", seed)
                                    .where("path", DEMONSTRATION + k)
                                    .numbers("to_intended")[0])
                        .sorted()
                        .toArray(),
                    quantile))
        .toArray();
  }

  private static String chart(Table table, int seeds) {
    List<double[]> middle = new ArrayList<>();
    List<double[]> best = new ArrayList<>();
    List<double[]> fused = new ArrayList<>();
    List<double[]> flown = new ArrayList<>();
    for (String manoeuvre : Manoeuvres.NAMES) {
      middle.add(ofDemonstrations(table, manoeuvre, 0.5));
      best.add(ofDemonstrations(table, manoeuvre, 0));
      fused.add(of(table, manoeuvre, FUSED));
      flown.add(of(table, manoeuvre, SECOND));
    }
    return new LineChart(
            "distance to what was intended, median and quartiles of " + seeds,
            "",
            "root mean square, metres and radians",
            WIDTH,
            HEIGHT)
        .categories(Manoeuvres.NAMES)
        .add(spread("median demonstration", middle))
        .add(spread("best demonstration", best))
        .add(spread(FUSED, fused))
        .add(spread("flown", flown))
        .svg();
  }

  private static Series spread(String label, List<double[]> values) {
    double[][] bands = new double[3][values.size()];
    for (int i = 0; i < values.size(); i++) {
      double[] sorted = Arrays.stream(values.get(i)).filter(Double::isFinite).sorted().toArray();
      for (int q = 0; q < bands.length; q++) {
        bands[q][i] = Quantiles.of(sorted, 0.25 * (q + 1));
      }
    }
    double[] x = IntStream.range(0, values.size()).asDoubleStream().toArray();
    return new Series(label, x, bands[1], bands[0], bands[2]);
  }

  /** A row for each manoeuvre: the angle turned over time, and the flight in three dimensions. */
  private static String flights(Table paths) {
    List<String> panels = new ArrayList<>();
    for (String manoeuvre : Manoeuvres.NAMES) {
      Table rows = paths.where("manoeuvre", manoeuvre);
      panels.add(angles(manoeuvre, rows));
      List<HelicopterPose> target = strip(rows, FUSED);
      List<HelicopterPose> flown = strip(rows, SECOND);
      FlightView view = FlightView.around(List.of(target, flown), WIDTH, HEIGHT);
      panels.add(
          view.svg(
              manoeuvre + ": as flown, time runs to the right; grey: the target",
              view.shadow(flown) + FlightScene.flight(view, target, flown, "#0072b2", SECONDS)));
    }
    return Panels.grid(panels, 2, WIDTH, HEIGHT);
  }

  private static List<HelicopterPose> strip(Table rows, String path) {
    return FlightView.unrolled(Poses.of(rows.where("path", path)), STRIP_METRES);
  }

  private static String angles(String manoeuvre, Table rows) {
    LineChart chart =
        new LineChart(
            manoeuvre + ": angle turned, and in " + SHOWN + " of the demonstrations",
            "seconds",
            "degrees",
            WIDTH,
            HEIGHT);
    for (String path : List.of(FUSED, INTENDED, SECOND)) {
      chart.add(angle(path, manoeuvre, Poses.of(rows.where("path", path))));
    }
    for (int k = 1; k <= SHOWN; k++) {
      chart.add(angle("no. " + k, manoeuvre, Poses.of(rows.where("path", DEMONSTRATION + k))));
    }
    return chart.svg();
  }

  /** About the axis of the manoeuvre, through more than a whole turn. */
  private static Series angle(String label, String manoeuvre, List<HelicopterPose> path) {
    double[] seconds = new double[path.size()];
    double[] degrees = new double[path.size()];
    double[] before = {0, 0, 0, 0, 0, 0, 1};
    for (int t = 0; t < path.size(); t++) {
      before = path.get(t).continuing(before);
      double angle = 2 * Math.atan2(before[manoeuvre.equals("roll") ? 3 : 4], before[6]);
      seconds[t] = t * STEP;
      degrees[t] = Math.toDegrees(angle < -Math.PI ? angle + 4 * Math.PI : angle);
    }
    return Series.of(label, seconds, degrees);
  }

  private static String text(Table table) {
    StringBuilder text = new StringBuilder();
    for (String manoeuvre : Manoeuvres.NAMES) {
      text.append(
          String.format(
              Locale.ROOT,
              "The %s: the best of the %d demonstrations is off by %.3f, the median one by %.3f, the"
                  + " fused target by %.3f. Planned in the model of the demonstrations alone the"
                  + " helicopter keeps to the fused target within %.3f, in the model of half and"
                  + " half within %.3f.%n",
              manoeuvre,
              AerobaticTrial.DEMONSTRATIONS,
              Quantiles.median(ofDemonstrations(table, manoeuvre, 0)),
              Quantiles.median(ofDemonstrations(table, manoeuvre, 0.5)),
              Quantiles.median(of(table, manoeuvre, FUSED)),
              followed(table, manoeuvre, FIRST),
              followed(table, manoeuvre, SECOND)));
    }
    text.append(
        """
        (Medians over the seeds of root mean squares after alignment in time, a metre counting as much as a radian.) What the demonstrations have in common remains when
        they are fused, what each of them does wrong in its own way averages out; so the helicopter flies better than it was ever shown. The model knows
        how rigid bodies move and learns the six body accelerations alone: that holds in every attitude, so here the demonstrations' own data is enough.
        """);
    return text.toString();
  }

  private static double followed(Table table, String manoeuvre, String path) {
    return Quantiles.median(
        table.where("manoeuvre", manoeuvre).where("path", path).numbers("to_fused"));
  }

  private static List<Claim> claims(Table table) {
    List<Claim> claims = new ArrayList<>();
    for (String manoeuvre : Manoeuvres.NAMES) {
      double[] best = ofDemonstrations(table, manoeuvre, 0);
      double[] fused = of(table, manoeuvre, FUSED);
      long closer = IntStream.range(0, best.length).filter(i -> fused[i] < best[i]).count();
      claims.add(
          new Claim(
              manoeuvre
                  + ": the fused target is closer to what was intended than the best single"
                  + " demonstration (median; Coates, Abbeel and Ng 2008)",
              String.format(
                  Locale.ROOT,
                  "%.3f against %.3f, closer on %d of %d seeds",
                  Quantiles.median(fused),
                  Quantiles.median(best),
                  closer,
                  best.length),
              Quantiles.median(fused) < Quantiles.median(best)));
      Table flown = table.where("manoeuvre", manoeuvre).where("path", SECOND);
      double[] target = table.where("manoeuvre", manoeuvre).where("path", FUSED).numbers("steps");
      double[] steps = flown.numbers("steps");
      long whole = IntStream.range(0, steps.length).filter(i -> steps[i] == target[i]).count();
      claims.add(
          new Claim(
              manoeuvre + ": planned in the learned model it is flown without a crash",
              whole + " of " + steps.length,
              whole == steps.length));
    }
    return claims;
  }
}
