package org.planloop.environment;

import static org.planloop.data.InvalidInputException.check;

import java.util.Arrays;
import java.util.List;

/**
 * A bound on a group of state dimensions: their Euclidean norm, in their units. One dimension alone
 * is bounded by its magnitude.
 *
 * @param dimensions names, as in the environment's {@link StateSpace}
 * @param bound above 0
 */
public record Limit(List<String> dimensions, double bound) {
  public Limit {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty() || !(bound > 0 && bound < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a limit needs a dimension and a positive bound: " + dimensions + " < " + bound);
    }
  }

  /**
   * Reads {@code "north, east, down < 5"}.
   *
   * @param key where the text was given, for messages
   * @throws org.planloop.data.InvalidInputException if it does not have this form
   */
  public static Limit parse(String key, String text) {
    String rule =
        "must be the names of dimensions, '<' and a positive number, for example \"x < 2\" or"
            + " \"north, east, down < 5\" (their Euclidean norm)";
    String[] sides = text.split("<", -1);
    check(sides.length == 2, key, text, rule);
    List<String> names = Arrays.stream(sides[0].split(",")).map(String::strip).toList();
    check(names.stream().noneMatch(String::isEmpty), key, text, rule);
    double bound;
    try {
      bound = Double.parseDouble(sides[1].strip());
    } catch (NumberFormatException e) {
      bound = Double.NaN;
    }
    check(bound > 0 && Double.isFinite(bound), key, text, rule);
    return new Limit(names, bound);
  }

  /** A share of this limit. */
  public Limit times(double fraction) {
    return new Limit(dimensions, bound * fraction);
  }

  /**
   * Where the dimensions stand in a state.
   *
   * @param key where the limit was given, for messages
   * @throws org.planloop.data.InvalidInputException naming a dimension that is not there, and those
   *     that are
   */
  public int[] indices(String key, StateSpace states) {
    List<String> known = states.dimensions().stream().map(StateSpace.Dimension::name).toList();
    for (String name : dimensions) {
      check(known.contains(name), key, name, "must be a dimension of the state: " + known);
    }
    return dimensions.stream().mapToInt(known::indexOf).toArray();
  }
}
