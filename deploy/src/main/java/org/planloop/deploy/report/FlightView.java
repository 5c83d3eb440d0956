package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.planloop.environments.helicopter.HelicopterPose;

/**
 * Flights of a helicopter in three dimensions, seen from above at an angle without perspective: the
 * path, its shadow on the ground, the attitude in snapshots, and the helicopter moving along it. No
 * script.
 */
public final class FlightView {
  private static final double AZIMUTH = Math.toRadians(35);
  private static final double ELEVATION = Math.toRadians(28);
  private static final int ROTOR_POINTS = 10;
  private static final int MOST_FRAMES = 150;

  /** Twice the height in metres that a level flight is shown above the ground. */
  private static final double LEAST_HEIGHT = 1;

  /** Half the size of a helicopter as a share of the picture. */
  private static final double SIZE = 0.075;

  private final double width;
  private final double height;
  private final double scale;
  private final double centreX;
  private final double centreY;
  private final double ground;

  private FlightView(
      double width, double height, double scale, double centreX, double centreY, double ground) {
    this.width = width;
    this.height = height;
    this.scale = scale;
    this.centreX = centreX;
    this.centreY = centreY;
    this.ground = ground;
  }

  /**
   * A view that shows all of these.
   *
   * @param flights poses in order, each flight a list; at least one pose in all
   */
  public static FlightView around(List<List<HelicopterPose>> flights, double width, double height) {
    DoubleSummaryStatistics depth =
        flights.stream()
            .flatMap(List::stream)
            .mapToDouble(HelicopterPose::down)
            .summaryStatistics();
    double ground = depth.getMax() + Math.max(LEAST_HEIGHT, depth.getMax() - depth.getMin()) / 2;
    double lowX = Double.POSITIVE_INFINITY;
    double highX = Double.NEGATIVE_INFINITY;
    double lowY = Double.POSITIVE_INFINITY;
    double highY = Double.NEGATIVE_INFINITY;
    for (List<HelicopterPose> flight : flights) {
      for (HelicopterPose pose : flight) {
        for (double down : new double[] {pose.down(), ground}) {
          double[] at = {pose.north(), pose.east(), down};
          lowX = Math.min(lowX, across(at));
          highX = Math.max(highX, across(at));
          lowY = Math.min(lowY, along(at));
          highY = Math.max(highY, along(at));
        }
      }
    }
    double margin = 2.2 * SIZE * Math.min(width, height);
    double scale =
        Math.min(
            (width - 2 * margin) / Math.max(highX - lowX, 1),
            (height - 2 * margin) / Math.max(highY - lowY, 1));
    return new FlightView(width, height, scale, (lowX + highX) / 2, (lowY + highY) / 2, ground);
  }

  /**
   * The same flight drawn apart, as on a strip of film: each pose a little further to the right
   * than the one before, the last by that many metres. For manoeuvres on the spot.
   */
  public static List<HelicopterPose> unrolled(List<HelicopterPose> flight, double metres) {
    List<HelicopterPose> result = new ArrayList<>();
    for (int t = 0; t < flight.size(); t++) {
      HelicopterPose p = flight.get(t);
      double shift = metres * t / Math.max(1, flight.size() - 1);
      result.add(
          new HelicopterPose(
              p.north() - shift * Math.sin(AZIMUTH),
              p.east() + shift * Math.cos(AZIMUTH),
              p.down(),
              p.x(),
              p.y(),
              p.z(),
              p.w()));
    }
    return result;
  }

  /** Rightwards in the picture. */
  private static double across(double[] at) {
    return at[1] * Math.cos(AZIMUTH) - at[0] * Math.sin(AZIMUTH);
  }

  /** Downwards in the picture. */
  private static double along(double[] at) {
    double away = at[0] * Math.cos(AZIMUTH) + at[1] * Math.sin(AZIMUTH);
    return at[2] * Math.cos(ELEVATION) - away * Math.sin(ELEVATION);
  }

