package org.planloop.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Writes small files so that a crash leaves the old content or the new, never half of one. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Replaces {@code target}: the bytes are forced to disk under a temporary name beside it, which
   * is then renamed and the folder forced. When this returns the new content survives a power cut.
   *
   * @throws IOException if it could not be written; the target is then as it was
   */
  public static void write(Path target, byte[] bytes) throws IOException {
    replace(target, bytes);
  }

  /**
   * As {@link #write}, and at no time may another user read the file: mode 0600 from the start.
   *
   * @throws IOException if it could not be written; the target is then as it was
   */
  public static void writePrivate(Path target, byte[] bytes) throws IOException {
    replace(
        target,
        bytes,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static void replace(Path target, byte[] bytes, FileAttribute<?>... attributes)
      throws IOException {
    Path folder = folderOf(target);
    Path temporary = folder.resolve("." + target.getFileName() + ".tmp");
    try {
      if (attributes.length > 0) {
        Files.deleteIfExists(temporary); // They count only where a file is made.
      }
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.TRUNCATE_EXISTING,
                  StandardOpenOption.WRITE),
              attributes)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          channel.write(rest);
        }
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    force(folder);
  }

  /** Forces a file's content, or the names in a folder, to disk. */
  public static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static Path folderOf(Path target) {
    Path parent = target.toAbsolutePath().getParent();
    if (parent == null || target.getFileName() == null) {
      throw new IllegalArgumentException("no file name: " + target);
    }
    return parent;
  }
}
