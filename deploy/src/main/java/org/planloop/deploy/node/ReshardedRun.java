package org.planloop.deploy.node;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.report.RunFolder;
import org.planloop.replay.ReplayFolders;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.Resharding;
import org.planloop.replay.StoreFlaw;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.UnfinishedFolder;

/** Makes a run folder with another number of shards out of one whose run is stopped. */
public final class ReshardedRun {
  private static final String REPLAY = "replay";
  private static final String FOLLOWED = "cluster.json";

  private final ExperimentReader reader;
  private final InstantSource clock;

  /**
   * What came of it.
   *
   * @param torn ends of old files that were left out
   */
  public record Done(List<Resharding.Made> shards, List<StoreFlaw> torn) {}

  public ReshardedRun(ExperimentReader reader, InstantSource clock) {
    this.reader = reader;
    this.clock = clock;
  }

  /**
   * Everything is read under the locks of its writers, and the new folder is there as a whole or
   * not at all.
   *
   * @param named folders of the old shards, by their numbers; none for those that the run's
   *     configuration names
   * @param number how many shards it is to have
   * @param target new, or an empty folder
   * @throws InvalidInputException if something of it is in use, damaged, missing or another run's
   */
  public Done make(Path run, List<Path> named, int number, Path target) throws IOException {
    requireOwn(run);
    ReplaySettings before = RunFolder.experiment(run, reader).replay();
    List<Path> stores = stores(run, named, before);
    Deque<Closeable> held = new ArrayDeque<>();
    try (UnfinishedFolder folder = new UnfinishedFolder("--out", target)) {
      held.push(RunFolder.resume(run, reader, clock));
      for (Path store : stores) {
        held.push(ReplayStore.hold(store));
      }
      String campaign = campaign(run, stores.get(0));
      copy(run, folder.path(), stores);
      Done done = reshard(stores, number, before.segmentBytes(), folder.path());
      // The folder of a cluster's campaign says so by its name alone.
      Path id = Files.createDirectories(folder.path().resolve("iterations")).resolve("id");
      AtomicFile.write(id, campaign.getBytes(StandardCharsets.UTF_8));
      folder.finish();
      return done;
    } finally {
      for (Closeable one : held) {
        one.close();
      }
    }
  }

  private static void requireOwn(Path run) {
    if (Files.exists(run.resolve(FOLLOWED))) {
      throw new InvalidInputException(
          run
              + ": follows a campaign of a cluster and has no replay files; name DATA/runs/CAMPAIGN"
              + " of the trainer's node, and the shards' DATA/replay/CAMPAIGN behind it");
    }
  }

  private static List<Path> stores(Path run, List<Path> named, ReplaySettings before)
      throws IOException {
    List<Path> stores = new ArrayList<>(named);
    if (named.isEmpty()) {
      Path replay = before.path().isBlank() ? run.resolve(REPLAY) : Path.of(before.path());
      stores.addAll(ReplayFolders.all(replay, before.shards()).values());
    }
    if (stores.size() != before.shards()) {
      throw new InvalidInputException(
          run
              + ": its campaign has "
              + before.shards()
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
    Path id = run.resolve("iterations").resolve("id");
    String campaign =
        Files.exists(id)
            ? Files.readString(id).strip()
            : String.valueOf(run.toAbsolutePath().normalize().getFileName());
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

  /** All but the replay files, and what only belongs to a process (a dot before its name). */
  private static void copy(Path run, Path target, List<Path> stores) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(run, FileVisitOption.FOLLOW_LINKS)) {
      files =
          all.filter(path -> kept(run.relativize(path)))
              .filter(path -> stores.stream().noneMatch(path::startsWith))
              .sorted()
              .toList();
    }
    requireRoom(files, stores, target);
    List<Path> folders = new ArrayList<>();
    for (Path file : files) {
      Path copy = target.resolve(run.relativize(file).toString());
      if (Files.isDirectory(file)) {
        folders.add(Files.createDirectories(copy));
      } else {
        Files.copy(file, copy);
        AtomicFile.force(copy);
      }
    }
    for (Path folder : folders) {
      AtomicFile.force(folder);
    }
  }

  private static boolean kept(Path relative) {
    for (Path name : relative) {
      if (name.toString().startsWith(".")) {
        return false;
      }
    }
    return !relative.startsWith(REPLAY);
  }

  private static void requireRoom(List<Path> files, List<Path> stores, Path target)
      throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += Files.isDirectory(file) ? 0 : Files.size(file);
    }
    for (Path store : stores) {
      try (Stream<Path> segments = Files.list(store)) {
        for (Path segment : segments.filter(Files::isRegularFile).toList()) {
          bytes += Files.size(segment);
        }
      }
    }
    Files.createDirectories(target);
    long free = Files.getFileStore(target).getUsableSpace();
    InvalidInputException.check(
        bytes < free,
        "--out",
        target,
        "needs "
            + (bytes >> 20)
            + " MiB, and "
            + (free >> 20)
            + " are free there; make room or choose a folder on another disk");
  }

  private Done reshard(List<Path> stores, int number, long segmentBytes, Path folder)
      throws IOException {
    // The new files lie in the new folder, wherever the old ones did.
    RunFolder.keepReplay(folder, reader, replay -> replay.inRunFolder().withShards(number));
    SortedMap<Integer, Path> targets = ReplayFolders.all(folder.resolve(REPLAY), number);
    List<StoreFlaw> torn = new ArrayList<>();
    try (Resharding resharding = new Resharding(number, targets, segmentBytes)) {
      for (int i = 0; i < stores.size(); i++) {
        torn.addAll(resharding.take(stores.get(i), i, stores.size()));
      }
      return new Done(resharding.finish(), torn);
    }
  }
}