  /** A picture of its own with a line of text above what is drawn. */
  public String svg(String title, String elements) {
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
            + " height=\"%.0f\" role=\"img\" font-family=\"system-ui, -apple-system, Segoe UI,"
            + " Helvetica, Arial, sans-serif\" font-size=\"13\" fill=\"#333\">\n"
            + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            + "<text x=\"16\" y=\"24\">%s</text>\n%s</svg>\n",
        width,
        height,
        width,
        height,
        LineChart.escape(title),
        elements);
  }

  private String point(double[] at) {
    double x = width / 2 + (across(at) - centreX) * scale;
    double y = height / 2 + (along(at) - centreY) * scale;
    return Motion.number(x) + "," + Motion.number(y);
  }

  /** The path as a line, in a stroke of SVG attributes. */
  public String path(List<HelicopterPose> flight, String attributes) {
    return line(flight.stream().map(pose -> pose.world(0, 0, 0)).toList(), attributes);
  }

  /** The path's shadow on the ground. */
  public String shadow(List<HelicopterPose> flight) {
    return line(
        flight.stream().map(pose -> new double[] {pose.north(), pose.east(), ground}).toList(),
        "stroke=\"#000\" stroke-opacity=\"0.12\" stroke-width=\"3\"");
  }

  private String line(List<double[]> points, String attributes) {
    return "<polyline fill=\"none\" stroke-linejoin=\"round\" "
        + attributes
        + " points=\""
        + String.join(" ", points.stream().map(this::point).toList())
        + "\"/>\n";
  }

  /** The helicopter as it is at one moment: disc of the rotor, body, tail and fin. */
  public String helicopter(HelicopterPose pose, String color, double opacity) {
    return String.format(
        Locale.ROOT,
        "<g opacity=\"%.2f\"><path fill=\"%s\" fill-opacity=\"0.25\" stroke=\"%s\" d=\"%s\"/>"
            + "<path fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\" stroke-linecap=\"round\""
            + " d=\"%s\"/></g>\n",
        opacity,
        color,
        color,
        rotor(pose),
        color,
        body(pose));
  }

  /** The helicopter along its flight, in that many seconds, again and again. */
  public String flying(List<HelicopterPose> flight, String color, double seconds) {
    int stride = Math.max(1, (flight.size() + MOST_FRAMES - 1) / MOST_FRAMES);
    List<HelicopterPose> frames =
        IntStream.range(0, flight.size())
            .filter(i -> i % stride == 0)
            .mapToObj(flight::get)
            .toList();
    HelicopterPose still = frames.get(frames.size() / 2);
    return String.format(
            Locale.ROOT,
            "<path fill=\"%s\" fill-opacity=\"0.3\" stroke=\"%s\" d=\"%s\">%s</path>\n",
            color,
            color,
            rotor(still),
            animated(frames.stream().map(this::rotor).toList(), seconds))
        + String.format(
            Locale.ROOT,
            "<path fill=\"none\" stroke=\"%s\" stroke-width=\"3.5\" stroke-linecap=\"round\""
                + " d=\"%s\">%s</path>\n",
            color,
            body(still),
            animated(frames.stream().map(this::body).toList(), seconds));
  }

  private static String animated(List<String> paths, double seconds) {
    return String.format(
        Locale.ROOT,
        "<animate attributeName=\"d\" dur=\"%.2fs\" repeatCount=\"indefinite\" values=\"%s\"/>",
        seconds,
        String.join(";", paths));
  }

  private double metres() {
    return SIZE * Math.min(width, height) / scale;
  }

  private String rotor(HelicopterPose pose) {
    double r = metres();
    List<String> points = new ArrayList<>();
    for (int i = 0; i < ROTOR_POINTS; i++) {
      double angle = 2 * Math.PI * i / ROTOR_POINTS;
      points.add(
          point(pose.world(0.8 * r * Math.cos(angle), 0.8 * r * Math.sin(angle), -0.35 * r)));
    }
    return "M" + String.join("L", points) + "Z";
  }

  private String body(HelicopterPose pose) {
    double r = metres();
    return "M"
        + point(pose.world(0.55 * r, 0, 0))
        + "L"
        + point(pose.world(-1.2 * r, 0, 0))
        + "L"
        + point(pose.world(-1.3 * r, 0, -0.35 * r))
        + "M"
        + point(pose.world(0, 0, 0))
        + "L"
        + point(pose.world(0, 0, -0.35 * r));
  }
}
