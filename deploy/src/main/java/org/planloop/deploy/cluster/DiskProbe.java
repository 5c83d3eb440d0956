package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a folder takes writes: writes a small file there, to the disk, and deletes it. On a
 * thread of its own and one at a time, since a write to a sick disk may never end. Safe for use by
 * several threads.
 */
final class DiskProbe {
  private static final String FILE = ".probe";

  /** Enough that a full file system does not take it. */
  private static final int BYTES = 64 * 1024;

  /** An answer is good for this long, however often somebody asks. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  /**
   * What a look found.
   *
   * @param trouble what is wrong with the folder; empty if nothing is
   * @param freeBytes that a user may write there; NaN where nobody could tell
   * @param sizeBytes of the file system
   */
  record Look(Optional<String> trouble, double freeBytes, double sizeBytes) {}

  private final Path folder;
  private final Executor thread;
  private final LongSupplier nanoTime;
  private @Nullable CompletableFuture<Look> write;
  private volatile Optional<Look> last = Optional.empty();
  private long begun;

  /**
   * @param thread runs the writes
   * @param nanoTime a monotonic clock
   */
  DiskProbe(Path folder, Executor thread, LongSupplier nanoTime) {
    this.folder = folder;
    this.thread = thread;
    this.nanoTime = nanoTime;
  }

  /**
   * What is wrong with the folder; empty if nothing is.
   *
   * @param patience a write that takes longer is something wrong
   */
  Optional<String> trouble(Duration patience) {
    try {
      return current().get(patience.toMillis(), TimeUnit.MILLISECONDS).trouble();
    } catch (TimeoutException e) {
      return Optional.of(folder + ": a write of a few bytes has not ended in " + patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      return Optional.of(folder + ": " + e.getCause());
    }
  }

  /** The newest look that has ended, while a fresh one begins if need be; never waits. */
  Optional<Look> last() {
    var unused = current();
    return last;
  }

  private synchronized CompletableFuture<Look> current() {
    CompletableFuture<Look> newest = write;
    long now = nanoTime.getAsLong();
    if (newest == null || (newest.isDone() && now - begun > FRESH.toNanos())) {
      newest = CompletableFuture.supplyAsync(this::look, thread);
      write = newest;
      begun = now;
    }
    return newest;
  }

  private Look look() {
    Optional<String> trouble = tryWrite();
    Look look;
    try {
      FileStore store = Files.getFileStore(folder);
      look = new Look(trouble, store.getUsableSpace(), store.getTotalSpace());
    } catch (IOException e) {
      String unknown = folder + ": " + e.getMessage();
      look = new Look(trouble.or(() -> Optional.of(unknown)), Double.NaN, Double.NaN);
    }
    last = Optional.of(look);
    return look;
  }

  private Optional<String> tryWrite() {
    Path file = folder.resolve(FILE);
    try {
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      } finally {
        Files.deleteIfExists(file);
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(folder + " takes no writes: " + e.getMessage());
    }
  }
}
