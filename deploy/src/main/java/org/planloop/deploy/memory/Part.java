package org.planloop.deploy.memory;

import java.util.Optional;
import org.planloop.data.ArrayLength;

/**
 * One thing that takes up space.
 *
 * @param what it is, in the plural: "candidate plans"
 * @param size in bytes
 * @param definite whether it will really grow so large; if not, a campaign may stop before
 * @param bound what may not be exceeded whatever there is of memory; empty for nothing
 */
record Part(String what, Place place, Product size, boolean definite, Optional<Bound> bound) {
  /**
   * A limit that memory does not lift.
   *
   * @param amount compared with {@code most}
   * @param limit what it breaks, for example "a Java array holds at most 2147483639"
   */
  record Bound(Product amount, double most, String limit) {
    boolean broken() {
      return amount.value() > most;
    }
  }

  static Part of(String what, Place place, Product size) {
    return new Part(what, place, size, true, Optional.empty());
  }

  /** With the length of the longest array among them. */
  Part withArray(Product length) {
    return within(
        length,
        ArrayLength.LONGEST,
        "a Java array holds at most " + ArrayLength.LONGEST + " numbers");
  }

  Part within(Product amount, double most, String limit) {
    return new Part(what, place, size, definite, Optional.of(new Bound(amount, most, limit)));
  }

  Part onlyIf(boolean certain) {
    return new Part(what, place, size, certain, bound);
  }
}
