package org.planloop.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Writes a folder so that it is there as a whole or not at all, also through a power cut: into a
 * folder beside it, every file forced, then renamed.
 */
public final class AtomicFolder {
  private static final String UNFINISHED = ".unfinished";

  private AtomicFolder() {}

  /**
   * @param target replaced if it exists
   * @param files contents by name
   */
  public static void write(Path target, Map<String, byte[]> files) throws IOException {
    Path unfinished = target.resolveSibling(target.getFileName() + UNFINISHED);
    delete(unfinished);
    Files.createDirectories(unfinished);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = unfinished.resolve(file.getKey());
      Files.write(path, file.getValue(), StandardOpenOption.CREATE_NEW);
      AtomicFile.force(path);
    }
    AtomicFile.force(unfinished);
    delete(target);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    Path parent = target.getParent();
    if (parent != null) {
      AtomicFile.force(parent);
    }
  }

  /** Deletes a folder with all that is in it, if it is there. */
  public static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(folder)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }
}
