package org.planloop.data;

/**
 * The user's input cannot be used. The message is one line that names the thing (file or key), the
 * value, the rule and the way out; the command line prints it as it is and exits with 2.
 */
public final class InvalidInputException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  public InvalidInputException(String message) {
    super(message);
  }

  public InvalidInputException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * A setting outside its rule.
   *
   * @param key the configuration key, for example {@code planner.horizon}
   * @param value what was given
   * @param rule what holds for good values and so the way out, for example {@code "must be at least
   *     1"}
   */
  public static InvalidInputException setting(String key, Object value, String rule) {
    return new InvalidInputException(key + " = " + value + ": " + rule);
  }

  /** Throws {@link #setting} unless {@code holds}. */
  public static void check(boolean holds, String key, Object value, String rule) {
    if (!holds) {
      throw setting(key, value, rule);
    }
  }
}
