package org.planloop.diagnostics;

import static org.planloop.data.InvalidInputException.check;

/**
 * What a campaign says about itself; the section {@code diagnostics} of the configuration.
 *
 * @param performanceDifference whether every iteration measures what learner and expert return for
 *     real and in the model, and reports the three terms of their difference
 * @param episodes episodes flown for it, by each policy in each world
 * @param alarm what is done when the model promises the learner more than it gets
 */
public record DiagnosticsSettings(boolean performanceDifference, int episodes, Alarm alarm) {
  /** What is done when the model promises the learner more than it gets for real. */
  public enum Alarm {
    /** It is not even looked at. */
    OFF,
    /** The user is warned. */
    WARN,
    /** And the expert's share of the fits is raised. */
    EXPERT_SHARE,
    /** And plans are made shorter. */
    HORIZON,
    /** And plans that the members of an ensemble disagree about score less. */
    DISAGREEMENT;

    /** Whether the next fit or plan depends on it. */
    public boolean acts() {
      return this == EXPERT_SHARE || this == HORIZON || this == DISAGREEMENT;
    }
  }

  /** Nothing is measured. */
  public static final DiagnosticsSettings OFF = new DiagnosticsSettings(false, 8, Alarm.OFF);

  public DiagnosticsSettings {
    check(
        episodes >= 1 && episodes <= 10_000,
        "diagnostics.episodes",
        episodes,
        "must be from 1 to 10000");
    check(
        alarm == Alarm.OFF || episodes >= 2,
        "diagnostics.episodes",
        episodes,
        "must be 2 or more with an alarm, because one episode has no interval; raise it, or set"
            + " diagnostics.alarm = off");
  }

  /** Whether the learner is flown in both worlds. */
  public boolean on() {
    return performanceDifference || alarm != Alarm.OFF;
  }
}
