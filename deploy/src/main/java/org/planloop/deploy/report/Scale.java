package org.planloop.deploy.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.planloop.data.PlainDecimal;

/**
 * Where values lie on an axis.
 *
 * @param low value (its decimal logarithm on a logarithmic axis) at {@code from}
 * @param high value at {@code to}
 */
record Scale(double low, double high, double from, double to, boolean log) {
  double at(double value) {
    double v = log ? Math.log10(value) : value;
    return from + (v - low) / (high - low) * (to - from);
  }

  /** Round numbers inside the scale, about five of them. */
  List<Double> ticks() {
    double span = high - low;
    if (log && span < 1.5) {
      return roundValues();
    }
    List<Double> result = new ArrayList<>();
    double step = log ? Math.max(1, Math.ceil(span / 6)) : roundStep(span / 5);
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      double tick = i * step;
      result.add(log ? Math.pow(10, tick) : tick);
    }
    return result;
  }

  /**
   * Multiples of 1, 2 and 5 on a logarithmic axis that spans little, and what lies between on a
   * tiny one.
   */
  private List<Double> roundValues() {
    double[] mantissas =
        high - low < 0.5 ? new double[] {1, 1.5, 2, 3, 4, 5, 7} : new double[] {1, 2, 5};
    List<Double> result = new ArrayList<>();
    for (int power = (int) Math.floor(low); power <= high; power++) {
      for (double mantissa : mantissas) {
        double value = mantissa * Math.pow(10, power);
        if (Math.log10(value) >= low && Math.log10(value) <= high) {
          result.add(value);
        }
      }
    }
    return result;
  }

  private static double roundStep(double raw) {
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double mantissa = raw / power;
    return power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
  }

  /** A tick as short text. */
  static String label(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 1e6 || size < 1e-3) {
      return String.format(Locale.ROOT, "%.0e", value).replace("e+0", "e").replace("e-0", "e-");
    }
    double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.4g", value));
    return PlainDecimal.text(rounded);
  }
}
