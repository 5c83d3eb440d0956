package org.planloop.data;

/**
 * Text that came from outside, made fit for one line of an error or a log: at most {@value
 * #MAX_LENGTH} characters, none of them a control character.
 */
public final class Excerpt {
  /** Longer texts lose their middle, and the excerpt says how long they were. */
  public static final int MAX_LENGTH = 400;

  private static final int HEAD = 240;
  private static final int TAIL = 80;

  private Excerpt() {}

  /** The text, or its beginning and end. */
  public static String of(String text) {
    String line = text;
    if (text.length() > MAX_LENGTH) {
      line =
          text.substring(0, HEAD)
              + " ... ("
              + text.length()
              + " characters) ... "
              + text.substring(text.length() - TAIL);
    }
    if (line.chars().noneMatch(Character::isISOControl)) {
      return line;
    }
    StringBuilder shown = new StringBuilder(line);
    for (int i = 0; i < shown.length(); i++) {
      if (Character.isISOControl(shown.charAt(i))) {
        shown.setCharAt(i, '\u00b7');
      }
    }
    return shown.toString();
  }
}
