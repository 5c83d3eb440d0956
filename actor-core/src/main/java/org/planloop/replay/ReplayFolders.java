package org.planloop.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;

/** Where the stores of a campaign are. */
public final class ReplayFolders {
  private static final String REPLAY = "replay";
  private static final String SHARD = "shard-[0-9]{1,4}";

  private ReplayFolders() {}

  /**
   * Where a shard's store is.
   *
   * @param replay the folder of the campaign's replay files
   * @param shard its number
   * @param shards how many the campaign has
   */
  public static Path of(Path replay, int shard, int shards) {
    return shards == 1 ? replay : replay.resolve("shard-" + shard);
  }

  /** Where the stores of all shards are, by their numbers: {@link #of}. */
  public static SortedMap<Integer, Path> all(Path replay, int shards) {
    SortedMap<Integer, Path> folders = new TreeMap<>();
    for (int shard = 0; shard < shards; shard++) {
      folders.put(shard, of(replay, shard, shards));
    }
    return folders;
  }

  /**
   * The stores in a folder: itself, or its {@code shard-0}, {@code shard-1}, ..., or either of them
   * in its {@code replay/}.
   *
   * @throws InvalidInputException if there is none, or the shards are of different campaigns
   */
  public static List<Path> stores(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new InvalidInputException(
          folder + ": is no folder; name a run's folder or one with replay files");
    }
    List<Path> found = in(folder);
    if (found.isEmpty() && Files.isDirectory(folder.resolve(REPLAY))) {
      found = in(folder.resolve(REPLAY));
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          folder
              + ": holds no replay files: no "
              + StoreState.FILE
              + " in it, in shard-0/ or in "
              + REPLAY
              + "/; name a run's folder or one with replay files");
    }
    requireOneCampaign(found);
    return found;
  }

  private static List<Path> in(Path folder) throws IOException {
    if (isStore(folder)) {
      return List.of(folder);
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> String.valueOf(path.getFileName()).matches(SHARD))
          .filter(Files::isDirectory)
          .sorted(
              Comparator.comparingInt(
                  path -> Integer.parseInt(String.valueOf(path.getFileName()).substring(6))))
          .toList();
    }
  }

  private static boolean isStore(Path folder) throws IOException {
    if (Files.exists(folder.resolve(StoreState.FILE))) {
      return true;
    }
    for (Provenance side : Provenance.values()) {
      if (!new SegmentNames(side).in(folder).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static void requireOneCampaign(List<Path> stores) throws IOException {
    StoreIdentity first = null;
    for (Path store : stores) {
      StoreIdentity next = StoreState.read(store).map(StoreState::identity).orElse(null);
      if (first != null && next != null && !first.equals(next)) {
        throw new InvalidInputException(
            store
                + ": holds transitions of campaign "
                + next.campaign()
                + ", "
                + stores.get(0)
                + " those of "
                + first.campaign()
                + "; name one of the folders alone");
      }
      first = first == null ? next : first;
    }
  }
}
