package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.objectstore.Blob;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;

/**
 * Brings a campaign to this cluster: its shards first, each on its node, and only when all have
 * their files the run folder, by a rename. Run again after a failure it goes on.
 */
final class Restoration {
  /**
   * What it works with.
   *
   * @param runs folder of the run folders
   * @param settings of the trainer's own store; its place is not used
   */
  record Surroundings(
      Path runs,
      StoreSettings settings,
      Function<StoreSettings, ObjectStore> stores,
      ShardErrands shards) {}

  private final Surroundings surroundings;
  private final String url;
  private final String checkpoint;
  private volatile String doing = "looking what there is";

  Restoration(Surroundings surroundings, String url, String checkpoint) {
    this.surroundings = surroundings;
    this.url = url;
    this.checkpoint = checkpoint;
  }

  /** What is done at present. */
  String doing() {
    return doing;
  }

  /**
   * Runs to the end. Blocks.
   *
   * @return the run folder, named by the campaign
   * @throws InvalidInputException if it cannot be restored
   * @throws IOException if something does not answer
   */
  Path run() throws IOException, InterruptedException {
    StoreLocation place = StoreLocation.parse("restore", url);
    Optional<CheckpointName> wanted =
        Optional.of(checkpoint).filter(text -> !text.isEmpty()).map(CheckpointName::parseOption);
    try (ObjectStore store = surroundings.stores().apply(surroundings.settings().at(place))) {
      CampaignCopies copies = new CampaignCopies(store, place.key(""));
      CampaignCopies.Whole whole = copies.choose(wanted);
      String campaign = whole.manifest().campaign();
      Path target = surroundings.runs().resolve(campaign);
      InvalidInputException.check(
          !Files.exists(target), "campaign", campaign, "this cluster has it already");
      doing = "restoring the replay files of checkpoint " + whole.name();
      List<Blob> shards = whole.manifest().shards();
      surroundings
          .shards()
          .run(
              shards.size(),
              (shard, replyTo) ->
                  new ShardCopier.Restore(
                      campaign,
                      url,
                      whole.name().toString(),
                      shards.get(shard).sha256(),
                      shards.get(shard).size(),
                      replyTo),
              waiting -> doing = waiting);
      doing = "restoring the run folder of checkpoint " + whole.name();
      Path folder = surroundings.runs().resolveSibling("restoring").resolve("run-" + campaign);
      AtomicFolder.delete(folder);
      copies.restoreRun(whole, folder);
      Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.force(surroundings.runs());
      return target;
    }
  }
}
