package org.planloop.deploy.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.planloop.storage.AtomicFolder;

/** A folder that goes when it is closed, or when this process ends without that. */
public final class ScratchFolder implements AutoCloseable {
  private final Path path;
  private final Thread onExit;

  private ScratchFolder(Path path) {
    this.path = path;
    this.onExit = new Thread(this::delete, "delete " + path);
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** A new, empty one below {@code parent}. */
  public static ScratchFolder below(Path parent) throws IOException {
    return new ScratchFolder(Files.createTempDirectory(parent, ".scratch-"));
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  private void delete() {
    try {
      AtomicFolder.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(path + " cannot be removed: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    delete();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is going down already.
      return;
    }
  }
}
