package org.planloop.deploy.objectstore;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A file of a checkpoint.
 *
 * @param path relative, with slashes; names of letters, digits, dots, hyphens and underscores
 * @param parts its bytes, one after the other
 */
public record StoredFile(String path, List<Blob> parts) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");

  public StoredFile {
    parts = List.copyOf(parts);
    String[] names = path.split("/", -1);
    for (String name : names) {
      if (names.length > 8 || !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException("no path of a checkpoint's file: " + path);
      }
    }
  }

  /** Bytes. */
  public long size() {
    return parts.stream().mapToLong(Blob::size).reduce(0, Math::addExact);
  }
}
