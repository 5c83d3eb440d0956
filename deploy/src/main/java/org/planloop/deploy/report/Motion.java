package org.planloop.deploy.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.planloop.environment.StateSpace;
import org.planloop.environment.StateSpace.Dimension;
import org.planloop.environment.StateSpace.Kind;

/** A dimension of the state over time, and SVG's animations made of it. */
final class Motion {
  private Motion() {}

  /** Whether there is a dimension of this name. */
  static boolean has(StateSpace states, String name) {
    return index(states, name) >= 0;
  }

  private static int index(StateSpace states, String name) {
    List<String> names = states.dimensions().stream().map(Dimension::name).toList();
    return names.indexOf(name);
  }

  /** A dimension over time; an angle without the jumps where it wraps around. */
  static double[] of(EpisodeTrace trace, String name) {
    StateSpace states = trace.environment().states();
    int index = index(states, name);
    double[] values = trace.states().stream().mapToDouble(state -> state[index]).toArray();
    if (states.dimensions().get(index).kind() == Kind.ANGLE) {
      for (int i = 1; i < values.length; i++) {
        double turns = Math.rint((values[i] - values[i - 1]) / (2 * Math.PI));
        values[i] -= turns * 2 * Math.PI;
      }
    }
    return values;
  }

  /** Moves the element that it stands in, again and again. */
  static String animate(String type, List<String> values, double seconds) {
    return String.format(
        Locale.ROOT,
        "<animateTransform attributeName=\"transform\" type=\"%s\" dur=\"%.2fs\""
            + " repeatCount=\"indefinite\" values=\"%s\"/>\n",
        type,
        seconds,
        String.join(";", values));
  }

  /** Points for {@code points="..."} or a path. */
  static List<String> points(double[] x, double[] y) {
    return java.util.stream.IntStream.range(0, x.length)
        .mapToObj(i -> number(x[i]) + "," + number(y[i]))
        .collect(Collectors.toList());
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
