package org.planloop.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.planloop.storage.AtomicFile;

/**
 * The id of the campaign that a run's folder belongs to, in {@code iterations/id}. Its replay files
 * bear it too, so those of another run are never taken for its own. A cluster's campaign has none
 * there: its folder's name is its id.
 */
public final class CampaignId {
  private CampaignId() {}

  public static Optional<String> of(Path run) throws IOException {
    Path file = file(run);
    return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
  }

  /** Durable when this returns. */
  public static void write(Path run, String id) throws IOException {
    Path file = file(run);
    Files.createDirectories(file.getParent());
    AtomicFile.write(file, id.getBytes(StandardCharsets.UTF_8));
  }

  private static Path file(Path run) {
    return run.resolve("iterations").resolve("id");
  }
}
