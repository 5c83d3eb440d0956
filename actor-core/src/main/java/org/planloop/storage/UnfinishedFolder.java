package org.planloop.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;

/**
 * A folder that is filled beside its place and renamed when it is whole: what a killed process
 * leaves never looks like it, and the next attempt begins anew.
 */
public final class UnfinishedFolder implements Closeable {
  private static final String UNFINISHED = ".unfinished";

  private final Path target;
  private final Path path;

  /**
   * Deletes what an earlier attempt has left. The folder itself is made by whoever fills it.
   *
   * @param key what asked for the target, for messages
   * @param target new, or an empty folder
   * @throws InvalidInputException if the target is in use
   */
  public UnfinishedFolder(String key, Path target) throws IOException {
    requireUnused(key, target);
    this.target = target.toAbsolutePath().normalize();
    this.path = this.target.resolveSibling("." + this.target.getFileName() + UNFINISHED);
    AtomicFolder.delete(path);
  }

  private static void requireUnused(String key, Path target) throws IOException {
    if (Files.isDirectory(target)) {
      try (Stream<Path> entries = Files.list(target)) {
        InvalidInputException.check(
            entries.findAny().isEmpty(), key, target, "is not empty; name a new folder");
      }
    } else {
      InvalidInputException.check(
          !Files.exists(target), key, target, "is a file; name a new folder");
    }
  }

  /** Where it is filled. */
  public Path path() {
    return path;
  }

  /** Puts it in its place. Whoever has filled it has forced its files to disk. */
  public void finish() throws IOException {
    Path parent = target.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.deleteIfExists(target); // At most an empty folder.
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    if (parent != null) {
      AtomicFile.force(parent);
    }
  }

  /** Deletes it, unless it is finished. */
  @Override
  public void close() throws IOException {
    AtomicFolder.delete(path);
  }
}
