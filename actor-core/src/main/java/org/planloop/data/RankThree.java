package org.planloop.data;

/**
 * The loop inside products of small dense matrices: two lines of the result take three rows at
 * once, each weighted by a factor of its own. Six multiply-adds then share five loads and two
 * stores, which is what keeps a core's vector units busy; a row more, and JDK 17 no longer
 * vectorises the loop. All multiply-adds are fused, so that a sum over rows has the same bits
 * however the rows are grouped, as long as they come in the same order.
 */
public final class RankThree {
  /** Rows taken at once. */
  public static final int ROWS = 3;

  /** Lines of the result at once. */
  public static final int LINES = 2;

  private RankThree() {}

  /**
   * Adds a0 r0 + a1 r1 + a2 r2 to one line and b0 r0 + b1 r1 + b2 r2 to another.
   *
   * @param line changed from {@code from} to before {@code to}; none of the rows
   * @param below another one, changed likewise
   */
  public static void update(
      double[] line,
      double a0,
      double a1,
      double a2,
      double[] below,
      double b0,
      double b1,
      double b2,
      double[] r0,
      double[] r1,
      double[] r2,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      double p0 = r0[j];
      double p1 = r1[j];
      double p2 = r2[j];
      line[j] = Math.fma(a2, p2, Math.fma(a1, p1, Math.fma(a0, p0, line[j])));
      below[j] = Math.fma(b2, p2, Math.fma(b1, p1, Math.fma(b0, p0, below[j])));
    }
  }
}
