package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.planloop.cluster.Roles;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
import org.planloop.replay.ReplaySettings;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;

/**
 * Brings a campaign to this cluster: its shards first, each to its node, and only when all have
 * their files the run folder, by a rename. Run again after a failure it goes on.
 */
final class Restoration {
  /**
   * What it works with.
   *
   * @param runs folder of the run folders
   * @param settings of the trainer's own store; its place is not used
   * @param reader of the campaign's configuration
   */
  record Surroundings(
      Path runs,
      StoreSettings settings,
      Function<StoreSettings, ObjectStore> stores,
      ShardErrands shards,
      ExperimentReader reader) {}

  /**
   * What is to be restored.
   *
   * @param url of the campaign in the store
   * @param checkpoint its name; empty for the newest that is whole
   * @param shards how many it is to have here; 0 for as many as it had
   */
  record Wanted(String url, String checkpoint, int shards) {}

  private final Surroundings surroundings;
  private final Wanted wanted;
  private volatile String doing = "looking what there is";

  Restoration(Surroundings surroundings, Wanted wanted) {
    this.surroundings = surroundings;
    this.wanted = wanted;
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
    StoreLocation place = StoreLocation.parse("restore", wanted.url());
    Optional<CheckpointName> name =
        Optional.of(wanted.checkpoint())
            .filter(text -> !text.isEmpty())
            .map(CheckpointName::parseOption);
    if (wanted.shards() != 0) {
      requireNodes(wanted.shards(), surroundings.shards().numbers());
    }
    try (ObjectStore store = surroundings.stores().apply(surroundings.settings().at(place))) {
      CampaignCopies copies = new CampaignCopies(store, place.key(""));
      CampaignCopies.Whole whole = copies.choose(name);
      String campaign = whole.manifest().campaign();
      Path target = surroundings.runs().resolve(campaign);
      InvalidInputException.check(
          !Files.exists(target), "campaign", campaign, "this cluster has it already");
      doing = "restoring the run folder of checkpoint " + whole.name();
      Path folder = surroundings.runs().resolveSibling("restoring").resolve("run-" + campaign);
      AtomicFolder.delete(folder);
      copies.restoreRun(whole, folder);
      ReplaySettings replay = RunFolder.replay(folder, surroundings.reader(), wanted.shards());
      doing = "restoring the replay files of checkpoint " + whole.name();
      restoreShards(whole, replay);
      Files.move(folder, target, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.force(surroundings.runs());
      return target;
    }
  }

  private void restoreShards(CampaignCopies.Whole whole, ReplaySettings replay)
      throws IOException, InterruptedException {
    List<ShardCopier.CopiedShard> copied =
        whole.manifest().shards().stream().map(ShardCopier.CopiedShard::of).toList();
    surroundings
        .shards()
        .run(
            replay.shards(),
            (shard, replyTo) ->
                new ShardCopier.Restore(
                    whole.manifest().campaign(),
                    wanted.url(),
                    whole.name().toString(),
                    copied,
                    replay.shards(),
                    replay.segmentBytes(),
                    replyTo),
            waiting -> doing = waiting);
  }

  /**
   * A node that is missing would be waited for, and one too many would never have a row, which
   * nobody who says how many shards there are to be expects.
   *
   * @param nodes numbers of the shards whose nodes are in the cluster
   */
  static void requireNodes(int shards, SortedSet<Integer> nodes) {
    ReplaySettings.checkShards("--shards", shards);
    InvalidInputException.check(
        nodes.size() == shards && nodes.last() == shards - 1,
        "--shards",
        shards,
        "must be the number of this cluster's replay nodes, which are "
            + (nodes.isEmpty()
                ? "none"
                : nodes.stream().map(Roles::shard).collect(Collectors.joining(", ")))
            + "; start those that are missing (node --roles replay --shard N), stop the others, or"
            + " give their number");
  }
}
