package org.planloop.deploy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a mistyped one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The candidate with the smallest edit distance, or none where even that one is more than half
   * different. Of a path, a slip in the section counts no less than one in the key, but a candidate
   * with the same last part is preferred among equals. A candidate that begins with the word, cut
   * off at a hyphen, is near however long it goes on.
   *
   * @param word what was given; case does not matter
   */
  public static Optional<String> to(String word, Collection<String> candidates) {
    String given = word.toLowerCase(Locale.ROOT);
    String last = given.substring(given.lastIndexOf('.') + 1);
    return candidates.stream()
        .min(
            Comparator.<String>comparingInt(candidate -> rank(given, last, candidate))
                .thenComparing(candidate -> candidate.chars().filter(c -> c == '.').count())
                .thenComparing(Comparator.naturalOrder()))
        .filter(
            best ->
                best.endsWith("." + last)
                    || beginsWith(given, best.toLowerCase(Locale.ROOT))
                    || distance(given, best.toLowerCase(Locale.ROOT))
                        <= Math.max(2, Math.max(given.length(), best.length()) / 2));
  }

  /** A clause for an error message: {@code "; did you mean planner.horizon?"}, or nothing. */
  public static String hint(String word, Collection<String> candidates) {
    return to(word, candidates).map(best -> "; did you mean " + best + "?").orElse("");
  }

  private static int rank(String given, String last, String candidate) {
    String lower = candidate.toLowerCase(Locale.ROOT);
    int whole = 2 * distance(given, lower);
    // "horizon" or "trainer.horizon" was meant as "planner.horizon", however far the strings are.
    return lower.endsWith("." + last) || beginsWith(given, lower) ? Math.min(whole, 3) : whole;
  }

  private static boolean beginsWith(String given, String candidate) {
    return candidate.startsWith(given + "-");
  }

  /** Edits (insert, delete, replace, swap of neighbours) that turn {@code a} into {@code b}. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
