package org.planloop.replay;

import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How much of a store is on disk for good: the committed bytes of its segment files, which never
 * change any more, and its description. With them alone a store can be made anew elsewhere.
 *
 * @param campaign whose it is
 * @param folder where the files are
 * @param description the bytes of {@link #DESCRIPTION}
 * @param lengths committed bytes by the files' names
 */
public record StoreExtents(
    String campaign, Path folder, byte[] description, SortedMap<String, Long> lengths) {
  /** The file of the description. */
  public static final String DESCRIPTION = StoreState.FILE;

  public StoreExtents {
    lengths = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(lengths));
  }
}
