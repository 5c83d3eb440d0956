package org.planloop.deploy.node;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.planloop.checkpoint.CampaignId;
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
    ReplaySettings before = RunFolder.experiment(run, reader).replay();
    StoppedRun stopped = StoppedRun.of(run, named, before);
    List<Path> stores = stopped.stores();
    Deque<Closeable> held = new ArrayDeque<>();
    try (UnfinishedFolder folder = new UnfinishedFolder("--out", target)) {
      held.push(RunFolder.resume(run, reader, clock));
      for (Path store : stores) {
        held.push(ReplayStore.hold(store));
      }
      copy(run, folder.path(), stores);
      Done done = reshard(stores, number, before.segmentBytes(), folder.path());
      // The folder of a cluster's campaign says so by its name alone.
      CampaignId.write(folder.path(), stopped.campaign());
      folder.finish();
      return done;
    } finally {
      for (Closeable one : held) {
        one.close();
      }
    }
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
    return !relative.startsWith(ReplaySettings.FOLDER);
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
    SortedMap<Integer, Path> targets =
        ReplayFolders.all(folder.resolve(ReplaySettings.FOLDER), number);
    List<StoreFlaw> torn = new ArrayList<>();
    try (Resharding resharding = new Resharding(number, targets, segmentBytes)) {
      for (int i = 0; i < stores.size(); i++) {
        torn.addAll(resharding.take(stores.get(i), i, stores.size()));
      }
      return new Done(resharding.finish(), torn);
    }
  }
}
