package org.planloop.deploy.objectstore;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.planloop.data.InvalidInputException;

/**
 * Names a checkpoint of a campaign: {@code 000007}, or {@code 000007-finished}.
 *
 * @param iteration the last final row, 0 for none
 * @param finished whether the campaign is over
 */
public record CheckpointName(int iteration, boolean finished)
    implements Comparable<CheckpointName> {
  private static final Pattern TEXT = Pattern.compile("([0-9]{6,9})(-finished)?");
  private static final Comparator<CheckpointName> LATER_LAST =
      Comparator.comparing(CheckpointName::finished).thenComparing(CheckpointName::iteration);

  /** Reads a name; empty if it is none. */
  public static Optional<CheckpointName> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new CheckpointName(Integer.parseInt(matcher.group(1)), matcher.group(2) != null))
        : Optional.empty();
  }

  /**
   * Reads the name that a user gives.
   *
   * @throws InvalidInputException if it is none
   */
  public static CheckpointName parseOption(String text) {
    return parse(text)
        .orElseThrow(
            () ->
                InvalidInputException.setting(
                    "--checkpoint",
                    text,
                    "must be a name that 'planloop restore --list' shows, such as 000007"));
  }

  @Override
  public int compareTo(CheckpointName other) {
    return LATER_LAST.compare(this, other);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%06d%s", iteration, finished ? "-finished" : "");
  }
}
