package org.planloop.deploy.objectstore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.storage.AtomicFolder;

/**
 * The files of a run folder that belong to its newest checkpoint, held by links in a folder beside
 * them: the campaign may replace and delete its own meanwhile.
 *
 * @param name of the checkpoint
 * @param files by their paths in the run folder
 */
record RunSnapshot(CheckpointName name, Map<String, Path> files) {
  /** In the run folder; whatever is in it belongs to a copy that is over. */
  static final String HOLD = ".copying";

  private static final String ITERATIONS = "iterations";
  private static final String STATE = "state";
  private static final String HISTORY = "history";
  private static final String ARRIVALS = "arrivals.jsonl";
  private static final String TENSORBOARD = "tensorboard";
  private static final String SUMMARY = "summary.json";
  private static final int MOST_TRIES = 100;

  /** What a finished run has beside its iterations; written by whoever finishes it. */
  private static final List<String> RESULTS =
      List.of(
          SUMMARY,
          "result.json",
          "report.html",
          "progress.csv",
          "metrics.jsonl",
          "audit.jsonl",
          "best/policy.json",
          "best/model.safetensors",
          "best/selection.json");

  /**
   * Links the newest checkpoint's files.
   *
   * @return empty while there is none
   */
  static Optional<RunSnapshot> take(Path run) throws IOException {
    for (int i = 0; i < MOST_TRIES; i++) {
      try {
        Optional<RunSnapshot> taken = tryTake(run);
        // A row that came meanwhile may have taken files away: then the newer one is held.
        if (taken.isEmpty() || newest(run).equals(Optional.of(taken.get().name().iteration()))) {
          return taken;
        }
      } catch (NoSuchFileException | FileNotFoundException e) {
        if (i == MOST_TRIES - 1) {
          throw e;
        }
      }
    }
    throw new IOException(run + ": its checkpoints come faster than they can be linked");
  }

  static void release(Path run) throws IOException {
    AtomicFolder.delete(run.resolve(HOLD));
  }

  private static Optional<RunSnapshot> tryTake(Path run) throws IOException {
    Optional<Integer> iteration = newest(run);
    if (iteration.isEmpty()) {
      return Optional.empty();
    }
    release(run);
    boolean finished = Files.exists(run.resolve(SUMMARY));
    Map<String, Path> files = new LinkedHashMap<>();
    hold(run, "config.conf", files);
    for (Path folder : folders(run)) {
      int number = number(folder);
      String below = ITERATIONS + "/" + folder.getFileName();
      // Policies of iterations that are kept; of what is gone on from, the newest alone.
      if (number <= iteration.get() + 1) {
        holdAll(run, below, files);
      }
      if (number == iteration.get()) {
        holdAll(run, below + "/" + STATE, files);
      }
    }
    for (Path file : numbered(run.resolve(ITERATIONS).resolve(HISTORY), "[0-9]{4,9}\\.json")) {
      if (number(file) <= iteration.get()) {
        hold(run, ITERATIONS + "/" + HISTORY + "/" + file.getFileName(), files);
      }
    }
    if (Files.exists(run.resolve(ITERATIONS).resolve(ARRIVALS))) {
      Path copy = held(run, ITERATIONS + "/" + ARRIVALS);
      Files.copy(run.resolve(ITERATIONS).resolve(ARRIVALS), copy); // It grows in place.
      files.put(ITERATIONS + "/" + ARRIVALS, copy);
    }
    if (finished) {
      for (String name : RESULTS) {
        if (Files.exists(run.resolve(name))) {
          hold(run, name, files);
        }
      }
      if (Files.isDirectory(run.resolve(TENSORBOARD))) {
        holdAll(run, TENSORBOARD, files);
      }
    }
    return Optional.of(new RunSnapshot(new CheckpointName(iteration.get(), finished), files));
  }

  private static Optional<Integer> newest(Path run) throws IOException {
    return folders(run).stream()
        .filter(folder -> Files.isDirectory(folder.resolve(STATE)))
        .map(RunSnapshot::number)
        .max(Integer::compare);
  }

  private static int number(Path path) {
    return Integer.parseInt(String.valueOf(path.getFileName()).replace(".json", ""));
  }

  private static List<Path> folders(Path run) throws IOException {
    return numbered(run.resolve(ITERATIONS), "[0-9]{4,9}");
  }

  private static List<Path> numbered(Path folder, String names) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> String.valueOf(path.getFileName()).matches(names))
          .sorted()
          .toList();
    }
  }

  private static void holdAll(Path run, String below, Map<String, Path> files) throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> all = Files.list(run.resolve(below))) {
      all.filter(Files::isRegularFile).sorted().forEach(found::add);
    }
    for (Path file : found) {
      hold(run, below + "/" + file.getFileName(), files);
    }
  }

  private static void hold(Path run, String name, Map<String, Path> files) throws IOException {
    Path link = held(run, name);
    try {
      Files.createLink(link, run.resolve(name));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.copy(run.resolve(name), link); // A file system without links.
    }
    files.put(name, link);
  }

  private static Path held(Path run, String name) throws IOException {
    Path link = run.resolve(HOLD).resolve(name);
    Files.createDirectories(link.getParent());
    return link;
  }
}
