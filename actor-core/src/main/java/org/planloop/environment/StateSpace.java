package org.planloop.environment;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The dimensions of a state as the learner observes it, in order. */
public record StateSpace(List<Dimension> dimensions) {
  /** What a dimension holds; a model chooses its inputs by it. */
  public enum Kind {
    /** Any real number. */
    REAL,
    /** An angle in radians that wraps around: models see its sine and cosine. */
    ANGLE,
    /** The index of a discrete state. */
    INDEX,
    /**
     * The step of the episode, from 0: of a system that changes with time, and known to whoever
     * acts in it.
     */
    STEP
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
   * Real dimensions with these names; a name that ends in {@code ~} is an angle, one that ends in
   * {@code #} the step of the episode (the marks are dropped).
   */
  public static StateSpace of(String... names) {
    return new StateSpace(Arrays.stream(names).map(StateSpace::dimension).toList());
  }

  private static Dimension dimension(String name) {
    String unmarked = name.substring(0, name.length() - 1);
    return name.endsWith("~")
        ? new Dimension(unmarked, Kind.ANGLE)
        : name.endsWith("#") ? new Dimension(unmarked, Kind.STEP) : new Dimension(name, Kind.REAL);
  }

  /** A finite set of states 0 .. count - 1, observed as one index. */
  public static StateSpace index(String name) {
    return new StateSpace(List.of(new Dimension(name, Kind.INDEX)));
  }

  /** The width S. */
  public int size() {
    return dimensions.size();
  }

  /** Where the step of the episode stands, if the state holds it. */
  public OptionalInt step() {
    return IntStream.range(0, size())
        .filter(i -> dimensions.get(i).kind() == Kind.STEP)
        .findFirst();
  }

  /**
   * Where the dimension of this name stands, if there is one: a constant 1, for example, that
   * carries the affine part of a linear policy.
   */
  public OptionalInt named(String name) {
    return IntStream.range(0, size())
        .filter(i -> dimensions.get(i).name().equals(name))
        .findFirst();
  }
}
