package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;

/** Makes a whole run folder of a checkpoint, with its replay files, for one process to go on in. */
public final class RunRestoration {
  private static final String UNFINISHED = ".unfinished";

  private RunRestoration() {}

  /**
   * Downloads beside the target and renames: the folder is there as a whole or not at all.
   *
   * @param target new, or an empty folder
   * @param replayPath where the restored run looks for its replay files, given the folder that has
   *     its configuration; blank for in itself
   * @throws InvalidInputException if the target is in use, or an object is missing or damaged
   */
  public static void run(
      CampaignCopies copies,
      CampaignCopies.Whole whole,
      Path target,
      Function<Path, String> replayPath)
      throws IOException {
    requireUnused("--out", target);
    Path absolute = target.toAbsolutePath().normalize();
    Path folder = absolute.resolveSibling("." + absolute.getFileName() + UNFINISHED);
    AtomicFolder.delete(folder);
    List<Path> made = new ArrayList<>(List.of(folder));
    try {
      copies.restoreRun(whole, folder);
      Path id = folder.resolve("iterations").resolve("id");
      AtomicFile.write(id, whole.manifest().campaign().getBytes(StandardCharsets.UTF_8));
      String elsewhere = replayPath.apply(folder);
      if (elsewhere.isBlank()) {
        restoreShards(copies, whole, folder.resolve("replay"));
      } else {
        Path replay = Path.of(elsewhere).toAbsolutePath().normalize();
        requireUnused("replay.path", replay);
        Path beside = replay.resolveSibling("." + replay.getFileName() + UNFINISHED);
        AtomicFolder.delete(beside);
        made.add(beside);
        restoreShards(copies, whole, beside);
        rename(beside, replay);
      }
      rename(folder, absolute);
    } catch (IOException | RuntimeException e) {
      for (Path unfinished : made) {
        AtomicFolder.delete(unfinished);
      }
      throw e;
    }
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

  private static void restoreShards(CampaignCopies copies, CampaignCopies.Whole whole, Path replay)
      throws IOException {
    List<Blob> shards = whole.manifest().shards();
    for (int i = 0; i < shards.size(); i++) {
      Path folder = shards.size() == 1 ? replay : replay.resolve("shard-" + i);
      copies.restoreShard(whole.name(), i, shards.get(i), folder);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    Path parent = to.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.deleteIfExists(to); // At most an empty folder.
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    if (parent != null) {
      AtomicFile.force(parent);
    }
  }
}
