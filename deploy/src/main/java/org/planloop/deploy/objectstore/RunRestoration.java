package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.planloop.data.InvalidInputException;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.UnfinishedFolder;

/** Makes a whole run folder of a checkpoint, with its replay files, for one process to go on in. */
public final class RunRestoration {
  private RunRestoration() {}

  /**
   * Downloads beside the target and renames: the folder is there as a whole or not at all.
   *
   * @param target new, or an empty folder
   * @param replay what the restored run's configuration says of its replay files, given the folder
   *     that has it; whoever wants another number of shards changes it there
   * @throws InvalidInputException if the target is in use, or an object is missing or damaged
   */
  public static void run(
      CampaignCopies copies,
      CampaignCopies.Whole whole,
      Path target,
      Function<Path, ReplaySettings> replay)
      throws IOException {
    try (UnfinishedFolder folder = new UnfinishedFolder("--out", target)) {
      copies.restoreRun(whole, folder.path());
      Path id = folder.path().resolve("iterations").resolve("id");
      AtomicFile.write(id, whole.manifest().campaign().getBytes(StandardCharsets.UTF_8));
      ReplaySettings settings = replay.apply(folder.path());
      if (settings.path().isBlank()) {
        restoreShards(copies, whole, settings, folder.path().resolve("replay"));
      } else {
        try (UnfinishedFolder elsewhere =
            new UnfinishedFolder("replay.path", Path.of(settings.path()))) {
          restoreShards(copies, whole, settings, elsewhere.path());
          elsewhere.finish();
        }
      }
      folder.finish();
    }
  }

  private static void restoreShards(
      CampaignCopies copies, CampaignCopies.Whole whole, ReplaySettings settings, Path replay)
      throws IOException {
    SortedMap<Integer, Path> targets = new TreeMap<>();
    for (int i = 0; i < settings.shards(); i++) {
      targets.put(i, ReplayFolders.of(replay, i, settings.shards()));
    }
    copies.restoreShards(
        CampaignCopies.Replay.of(whole), settings.shards(), targets, settings.segmentBytes());
  }
}
