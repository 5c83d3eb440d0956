package org.planloop.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.Optional;

/** Locks on files, which keep processes, and the parts of one, out of each other's way. */
public final class FileLocks {
  private FileLocks() {}

  /**
   * Takes a file's lock, which is held until the channel is closed.
   *
   * @return empty if another process, or another part of this one, has it
   */
  public static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      // Another part of this very process holds it, which is as good a reason as another process.
      return Optional.empty();
    }
  }
}
