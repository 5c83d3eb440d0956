package org.planloop.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.planloop.data.Provenance;

/** What the segment files of a side are called: {@code expert-000001.segment}, ... */
record SegmentNames(Provenance side) {
  private static final String SUFFIX = ".segment";

  String prefix() {
    return side.name().toLowerCase(Locale.ROOT) + "-";
  }

  String of(int number) {
    return String.format(Locale.ROOT, "%s%06d%s", prefix(), number, SUFFIX);
  }

  /** The number of a segment file, or 0 where it is none of this side. */
  int numberOf(Path file) {
    String name = String.valueOf(file.getFileName());
    String prefix = prefix();
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
      return 0;
    }
    String digits = name.substring(prefix.length(), name.length() - SUFFIX.length());
    return digits.matches("[0-9]{6,9}") ? Integer.parseInt(digits) : 0;
  }

  /** The side's files in a folder, oldest first. */
  List<Path> in(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(file -> numberOf(file) > 0)
          .sorted(Comparator.comparingInt(this::numberOf))
          .toList();
    }
  }
}
