package org.planloop.wire;

import org.planloop.wire.WireCatalogue.Entry;

/**
 * What reading may allocate, dropped at once or kept: a fixed amount and a multiple of the frame.
 * Measured as the JVM counts a thread's allocations, so garbage counts too.
 */
final class WireMemory {
  /**
   * A message of any length: a chain of exceptions with their traces (measured: 20 KB), a reader, a
   * Kryo that the pool had to make.
   */
  private static final long FIXED = 64 * 1024;

  /** The same of a policy, which has two readers of JSON with their buffers (measured: 180 KB). */
  private static final long FIXED_OF_JSON = 256 * 1024;

  /**
   * Bytes for a byte. An element of a list of records becomes its fields, boxed in an array, then
   * the record, a place in the list and one in its copy: up to 40, by {@link WireMemoryTest}.
   */
  private static final long MULTIPLE = 64;

  /** An empty object in JSON, two bytes and a comma, becomes a node with a map of its own. */
  private static final long MULTIPLE_OF_JSON = 96;

  private WireMemory() {}

  /**
   * The most that reading may take.
   *
   * @param bytes length of the frame
   */
  static long due(Entry entry, int bytes) {
    return entry.coding() == null
        ? FIXED + MULTIPLE * bytes
        : FIXED_OF_JSON + MULTIPLE_OF_JSON * bytes;
  }
}
