package org.planloop.policy;

import static org.planloop.data.InvalidInputException.check;

import java.util.Map;

/**
 * Where the expert's data comes from; the section {@code expert} of the configuration.
 *
 * @param kind a demonstrator's name, {@code recorded} for a file, or {@code none}
 * @param episodes episodes flown before the first iteration; 0 with {@code none}
 * @param eachIteration whether one more episode is flown in every iteration (Ross and Bagnell's
 *     online setting) instead of {@code episodes} at the start
 * @param rows random rows kept of an episode that is flown each iteration, 0 for all
 * @param file the recorded data, with {@code kind = recorded}; empty otherwise
 * @param controlNoise standard deviation of the noise on the expert's actions, in their units
 * @param options the demonstrator's own settings
 */
public record ExpertSettings(
    String kind,
    int episodes,
    boolean eachIteration,
    int rows,
    String file,
    double controlNoise,
    Map<String, Object> options) {
  public ExpertSettings {
    options = Map.copyOf(options);
    check(
        !kind.isBlank(),
        "expert.kind",
        kind,
        "must name a demonstrator, recorded or none; 'planloop list' names them");
    check(
        episodes >= 0 && episodes <= 1_000_000,
        "expert.episodes",
        episodes,
        "must be from 0 to 1000000");
    check(rows >= 0, "expert.rows", rows, "must be 0 (all) or more");
    check(
        controlNoise >= 0 && Double.isFinite(controlNoise),
        "expert.control-noise",
        controlNoise,
        "must be a finite number, 0 or more");
    boolean recorded = kind.equals("recorded");
    check(
        recorded != file.isBlank(),
        "expert.file",
        file,
        recorded
            ? "must name the file of recorded data, because expert.kind = recorded"
            : "must be empty unless expert.kind = recorded");
  }

  /** Whether there is expert data at all. */
  public boolean present() {
    return !kind.equals("none");
  }
}
