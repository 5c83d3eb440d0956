package org.planloop.deploy.objectstore;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.planloop.data.InvalidInputException;

/**
 * A place in a store: {@code s3://BUCKET/PREFIX}.
 *
 * @param prefix without slashes at its ends; empty for the whole bucket
 */
public record StoreLocation(String bucket, String prefix) {
  private static final Pattern URL =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/([A-Za-z0-9!_.*'()/-]{0,512}))?");

  /**
   * @param option what the text was given with, for messages
   * @throws InvalidInputException if it is none
   */
  public static StoreLocation parse(String option, String text) {
    Matcher matcher = URL.matcher(text);
    String prefix =
        matcher.matches() && matcher.group(2) != null
            ? matcher.group(2).replaceAll("^/+|/+$", "")
            : "";
    InvalidInputException.check(
        matcher.matches() && !prefix.contains("//") && !(prefix + "/").contains("../"),
        option,
        text,
        "must be s3://BUCKET/PREFIX, the bucket of 3 to 63 lower-case letters, digits, dots and"
            + " hyphens");
    return new StoreLocation(matcher.group(1), prefix);
  }

  /** A key, or a prefix of keys, below this place. */
  public String key(String below) {
    return prefix.isEmpty() ? below : prefix + "/" + below;
  }

  @Override
  public String toString() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }
}
