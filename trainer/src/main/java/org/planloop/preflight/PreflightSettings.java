package org.planloop.preflight;

import static org.planloop.data.InvalidInputException.check;

import java.util.Map;

/**
 * How a candidate is checked before it flies; the section {@code preflight} of the configuration.
 *
 * @param kind where it is flown
 * @param episodes flown in each model
 * @param members models of a bootstrap; an ensemble brings its own
 * @param maxCrashes share of the episodes in any one model that may crash
 * @param minReturn mean return that is needed in every model; NaN for any
 * @param environment the second simulator, with {@code kind = simulator}; empty otherwise
 * @param options the second simulator's settings
 */
public record PreflightSettings(
    Kind kind,
    int episodes,
    int members,
    double maxCrashes,
    double minReturn,
    String environment,
    Map<String, Object> options) {
  /** Where a candidate is flown before it flies. */
  public enum Kind {
    /** Nowhere: every candidate flies. */
    NONE,
    /** In the model that it was planned in. Its own errors look good to the planner. */
    MODEL,
    /**
     * In every member of an ensemble, or in models fitted to bootstrap samples of the rows: where
     * they disagree, one of them is likely to see a crash coming.
     */
    BOOTSTRAP,
    /** In a second simulator. */
    SIMULATOR
  }

  /** Every candidate flies. */
  public static final PreflightSettings NONE =
      new PreflightSettings(Kind.NONE, 1, 5, 0, Double.NaN, "", Map.of());

  public PreflightSettings {
    options = Map.copyOf(options);
    check(
        episodes >= 1 && episodes <= 10_000,
        "preflight.episodes",
        episodes,
        "must be from 1 to 10000");
    check(
        members >= 2 && members <= 1000,
        "preflight.members",
        members,
        "must be from 2 to 1000, because one model agrees with itself");
    check(
        maxCrashes >= 0 && maxCrashes < 1,
        "preflight.max-crashes",
        maxCrashes,
        "must be a share from 0 to below 1");
    check(
        Double.isNaN(minReturn) || Double.isFinite(minReturn),
        "preflight.min-return",
        minReturn,
        "must be a finite number, or none");
    check(
        (kind == Kind.SIMULATOR) != environment.isBlank(),
        "preflight.environment",
        environment,
        kind == Kind.SIMULATOR
            ? "must name the second simulator, because preflight.kind = simulator"
            : "must be empty unless preflight.kind = simulator");
  }

  /** Whether candidates are checked at all. */
  public boolean on() {
    return kind != Kind.NONE;
  }
}
