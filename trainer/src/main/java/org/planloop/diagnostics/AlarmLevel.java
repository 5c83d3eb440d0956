package org.planloop.diagnostics;

import org.planloop.diagnostics.DiagnosticsSettings.Alarm;

/**
 * How far the response to the model-exploitation alarm has gone: one level up with every iteration
 * that rings, one down with every quiet one, between 0 and {@value #HIGHEST}.
 *
 * @param level 0 for the configured settings
 */
public record AlarmLevel(int level) {
  /** The strongest response. */
  public static final int HIGHEST = 4;

  /** Parts that a response is divided into; one more than levels, so that something is left. */
  private static final double PARTS = HIGHEST + 1;

  /** Standard deviations of penalty a level. */
  private static final double PENALTY = 0.5;

  public AlarmLevel {
    if (level < 0 || level > HIGHEST) {
      throw new IllegalArgumentException("a level is from 0 to " + HIGHEST + ": " + level);
    }
  }

  /**
   * Whether the model promises more than is real: the excess lies beyond its interval, and beyond a
   * thousandth of the real return, which single-precision states may differ by.
   *
   * @param excess mean return in the model less mean real return, on the same episodes
   * @param interval half width of its 95 % interval
   * @param real mean real return
   */
  public static boolean rings(double excess, double interval, double real) {
    return excess > interval && excess > 1e-3 * Math.abs(real);
  }

  /** The level after one more iteration. */
  public AlarmLevel next(boolean rang) {
    return new AlarmLevel(rang ? Math.min(HIGHEST, level + 1) : Math.max(0, level - 1));
  }

  /**
   * The expert's share of a fit: a fifth of the learner's configured share moves over with every
   * level, so one half becomes 0.6, 0.7, 0.8, 0.9.
   *
   * @param configured the share without an alarm
   */
  public double expertFraction(Alarm alarm, double configured) {
    return alarm == Alarm.EXPERT_SHARE ? configured + (1 - configured) * level / PARTS : configured;
  }

  /** How carefully is planned: a fifth of the horizon less, or half a deviation more, a level. */
  public Caution caution(Alarm alarm) {
    return switch (alarm) {
      case HORIZON -> new Caution(1 - level / PARTS, 0);
      case DISAGREEMENT -> new Caution(1, PENALTY * level);
      case OFF, WARN, EXPERT_SHARE -> Caution.NONE;
    };
  }
}
