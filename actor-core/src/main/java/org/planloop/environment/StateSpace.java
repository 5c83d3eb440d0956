package org.planloop.environment;

import java.util.List;

/** The dimensions of a state as the learner observes it, in order. */
public record StateSpace(List<Dimension> dimensions) {
  /** What a dimension holds; a model chooses its inputs by it. */
  public enum Kind {
    /** Any real number. */
    REAL,
    /** An angle in radians that wraps around: models see its sine and cosine. */
    ANGLE,
    /** The index of a discrete state. */
    INDEX
  }

  /**
   * @param name the field's name for it, for example {@code x} or {@code theta}
   * @param kind what it holds
   */
  public record Dimension(String name, Kind kind) {}

  public StateSpace {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty()) {
      throw new IllegalArgumentException("a state space needs at least one dimension");
    }
  }

  /**
   * Real dimensions with these names; a name that ends in {@code ~} is an angle (the mark is
   * dropped).
   */
  public static StateSpace of(String... names) {
    return new StateSpace(
        java.util.Arrays.stream(names)
            .map(
                name ->
                    name.endsWith("~")
                        ? new Dimension(name.substring(0, name.length() - 1), Kind.ANGLE)
                        : new Dimension(name, Kind.REAL))
            .toList());
  }

  /** A finite set of states 0 .. count - 1, observed as one index. */
  public static StateSpace index(String name) {
    return new StateSpace(List.of(new Dimension(name, Kind.INDEX)));
  }

  /** The width S. */
  public int size() {
    return dimensions.size();
  }
}
