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
    List<Double> result = new ArrayList<>();
    double span = high - low;
    double step = 1;
    if (!log || span < 1.5) {
      double raw = span / 5;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double mantissa = raw / power;
      step = power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
    } else if (span > 8) {
      step = Math.ceil(span / 6);
    }
    for (long i = (long) Math.ceil(low / step); i * step <= high; i++) {
      double tick = i * step;
      result.add(log ? Math.pow(10, tick) : tick);
    }
    return result;
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
