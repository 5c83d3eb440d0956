package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.file.Path;
import org.planloop.checkpoint.CampaignId;
import org.planloop.data.InvalidInputException;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.storage.UnfinishedFolder;

/** Makes a whole run folder of a checkpoint, with its replay files, for one process to go on in. */
public final class RunRestoration {
  private RunRestoration() {}

  /** What the restored run's configuration says of its replay files. */
  @FunctionalInterface
  public interface Configured {
    /**
     * @param folder has the configuration; whoever wants another number of shards changes it there
     */
    ReplaySettings replay(Path folder) throws IOException;
  }

  /**
   * Downloads beside the target and renames: the folder is there as a whole or not at all.
   *
   * @param target new, or an empty folder
   * @param configured is asked once the configuration is there
   * @throws InvalidInputException if the target is in use, or an object is missing or damaged
   */
  public static void run(
      CampaignCopies copies, CampaignCopies.Whole whole, Path target, Configured configured)
      throws IOException {
    try (UnfinishedFolder folder = new UnfinishedFolder("--out", target)) {
      copies.restoreRun(whole, folder.path());
      CampaignId.write(folder.path(), whole.manifest().campaign());
      ReplaySettings settings = configured.replay(folder.path());
      if (settings.path().isBlank()) {
        restoreShards(copies, whole, settings, settings.folder(folder.path()));
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
    copies.restoreShards(
        CampaignCopies.Replay.of(whole),
        settings.shards(),
        ReplayFolders.all(replay, settings.shards()),
        settings.segmentBytes());
  }
}
