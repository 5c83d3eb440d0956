package org.planloop.data;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Lengths of arrays that are products: one that is too long is refused, not wrapped around. */
public final class ArrayLength {
  /** Java's longest array: a few less than 2^31, because some machines keep a header there. */
  public static final int LONGEST = Integer.MAX_VALUE - 8;

  private ArrayLength() {}

  /**
   * The product of the factors.
   *
   * @param what is held, in the plural, and where it comes from, for the message
   * @param factors 0 or more each
   * @throws InvalidInputException if the product is longer than an array can be, with the
   *     arithmetic
   */
  public static int of(String what, long... factors) {
    boolean empty = Arrays.stream(factors).anyMatch(factor -> factor == 0);
    long product = empty ? 0 : 1;
    for (long factor : factors) {
      if (product > LONGEST / Math.max(1, factor)) {
        throw new InvalidInputException(
            what
                + ": "
                + Arrays.stream(factors).mapToObj(Long::toString).collect(Collectors.joining(" x "))
                + " numbers do not fit into an array, which holds at most "
                + LONGEST
                + "; lower one of them");
      }
      product *= factor;
    }
    return (int) product;
  }
}
