package org.planloop.deploy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.planloop.checkpoint.CampaignId;
import org.planloop.data.InvalidInputException;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.ReplayStore;

/**
 * A run that nobody writes now, and where its replay files lie.
 *
 * @param campaign its id
 * @param stores folders of its shards, by their numbers
 */
record StoppedRun(String campaign, List<Path> stores) {
  private static final String FOLLOWED = "cluster.json";

  /**
   * @param named folders of the shards, by their numbers; none for those that the run's
   *     configuration names
   * @throws InvalidInputException if one is missing or another run's
   */
  static StoppedRun of(Path run, List<Path> named, ReplaySettings replay) throws IOException {
    if (Files.exists(run.resolve(FOLLOWED))) {
      throw new InvalidInputException(
          run
              + ": follows a campaign of a cluster and has no replay files; name DATA/runs/CAMPAIGN"
              + " of the trainer's node, and the shards' DATA/replay/CAMPAIGN behind it");
    }
    List<Path> stores = stores(run, named, replay);
    return new StoppedRun(campaign(run, stores.get(0)), stores);
  }

  private static List<Path> stores(Path run, List<Path> named, ReplaySettings replay)
      throws IOException {
    List<Path> stores = new ArrayList<>(named);
    if (named.isEmpty()) {
      stores.addAll(ReplayFolders.all(replay.folder(run), replay.shards()).values());
    }
    if (stores.size() != replay.shards()) {
      throw new InvalidInputException(
          run
              + ": its campaign has "
              + replay.shards()
              + " shards, and "
              + stores.size()
              + " folders are named; name all, in the order of their numbers");
    }
    Set<Path> once = new HashSet<>();
    for (Path store : stores) {
      if (!once.add(store.toAbsolutePath().normalize())) {
        throw new InvalidInputException(
            store
                + ": is named twice; name each shard's folder once, in the order of their numbers");
      }
      if (!ReplayStore.holdsStore(store)) {
        throw new InvalidInputException(
            store
                + ": holds no replay files (no store.json); where they lie elsewhere, name the"
                + " folders of all shards behind the run's");
      }
    }
    return stores;
  }

  /** The campaign's id, which the run's folder and its replay files bear. */
  private static String campaign(Path run, Path store) throws IOException {
    String campaign =
        CampaignId.of(run)
            .orElseGet(() -> String.valueOf(run.toAbsolutePath().normalize().getFileName()));
    String found = ReplayStore.identityOf(store).campaign();
    if (!found.equals(campaign)) {
      throw new InvalidInputException(
          store
              + ": holds transitions of campaign "
              + found
              + ", and "
              + run
              + " is the folder of "
              + campaign
              + "; name the two of one campaign, a trainer's under the name that it had");
    }
    return campaign;
  }
}
